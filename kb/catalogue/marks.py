"""What people decided about files that bear a doubtful mark of secrecy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select

from kb.catalogue.tables import mark_decision
from kb.model import Mark


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One decision. ``decision`` is ``accepted``, ``refused`` or ``doubtful`` (withdrawn)."""

    digest: str
    path: str
    decision: str
    who: str
    note: str
    at: datetime

    @property
    def evidence(self) -> str:
        """Who, when and why, in one line."""
        day = self.at.replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        return f"{self.who} 于 {day}" + (f"：{self.note}" if self.note else "")


class Marks:
    """Decisions, bound to the content's SHA-256; all are kept, the last one of a digest holds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def decide(self, digest: str, path: str, decision: Mark, *, who: str, note: str = "") -> None:
        """Note what ``who`` decided about the content with this digest.

        Raises:
            ValueError: nobody decides about a certain mark.
        """
        if decision is Mark.CERTAIN:
            raise ValueError("a certain mark is no person's to decide")
        values = {
            "digest": digest,
            "path": path,
            "decision": decision.value,
            "who": who,
            "note": note,
            "at": datetime.now(UTC),
        }
        with self._engine.begin() as connection:
            connection.execute(insert(mark_decision).values(values))

    def history(self) -> list[MarkRow]:
        """Every decision, the first one first."""
        columns = [mark_decision.c[name] for name in MarkRow.__dataclass_fields__]
        query = select(*columns).order_by(mark_decision.c.id)
        with self._engine.connect() as connection:
            return [MarkRow(**row) for row in connection.execute(query).mappings()]

    def standing(self) -> dict[str, MarkRow]:
        """The decision that holds, by digest; withdrawn ones are left out."""
        last = {row.digest: row for row in self.history()}
        return {d: row for d, row in last.items() if row.decision != Mark.DOUBTFUL.value}
