"""Bring a database to the schema of this program, by Alembic, from the first schema on."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from kb.catalogue.dialect import lock
from kb.errors import CatalogueError

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(name: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / name).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["name"] = name
    return config


def head(name: str) -> str:
    """The revision this program writes."""
    revision = ScriptDirectory.from_config(_config(name)).get_current_head()
    if revision is None:
        raise CatalogueError(f"程序缺少数据库 {name} 的迁移脚本", hint="请重新安装")
    return revision


def state(engine: Engine) -> str | None:
    """The revision a database is at; None where it was never made."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, name: str) -> None:
    """Run every migration that is missing, in one transaction each.

    Raises:
        CatalogueError: the database was written by a newer program.
    """
    script = ScriptDirectory.from_config(_config(name))
    at = state(engine)
    if at == script.get_current_head():
        return
    if at is not None and at not in {revision.revision for revision in script.walk_revisions()}:
        raise CatalogueError(
            f"数据库 {name} 由更新版本的程序写成（{at}）", hint="请升级程序，不要用旧程序打开"
        )
    with engine.begin() as connection:
        # Two servers that start at once: the second finds nothing left to do.
        lock(connection, "migrate")
        command.upgrade(_config(name, connection), "head")
