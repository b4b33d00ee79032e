"""What SQLite and PostgreSQL say differently. Every other statement of the catalogue is one text.

| | SQLite | PostgreSQL |
|---|---|---|
| one at a time | the file's lock (``BEGIN IMMEDIATE``) | an advisory lock by name |
| a moment | text without a zone | ``timestamptz``; both are handed on as UTC without a zone |
| is it in there | ``instr`` | ``strpos`` |
| nothing left of deleted rows | ``secure_delete`` | ``VACUUM FULL`` |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Connection, DateTime, Dialect, Engine, func, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

# Before every line of the audit log: building it would take longer than running it.
_BEGIN = text("BEGIN IMMEDIATE")


def is_sqlite(engine: Engine | Connection) -> bool:
    """Whether this is a file in the home."""
    return engine.dialect.name == "sqlite"


class Moment(TypeDecorator[datetime]):
    """A moment: stored as UTC, read back as UTC without a zone, on both."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Without a zone it is UTC."""
        if value is None:
            return None
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return plain if dialect.name == "sqlite" else plain.replace(tzinfo=UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As SQLite always gave it."""
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)


class Holds(FunctionElement[bool]):
    """``Holds(column, text)``: whether the text stands somewhere in it. Not LIKE: SQLite's folds
    case."""

    type = Boolean()
    inherit_cache = True


@compiles(Holds, "sqlite")
def _instr(element: Any, compiler: Any, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


@compiles(Holds, "postgresql")
def _strpos(element: Any, compiler: Any, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


@contextmanager
def exclusive(engine: Engine, what: str) -> Iterator[Connection]:
    """A transaction beside which no other of the name ``what`` runs, in any process; committed at
    the end, taken back where the body raises.

    For what is read before it is written: a number that follows the last one, a row that is
    changed where it is there and added where it is not.
    """
    with engine.connect() as connection:
        if is_sqlite(connection):
            connection.execute(_BEGIN)
        else:
            lock(connection, what)
        yield connection
        connection.commit()


def lock(connection: Connection, what: str) -> None:
    """On PostgreSQL, wait for the lock of this name and hold it to the end of the transaction."""
    if not is_sqlite(connection):
        connection.execute(select(func.pg_advisory_xact_lock(lock_number(what))))


def lock_number(what: str) -> int:
    """The 64 bits that stand for a name among a database's advisory locks."""
    digest = hashlib.blake2b(f"shuniu/{what}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def dumps(value: object) -> str:
    """JSON as both databases store it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plain(value: object) -> object:
    """A value of a raw statement as SQLite gives it: PostgreSQL has booleans, days and read JSON.
    So that a digest of rows is the same wherever they lie."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return dumps(value)
    return value
