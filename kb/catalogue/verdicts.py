"""What people say of duties that a program read: right, right with other words, or none at all.

Only added to, never overwritten: the last line on a duty is what holds, those before it are its
history. A line refers to a provision by id and digest, so it outlives the index and is not taken
for a text that has changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select

from kb.catalogue.moments import utc
from kb.catalogue.tables_system import duty_verdict
from kb.errors import CatalogueError

CONFIRMED, CORRECTED, REJECTED, OPEN = "confirmed", "corrected", "rejected", "open"
VERDICTS = (CONFIRMED, CORRECTED, REJECTED, OPEN)
"""``open`` takes back what was said before."""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One person's word on one duty. ``read`` is the duty as it was read; ``actor``, ``action``,
    ``limit`` and ``trigger`` are his words where he corrected it, and empty otherwise."""

    passage_id: str
    digest: str
    mark: str
    verdict: str
    read: str
    actor: str
    action: str
    limit: str
    trigger: str
    note: str
    who: str
    at: datetime


class Verdicts:
    """Reads and adds verdicts. Safe for several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        passage_id: str,
        digest: str,
        mark: str,
        verdict: str,
        *,
        who: str,
        read: str,
        actor: str = "",
        action: str = "",
        limit: str = "",
        trigger: str = "",
        note: str = "",
    ) -> None:
        """Say something of a duty (columns as in `VerdictRow`).

        Raises:
            CatalogueError: no such verdict.
        """
        if verdict not in VERDICTS:
            raise CatalogueError(f"没有“{verdict}”这种结论", hint=f"可用：{'、'.join(VERDICTS)}")
        values = {
            "passage_id": passage_id,
            "digest": digest,
            "mark": mark,
            "verdict": verdict,
            "read": read,
            "actor": actor,
            "action": action,
            "time_limit": limit,
            "trigger_": trigger,
            "note": note,
            "who": who,
            "at": datetime.now(UTC),
        }
        with self._engine.begin() as connection:
            connection.execute(insert(duty_verdict).values(values))

    def history(self, passage_id: str = "", mark: str = "") -> list[VerdictRow]:
        """Everything said (of one provision, one duty), oldest first."""
        query = select(duty_verdict).order_by(duty_verdict.c.id)
        if passage_id:
            query = query.where(duty_verdict.c.passage_id == passage_id)
        if mark:
            query = query.where(duty_verdict.c.mark == mark)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            VerdictRow(
                passage_id=row["passage_id"],
                digest=row["digest"],
                mark=row["mark"],
                verdict=row["verdict"],
                read=row["read"],
                actor=row["actor"],
                action=row["action"],
                limit=row["time_limit"],
                trigger=row["trigger_"],
                note=row["note"],
                who=row["who"],
                at=utc(row["at"]),
            )
            for row in rows
        ]

    def latest(self) -> dict[tuple[str, str], VerdictRow]:
        """(passage id, mark) → the last word on that duty; those taken back are left out."""
        found = {(row.passage_id, row.mark): row for row in self.history()}
        return {key: row for key, row in found.items() if row.verdict != OPEN}
