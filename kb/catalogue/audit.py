"""The audit log: append-only, each event's digest covering the one before it.

Beside the database stands ``audit.head``, the last event's id and digest: a chain alone does not
show that its end was cut off. Old events go into files (`kb.catalogue.audit_archive`), and the
chain goes on through them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from kb.catalogue.dialect import Holds, is_sqlite
from kb.catalogue.fixed import Fixed, UsingAlone
from kb.catalogue.tables import archive, event
from kb.errors import AuditUnwritable, CatalogueError

GENESIS = "0" * 64
HEAD = "audit.head"
_LAST = select(event.c.id, event.c.digest).order_by(event.c.id.desc()).limit(1)
_LAST_FILED = select(archive.c.last_id, archive.c.last).order_by(archive.c.number.desc()).limit(1)
# Run at every question.
_BEFORE = Fixed(_LAST)
_FILED = Fixed(_LAST_FILED)
_INSERT = Fixed(insert(event))
_SPELT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

MOST_SUBJECT = 300
"""Characters of a subject that are kept: what was asked, not a whole paper pasted into the box."""


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to which thing, whether it was allowed, and why."""

    who: str
    origin: str
    action: str
    subject: str
    allowed: bool = True
    reason: str = ""
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """A stored event. ``at`` is UTC."""

    id: int
    at: datetime
    who: str
    origin: str
    action: str
    subject: str
    allowed: bool
    reason: str
    generation: int | None
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events; None and "" are «any»."""

    who: str = ""
    action: str = ""
    allowed: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""

    def on(self, query: Select[Any]) -> Select[Any]:
        """With these conditions."""
        if self.who:
            query = query.where(event.c.who == self.who)
        if self.action:
            query = query.where(event.c.action == self.action)
        if self.allowed is not None:
            query = query.where(event.c.allowed == int(self.allowed))
        if self.since is not None:
            query = query.where(event.c.at >= _naive(self.since))
        if self.until is not None:
            query = query.where(event.c.at < _naive(self.until))
        if self.words:
            query = query.where(Holds(event.c.subject, self.words))
        return query


class AuditLog:
    """Writes events, reads them, checks the chain."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self.folder = folder
        self._head = os.path.join(folder, HEAD)  # noqa: PTH118 # at every event; a Path is slower

    @property
    def engine(self) -> Engine:
        """The database, for `kb.catalogue.audit_archive`."""
        return self._engine

    def append(self, what: Event) -> int:
        """Add one event; its id. Two processes at once keep one chain: one waits for the other.

        Raises:
            AuditUnwritable: it could not be written; what it would have noted must not happen.
        """
        before: int
        try:
            with UsingAlone(self._engine, "audit") as cursor:
                dialect = self._engine.dialect
                before, previous = (
                    _BEFORE.first(cursor, dialect) or _FILED.first(cursor, dialect) or (0, GENESIS)
                )
                row = as_row(what, previous)
                # Numbered here: SQLite begins anew where the table was emptied by an archive.
                _INSERT.run(cursor, dialect, id=before + 1, **row)
        except (SQLAlchemyError, CatalogueError) as error:
            raise self._unwritable(error) from error
        self._note_head(before + 1, row["digest"])
        return before + 1

    def events(
        self, which: Filter, *, limit: int = 100, before: int | None = None
    ) -> list[EventRow]:
        """The newest events first; ``before`` an id, for the next page."""
        query = which.on(select(event)).order_by(event.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(event.c.id < before)
        with self._engine.connect() as connection:
            return [to_event(row) for row in connection.execute(query).mappings()]

    def every(self, which: Filter) -> Iterator[EventRow]:
        """All of them, the oldest first, for an export."""
        with self._engine.connect() as connection:
            found = connection.execute(which.on(select(event)).order_by(event.c.id))
            for row in found.mappings():
                yield to_event(row)

    def tally(self, which: Filter, by: str) -> list[tuple[str, int, int]]:
        """(value, events, of them refused) by ``who``, ``action`` or ``day``, for the charts."""
        column: Any = func.date(event.c.at) if by == "day" else event.c[by]
        refused = func.sum(1 - event.c.allowed)
        query = which.on(select(column, func.count(), refused)).group_by(column)
        with self._engine.connect() as connection:
            return [(str(v), int(n), int(r or 0)) for v, n, r in connection.execute(query)]

    def head(self) -> tuple[int, str]:
        """Id and digest of the last event; (0, zeros) where there is none. To be written down
        elsewhere: who can write to the home could write the whole chain anew."""
        with self._engine.connect() as connection:
            return last(connection)

    def verify(self) -> int | None:
        """None if the chain holds, else the id of the first event that does not fit."""
        from kb.catalogue.audit_archive import verify

        found = verify(self)
        return None if found.good else found.at

    def noted_head(self) -> tuple[int, str] | None:
        """What ``audit.head`` says; None where it is not there or cannot be read."""
        with suppress(OSError, ValueError):
            number, digest = (self.folder / HEAD).read_text("ascii").split()
            return int(number), digest
        return None

    def _note_head(self, number: int, digest: str) -> None:
        # Written over in place and always as long: a reader never finds half of it missing.
        line = f"{number:020d} {digest}\n".encode("ascii")
        try:
            out = os.open(self._head, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.write(out, line)
            finally:
                os.close(out)
        except OSError as error:
            raise self._unwritable(error, HEAD) from error

    def _unwritable(self, error: Exception, name: str = "") -> AuditUnwritable:
        """Says which file, and why: a home on a read-only medium cannot be asked, only copied."""
        told = error.message if isinstance(error, CatalogueError) else getattr(error, "orig", None)
        why = str(told or error)
        if not (name or is_sqlite(self._engine)):
            where = self._engine.url.render_as_string(hide_password=True)
            return AuditUnwritable(
                f"审计日志 {where} 无法写入，已停止提供内容：{' '.join(why.split())}",
                hint="请检查数据库服务、它的磁盘空间与该用户的写权限",
            )
        path = self.folder / (name or Path(str(self._engine.url.database)).name.partition("?")[0])
        return AuditUnwritable(
            f"审计日志 {path} 无法写入，已停止提供内容：{why}",
            hint="请检查磁盘空间与该目录的写权限；知识库在只读介质上时，先复制到可写的目录再查",
        )


def last(connection: Any) -> tuple[int, str]:
    """Id and digest that the next event has to follow, in the database or in the last file."""
    found = connection.execute(_LAST).first()
    if found is None:
        found = connection.execute(_LAST_FILED).first()
    return (int(found[0]), str(found[1])) if found else (0, GENESIS)


def as_row(what: Event, previous: str) -> dict[str, Any]:
    """Columns of ``event``, with the digest."""
    at = datetime.now(UTC).replace(tzinfo=None)
    row: dict[str, Any] = {
        "at": at.isoformat(),
        "who": storable(what.who),
        "origin": storable(what.origin),
        "action": what.action,
        "subject": storable(what.subject[:MOST_SUBJECT]),
        "allowed": int(what.allowed),
        "reason": storable(what.reason[:MOST_SUBJECT]),
        "generation": what.generation,
        "previous": previous,
    }
    row["digest"] = _digest(row)
    row["at"] = at
    return row


def storable(text: str) -> str:
    """Without what a database refuses: half characters, and NUL on PostgreSQL. Replaced before the
    digest is made, which has to fit what is read back."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def digest_of(row: dict[str, Any]) -> str:
    """SHA-256 over a row without its id and its own digest."""
    spelt = {
        k: v.replace(tzinfo=None).isoformat() if isinstance(v, datetime) else v
        for k, v in row.items()
    }
    return _digest(spelt)


def _digest(spelt: dict[str, Any]) -> str:
    return hashlib.sha256(_SPELT(spelt).encode("utf-8", "surrogatepass")).hexdigest()


def to_event(row: Any) -> EventRow:
    """A row of ``event``."""
    values = {name: row[name] for name in EventRow.__dataclass_fields__}
    return EventRow(**(values | {"allowed": bool(values["allowed"])}))


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
