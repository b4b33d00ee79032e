"""Take words out of people's work that must not be kept: of a paper that was quarantined.

What is frozen cannot be changed otherwise: triggers refuse it. Here they are lifted and laid again
within one transaction, so that nobody ever sees the tables without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, text, update

from kb.catalogue.dialect import exclusive, is_sqlite
from kb.catalogue.postgres import leave_nothing
from kb.catalogue.tables import PEOPLE
from kb.catalogue.tables_decide import edition, pack_edit

TABLES = ("edition", "pack_edit")


def purge(
    engine: Engine,
    editions: Mapping[int, Mapping[str, Any]],
    values: Mapping[int, Mapping[str, Any]],
) -> None:
    """Write new columns of editions and of entries of drafts' history, by id, all or none."""
    if not (editions or values):
        return
    with exclusive(engine, "purge") as connection:
        _overwrite(connection, "ON")
        guards = _lift(connection)
        for table, rows in ((edition, editions), (pack_edit, values)):
            for key, columns in rows.items():
                connection.execute(update(table).where(table.c.id == key).values(dict(columns)))
        for guard in guards:
            connection.exec_driver_sql(guard)
        _overwrite(connection, "OFF")


def swept(engine: Engine) -> None:
    """Leave nothing of what was deleted or written over: neither in free pages nor in the log of
    writes. (The log of PostgreSQL is its keeper's to clear.)"""
    if not is_sqlite(engine):
        leave_nothing(engine, PEOPLE.sorted_tables)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def entries(engine: Engine, action: str) -> dict[int, Any]:
    """``value`` of every entry of drafts' history with this action, by id."""
    query = select(pack_edit.c.id, pack_edit.c.value).where(pack_edit.c.action == action)
    with engine.connect() as connection:
        return {row.id: row.value for row in connection.execute(query)}


def _lift(connection: Connection) -> list[str]:
    """Take the tables' triggers away; gives back what lays them again."""
    if not is_sqlite(connection):
        for name in TABLES:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in TABLES]
    asked = text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables"
    ).bindparams(bindparam("tables", expanding=True))
    found = connection.execute(asked, {"tables": list(TABLES)}).all()
    for name, _ in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return [sql for _, sql in found]


def _overwrite(connection: Connection, switch: str) -> None:
    if is_sqlite(connection):
        connection.execute(text(f"PRAGMA secure_delete={switch}"))
