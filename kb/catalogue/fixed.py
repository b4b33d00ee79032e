"""Statements that are run at every question: compiled once, then handed to the driver as text.

SQLAlchemy takes five to ten times as long to run such a statement as SQLite does to answer it
(0.24 of 0.26 ms for a session, 0.3 of 0.4 for an event). What it knows is kept: the text comes
from its compiler, the values go through its types, the connection is one of its pool, and what
the driver raises comes out as its own error.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine, PoolProxiedConnection, bindparam, event, func, select
from sqlalchemy.sql import Executable
from sqlalchemy.types import TypeEngine

from kb.catalogue.dialect import is_sqlite, lock_number
from kb.catalogue.lost import at_the_driver

T = TypeVar("T")
Process = Callable[[Any], Any]


class Fixed:
    """One statement. Its parameters are named by ``bindparam`` or by the columns of an insert."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._made: dict[str, _Text] = {}

    def run(self, cursor: Any, dialect: Dialect, **values: Any) -> None:
        """Execute it. The driver's own errors: `Using` turns them into SQLAlchemy's."""
        self._text(dialect).run(cursor, values)

    def first(self, cursor: Any, dialect: Dialect, **values: Any) -> tuple[Any, ...] | None:
        """Its first row, with the values that SQLAlchemy would give; None where there is none."""
        text = self._text(dialect)
        text.run(cursor, values)
        rows = cursor.fetchall()
        return text.row(rows[0]) if rows else None

    def _text(self, dialect: Dialect) -> _Text:
        made = self._made.get(dialect.name)
        if made is None:
            # Made twice where two threads come at once; both are the same.
            made = self._made[dialect.name] = _Text(self._statement, dialect)
        return made


class _Text:
    """A statement in the words of one dialect."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        # Values that stand in the statement itself (a LIMIT).
        self._constant = {k: v for k, v in compiled.params.items() if v is not None}
        self._order = compiled.positiontup if compiled.positional else None
        binds = {name: _bind(bind.type, dialect) for name, bind in compiled.binds.items()}
        self._binds = {name: process for name, process in binds.items() if process}
        columns = getattr(statement, "selected_columns", ())
        results = [_result(column.type, dialect) for column in columns]
        self._results = [(at, process) for at, process in enumerate(results) if process]

    def run(self, cursor: Any, values: dict[str, Any]) -> None:
        given = self._constant | values if self._constant else values
        for name, process in self._binds.items():
            given[name] = process(given[name])
        if self._order is not None:
            cursor.execute(self._sql, tuple([given[name] for name in self._order]))
        else:
            cursor.execute(self._sql, given)

    def row(self, row: Any) -> tuple[Any, ...]:
        out = list(row)
        for at, process in self._results:
            out[at] = process(out[at])
        return tuple(out)


class Using:
    """``with Using(engine) as cursor``: the driver's own, for reading.

    The connection is one of the engine's pool. One to SQLite is kept for the next time, as to ask
    the pool and give back takes longer than a statement. One that raised is never kept.

    Raises:
        DBAPIError: whatever the driver raises.
        CatalogueError: PostgreSQL went away, or cannot be reached (`kb.catalogue.lost`).
    """

    commits = False

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kept = _kept_of(engine) if is_sqlite(engine) else None
        self._error: type[Exception] = engine.dialect.loaded_dbapi.Error

    def __enter__(self) -> Any:
        try:
            self.connection = self._kept.pop() if self._kept else self._fresh()
        except IndexError:  # another thread took the last one
            self.connection = self._fresh()
        try:
            self.cursor = self.connection.cursor()
            self.begin()
        except self._error as error:
            raise self._failed(error) from error
        return self.cursor

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self.end()
        except self._error as late:
            raise self._failed(late, committing=self.commits) from late
        if isinstance(error, self._error):
            raise self._failed(error) from error
        if error is not None:
            self.connection.invalidate()
        elif self._kept is None or len(self._kept) >= KEPT:
            self.connection.close()
        else:
            self._kept.append(self.connection)

    def _failed(self, error: Exception, *, committing: bool = False) -> Exception:
        """What to raise for what the driver raised; its connection is not used again."""
        told = at_the_driver(
            self.engine, error, self.connection.driver_connection, committing=committing
        )
        self.connection.invalidate()
        return told

    def begin(self) -> None:
        """Before the body."""

    def end(self) -> None:
        """After a body that did not raise. A statement that is not read to its end would hold on
        to the state that it saw."""
        self.cursor.close()

    def _fresh(self) -> PoolProxiedConnection:
        try:
            made = self.engine.raw_connection()
        except self._error as error:
            raise at_the_driver(self.engine, error, None, committing=False) from error
        made.info.pop(FOUND, None)  # the pool may have lent it to somebody who wrote
        return made


class UsingAlone(Using):
    """As `kb.catalogue.dialect.exclusive`: no other of the name ``what`` runs beside it, in any
    process; committed at the end, taken back where the body raises."""

    commits = True

    def __init__(self, engine: Engine, what: str) -> None:
        super().__init__(engine)
        self._what = what

    def begin(self) -> None:
        """Wait for the others."""
        if self._kept is not None:
            self.cursor.execute("BEGIN IMMEDIATE")
        else:
            _LOCK.run(self.cursor, self.engine.dialect, number=lock_number(self._what))

    def end(self) -> None:
        """Commit."""
        super().end()
        self.connection.commit()


FOUND = "kb.found"
MOST = 256
NOTHING: tuple[int, dict[str, Any]] = (-1, {})


def unchanged(engine: Engine, key: str, read: Callable[[Any], T | None]) -> T | None:
    """What ``read`` found with a cursor, as long as nobody has written to the database since.

    SQLite tells (``PRAGMA data_version`` is another number whenever another connection, in this
    or any other process, has committed), so nothing here outlives a change. It tells each
    connection for itself and not of its own writes: what was read is kept beside the connection
    that read it, and goes when the pool had it. PostgreSQL tells nothing of the kind: there it is
    read each time.

    Raises:
        DBAPIError: whatever the driver raises.
    """
    using = Using(engine)
    with using as cursor:
        if not is_sqlite(engine):
            return read(cursor)
        [[version]] = cursor.execute("PRAGMA data_version").fetchall()
        at, kept = using.connection.info.get(FOUND, NOTHING)
        if at != version or len(kept) >= MOST:
            kept = {}
            using.connection.info[FOUND] = version, kept
        found: T | None = kept.get(key)
        if found is None and (found := read(cursor)) is not None:
            kept[key] = found
        return found


KEPT = 4
"""Connections to a file that are kept; the pool has more than these."""

_kept: WeakKeyDictionary[Engine, tuple[int, list[PoolProxiedConnection]]] = WeakKeyDictionary()


def _kept_of(engine: Engine) -> list[PoolProxiedConnection]:
    process, kept = _kept.get(engine, (0, []))
    if process != os.getpid():
        # Never one that was opened before a fork: SQLite's locks are a process's own.
        process, kept = os.getpid(), []
        _kept[engine] = process, kept
        event.listen(engine, "engine_disposed", _let_go)
    return kept


def _let_go(engine: Engine) -> None:
    for connection in _kept.pop(engine, (0, []))[1]:
        connection.invalidate()


_LOCK = Fixed(select(func.pg_advisory_xact_lock(bindparam("number"))))


def _bind(of: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return of.dialect_impl(dialect).bind_processor(dialect)


def _result(of: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return of.dialect_impl(dialect).result_processor(dialect, None)
