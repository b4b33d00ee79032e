"""The catalogue from SQLite to PostgreSQL and back: every row as it is, counted and compared.

Stopped half way it goes on where it stopped, after the last row (by primary key) that arrived.
Nothing may be written to either side meanwhile; each database is read in one state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    Table,
    func,
    insert,
    select,
    text,
    tuple_,
)

from kb.catalogue.connect import FILES, connect
from kb.catalogue.dialect import is_sqlite
from kb.catalogue.tables import DATABASES
from kb.config import Settings
from kb.errors import CatalogueError

CHUNK = 2000
"""Rows a transaction."""

Told = Callable[[str, int, int], None]
"""Table, rows there now, rows there will be."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows that each table has on both sides, and how many of them this run brought."""

    rows: dict[str, int]
    brought: int


def transfer(
    source: Settings, target: Settings, told: Told = lambda table, done, total: None
) -> Moved:
    """Bring the three databases of ``source`` to where ``target`` says.

    Raises:
        CatalogueError: one cannot be opened; or what stands there afterwards is not the same
            (it was not empty, or somebody wrote meanwhile).
    """
    rows: dict[str, int] = {}
    brought = 0
    for name in FILES:
        with ExitStack() as stack:
            mine = connect(source, name, create=False)
            stack.callback(mine.dispose)
            its = connect(target, name, create=True, moving=True)
            stack.callback(its.dispose)
            still = stack.enter_context(_still(mine))
            for table in DATABASES[name].sorted_tables:
                brought += _bring(still, its, table, told)
                rows[table.name] = _compared(still, its, table)
            _number_on(its, name)
    return Moved(rows, brought)


def _still(engine: Engine) -> Connection:
    """A connection that sees one state until it is closed."""
    connection = engine.connect()
    if is_sqlite(engine):
        connection.execute(text("BEGIN"))
    else:
        connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def _bring(source: Connection, target: Engine, table: Table, told: Told) -> int:
    key = tuple(table.primary_key.columns)
    with target.connect() as connection:
        last = connection.execute(
            select(*key).order_by(*(c.desc() for c in key)).limit(1)
        ).one_or_none()
    query = select(table).order_by(*key)
    if last is not None:
        query = query.where(tuple_(*key) > tuple_(*last))
    total = source.execute(select(func.count()).select_from(table)).scalar_one()
    brought = 0
    for some in source.execute(query).mappings().partitions(CHUNK):
        with target.begin() as connection:
            connection.execute(insert(table), [dict(row) for row in some])
        brought += len(some)
        told(table.name, brought, total)
    return brought


def _compared(source: Connection, target: Engine, table: Table) -> int:
    with target.connect() as connection:
        (count, digest), (its_count, its_digest) = _sum(source, table), _sum(connection, table)
    if (count, digest) != (its_count, its_digest):
        raise CatalogueError(
            f"表 {table.name} 搬过去后不一致（原有 {count} 行，那边 {its_count} 行）",
            hint="目的库须是空的，搬的时候不能有人写入；清空目的库后再运行",
        )
    return count


def _sum(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows, and a digest of them in the order of their keys."""
    found, count = hashlib.blake2b(digest_size=16), 0
    for row in _rows(connection, table):
        found.update(row.encode("utf-8", "surrogatepass"))
        count += 1
    return count, found.hexdigest()


def _rows(connection: Connection, table: Table) -> Iterator[str]:
    for some in connection.execute(select(table).order_by(*table.primary_key)).partitions(CHUNK):
        yield from (repr(tuple(row)) for row in some)


def _number_on(target: Engine, name: str) -> None:
    """New rows get numbers after the last one: PostgreSQL has not counted those brought."""
    if is_sqlite(target):
        return
    with target.begin() as connection:
        for table in DATABASES[name].sorted_tables:
            key = table.autoincrement_column
            if key is None or not isinstance(key.type, Integer):
                continue
            last = connection.execute(select(func.max(key))).scalar()
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', key.name)
            if last is not None:
                connection.execute(select(func.setval(sequence, last)))
