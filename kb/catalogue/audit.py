"""The audit log: append-only, each event's digest covering the one before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, text

from kb.catalogue.tables import event

GENESIS = "0" * 64


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


class AuditLog:
    """Writes events and checks the chain."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, what: Event) -> None:
        """Add one event. Two processes at once keep one chain (the database is locked first)."""
        with self._engine.connect() as connection:
            connection.execute(text("BEGIN IMMEDIATE"))
            last = connection.execute(
                select(event.c.digest).order_by(event.c.id.desc()).limit(1)
            ).scalar_one_or_none()
            row: dict[str, Any] = {
                "at": datetime.now(UTC).replace(tzinfo=None),
                "who": what.who,
                "origin": what.origin,
                "action": what.action,
                "subject": what.subject,
                "allowed": int(what.allowed),
                "reason": what.reason,
                "generation": what.generation,
                "previous": last or GENESIS,
            }
            connection.execute(insert(event).values(row | {"digest": _digest(row)}))
            connection.commit()

    def verify(self) -> int | None:
        """None if the chain holds, else the id of the first event that does not fit."""
        with self._engine.connect() as connection:
            return _first_fault(connection)


def _first_fault(connection: Connection) -> int | None:
    previous = GENESIS
    for row in connection.execute(select(event).order_by(event.c.id)).mappings():
        body = {k: v for k, v in row.items() if k not in ("id", "digest")}
        if row["previous"] != previous or row["digest"] != _digest(body):
            return int(row["id"])
        previous = row["digest"]
    return None


def _digest(row: dict[str, Any]) -> str:
    spelt = {
        k: v.replace(tzinfo=None).isoformat() if isinstance(v, datetime) else v
        for k, v in row.items()
    }
    body = json.dumps(spelt, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()
