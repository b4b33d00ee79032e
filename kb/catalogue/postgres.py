"""The three databases as three schemas of one PostgreSQL database (`Settings.database_url`)."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from kb.catalogue.dialect import dumps, exclusive
from kb.errors import CatalogueError, ConfigError

SCHEMAS = {"index": "kb_index", "people": "kb_people", "audit": "kb_audit"}

OLDEST = 13
"""The oldest PostgreSQL; 15 is the one tested."""

MARK = "catalogue.id"
"""In the home: which database belongs to it. The same is noted at the schema."""

OPTIONS = " ".join(
    f"-c {setting}"
    for setting in (
        "search_path={schema}",
        "timezone=UTC",
        "lock_timeout=30s",
        # A client whose network was cut says nothing, and what it holds (the lock of the audit log,
        # that of the indexer) would be held for two hours, as long as systems wait by themselves.
        "tcp_keepalives_idle=10",
        "tcp_keepalives_interval=5",
        "tcp_keepalives_count=3",
        "tcp_user_timeout=20000",
    )
)
"""Of every session. Linux; elsewhere a server takes what its system knows."""

ASK = """
SELECT current_setting('server_version_num')::int / 10000 AS version,
       pg_encoding_to_char(encoding) AS encoding,
       'Z' < 'a' AND 'z' < 'é' AS by_code
FROM pg_database WHERE datname = current_database()
"""


def address(database_url: str) -> URL:
    """The URL for psycopg 3.

    Raises:
        ConfigError: it is none of PostgreSQL.
    """
    try:
        url = make_url(re.sub(r"^postgres://", "postgresql://", database_url))
    except ArgumentError as error:
        raise ConfigError(
            "设置 database_url 不是数据库地址", hint="写作 postgresql://用户:密码@主机:5432/库名"
        ) from error
    if url.get_backend_name() != "postgresql":
        raise ConfigError(
            f"设置 database_url 指向 {url.get_backend_name()}，目录只能放在 PostgreSQL",
            hint="写作 postgresql://用户:密码@主机:5432/库名；不设即用知识库目录中的 SQLite",
        )
    return url.set(drivername="postgresql+psycopg")


def shown(database_url: str) -> str:
    """The URL as people may see it: without the password."""
    return address(database_url).set(drivername="postgresql").render_as_string(hide_password=True)


def engine_of(database_url: str, name: str) -> Engine:
    """An engine whose statements mean the schema of database ``name``. Connects to nothing yet."""
    try:
        engine = create_engine(
            address(database_url),
            json_serializer=dumps,
            # A server that was restarted, or another that took over: the next use connects anew.
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=25,
            connect_args={
                "connect_timeout": 10,
                "application_name": f"shuniu {name}",
                "options": OPTIONS.format(schema=SCHEMAS[name]),
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                # Keepalives are silent while an answer is awaited: without this a request that
                # was sent into a cut network waits a quarter of an hour.
                "tcp_user_timeout": 20_000,
            },
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise CatalogueError(
            "没有安装 psycopg，不能使用 PostgreSQL", hint="运行 pip install 'shuniu[cluster]'"
        ) from error
    event.listen(engine, "connect", _without_nul)
    return engine


def _without_nul(connection: Any, _record: object) -> None:
    """PostgreSQL stores no NUL: what somebody pasted is not a reason to fail."""
    from psycopg.types.string import StrDumper

    class WithoutNul(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    connection.adapters.register_dumper(str, WithoutNul)


def check(engine: Engine, database_url: str) -> None:
    """Is it there, new enough, in UTF-8, and in the order that the program's own is?

    Raises:
        CatalogueError: it cannot be used; says why.
    """
    where = shown(database_url)
    try:
        with engine.connect() as connection:
            found = connection.execute(text(ASK)).one()
    except DBAPIError as error:
        raise unreachable(database_url, error) from error
    if found.version < OLDEST:
        raise CatalogueError(
            f"{where} 是 PostgreSQL {found.version}，需要 {OLDEST} 或更新", hint="升级数据库服务"
        )
    if found.encoding != "UTF8" or not found.by_code:
        # Rows are compared and sealed in the order of their characters, as SQLite and Python
        # have it; a dictionary's order would be another one on each server.
        raise CatalogueError(
            f"{where} 的编码或排序规则不合用（编码 {found.encoding}）",
            hint="另建：createdb -T template0 -E UTF8 --locale=C.UTF-8 库名",
        )


def described(database_url: str) -> str:
    """Where it is, of which version, and how much it holds, for people.

    Raises:
        CatalogueError: it cannot be used; says why.
    """
    engine = engine_of(database_url, "index")
    try:
        check(engine, database_url)
        query = "SELECT current_setting('server_version'), pg_database_size(current_database())"
        with engine.connect() as connection:
            version, size = connection.execute(text(query)).one()
    finally:
        engine.dispose()
    return f"{shown(database_url)}，版本 {str(version).split()[0]}，{size / 1e6:.0f} MB"


def unreachable(database_url: str, error: DBAPIError) -> CatalogueError:
    """What PostgreSQL, or the network, answered, in words."""
    why = " ".join(str(error.orig).split())
    return CatalogueError(
        f"数据库 {shown(database_url)} 连不上：{why}",
        hint="检查数据库服务、网络与 KB_DATABASE_URL（用户、密码、库名）",
    )


def prepare(engine: Engine, name: str) -> None:
    """Make the schema where there is none."""
    with exclusive(engine, "schema") as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMAS[name]}"))


def belongs(engine: Engine, home: Path, database_url: str, *, claim: bool) -> None:
    """The index rows are those of this home: with another's, one run would take back all of them.

    Args:
        claim: where neither names the other yet, have them do so.

    Raises:
        CatalogueError: they are of another home.
    """
    file = home / MARK
    query = text("SELECT obj_description(to_regnamespace(:schema), 'pg_namespace')")
    with exclusive(engine, "belongs") as connection:
        # Read under the lock: another process may be claiming it for the same home.
        mine = file.read_text("ascii").strip() if file.is_file() else ""
        its = connection.execute(query, {"schema": SCHEMAS["index"]}).scalar() or ""
        if its and its != mine:
            raise CatalogueError(
                f"数据库 {shown(database_url)} 属于另一个知识库，不是 {home}",
                hint=f"换一个库；若确是同一知识库的另一台机器，把那边的 {MARK} 复制到 {home}",
            )
        if its or not claim:
            return
        mine = mine if re.fullmatch("[0-9a-f]{32}", mine) else uuid.uuid4().hex
        aside = file.with_suffix(f".{os.getpid()}")
        aside.write_text(mine + "\n", "ascii")
        aside.replace(file)
        connection.execute(text(f"COMMENT ON SCHEMA {SCHEMAS['index']} IS '{mine}'"))


def leave_nothing(engine: Engine, tables: list[Any]) -> None:
    """Write these tables anew without what was deleted from them.

    What the server keeps elsewhere (its log of changes, its backups) is its keeper's to remove.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.execute(text(f'VACUUM (FULL) "{table.name}"'))
