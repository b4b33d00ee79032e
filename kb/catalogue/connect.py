"""Open one of the three databases: SQLite in the home, or a schema of PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from kb.catalogue import lost, postgres
from kb.catalogue.dialect import dumps, is_sqlite
from kb.config import Settings
from kb.errors import CatalogueError, IndexMissing

FILES = {"index": "index.sqlite", "people": "people.sqlite", "audit": "audit.sqlite"}


HEADS = {"index": "index_0006", "people": "people_0011", "audit": "audit_0002"}
"""The revision this program writes (a test holds it to the migrations)."""


def _revision(engine: Engine) -> str | None:
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def connect(settings: Settings, name: str, *, create: bool, moving: bool = False) -> Engine:
    """An SQLAlchemy engine on database ``name``, migrated to this program's schema.

    Args:
        settings: where it lies.
        name: ``index``, ``people`` or ``audit``.
        create: make or migrate it where needed; otherwise a missing or old one is an error.
        moving: what the home has in SQLite is on its way to PostgreSQL.

    Raises:
        IndexMissing: there is none and ``create`` is false.
        CatalogueError: it cannot be reached, is no database, or of another program version.
    """
    if create:
        settings.home.mkdir(parents=True, exist_ok=True)
        _private(settings.home)
    if settings.database_url:
        return _in_postgres(settings, name, create=create, moving=moving)
    return _in_file(settings.home, name, create=create)


def exists(settings: Settings, name: str) -> bool:
    """Whether this database was ever made.

    Raises:
        CatalogueError: that cannot be told (PostgreSQL does not answer).
    """
    if not settings.database_url:
        return (settings.home / FILES[name]).exists()
    engine = postgres.engine_of(settings.database_url, name)
    try:
        return _revision(engine) is not None
    except DBAPIError as error:
        raise postgres.unreachable(settings.database_url, error) from error
    finally:
        engine.dispose()


def _in_postgres(settings: Settings, name: str, *, create: bool, moving: bool) -> Engine:
    url = settings.database_url
    engine = postgres.engine_of(url, name)
    where = f"数据库 {postgres.shown(url)} 中的 {postgres.SCHEMAS[name]}"
    try:
        postgres.check(engine, url)
        at = _revision(engine)
        if at is None and not create:
            raise IndexMissing(f"{where} 中还没有索引", hint="先运行 kb index 文件夹")
        if at is None:
            if not moving and (left := settings.home / FILES[name]).exists():
                # Else people's work would seem to be gone, and the index to be without rows.
                raise CatalogueError(
                    f"{where} 还是空的，而 {left} 里有内容",
                    hint="先不设 KB_DATABASE_URL，运行 kb migrate --database 地址 搬过去",
                )
            postgres.prepare(engine, name)
        if name == "index":
            postgres.belongs(engine, settings.home, url, claim=create)
        _at_head(engine, name, at, where, create=create)
    except DBAPIError as error:
        engine.dispose()
        raise postgres.unreachable(url, error) from error
    except BaseException:
        engine.dispose()
        raise
    lost.watch(engine)
    return engine


def _at_head(engine: Engine, name: str, at: str | None, where: str, *, create: bool) -> None:
    if at == HEADS[name]:
        return
    if not create:
        raise CatalogueError(
            f"{where} 的结构是 {at or '空'}，本程序需要 {HEADS[name]}", hint="运行 kb migrate"
        )
    # Alembic takes long to import: only what makes or migrates a database needs it.
    from kb.catalogue.migrate import upgrade

    upgrade(engine, name)


def _in_file(home: Path, name: str, *, create: bool) -> Engine:
    path = home / FILES[name]
    if not path.exists() and not create:
        raise IndexMissing(f"{home} 中还没有索引", hint="先运行 kb index 文件夹")
    readable_only = not create and not os.access(home, os.W_OK)
    address = f"file:{quote(path.as_posix())}?mode=ro&immutable=1&uri=true"
    engine = create_engine(
        f"sqlite:///{address if readable_only else path.as_posix()}",
        json_serializer=dumps,
        connect_args={"timeout": 30},
    )
    if not readable_only:
        event.listen(engine, "connect", _pragmas)
    elif (log := path.with_name(path.name + "-wal")).exists() and log.stat().st_size:
        raise CatalogueError(
            f"{home} 只读，而数据库 {path.name} 还有未合并的写入",
            hint="先在可写处运行一次 kb doctor，再挂载为只读",
        )
    try:
        _at_head(engine, name, _revision(engine), f"数据库 {path}", create=create)
    except DatabaseError as error:
        engine.dispose()
        raise CatalogueError(
            f"数据库 {path} 无法打开：{error.orig}", hint="检查磁盘与权限，或从备份恢复"
        ) from error
    except CatalogueError:
        engine.dispose()
        raise
    return engine


def _private(home: Path) -> None:
    """Others on this machine have no way around the program: the home is its owner's alone."""
    if os.name == "posix" and home.stat().st_uid == os.getuid() and home.stat().st_mode & 0o077:
        home.chmod(0o700)


def _pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # WAL: readers go on while one writer writes. NORMAL loses no committed generation, because
    # the pointer is switched only after a checkpoint (see IndexWriter.seal).
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def faults(engine: Engine) -> list[str]:
    """What SQLite finds wrong with the structure of a database; empty if nothing. PostgreSQL looks
    after its own (checksums of its pages, ``pg_amcheck``)."""
    if not is_sqlite(engine):
        return []
    try:
        with engine.connect() as connection:
            found = connection.execute(text("PRAGMA integrity_check(5)")).scalars().all()
    except DatabaseError as error:
        return [str(error.orig)]
    return [line for line in found if line != "ok"]
