"""Decisions (议题) and when they come before whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from kb.catalogue.dialect import exclusive
from kb.catalogue.moments import utc
from kb.catalogue.tables_decide import decision
from kb.errors import NotFound

BEFORE = ("酝酿", "备料", "上会")
"""States of a decision that is still to be made; `kb.decide.agenda` says which there are."""

OPEN, DECIDED, WITHDRAWN = "备料", "已决", "撤回"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A matter to be decided. ``day`` None: not on the agenda yet. ``papers`` are passage ids,
    paths or words."""

    id: str
    title: str
    background: str
    questions: list[str]
    kind: str
    meeting: str
    day: date | None
    department: str
    partners: list[str]
    papers: list[str]
    tier: str
    template: str
    state: str
    version: int
    created: datetime
    creator: str
    changed: datetime
    changed_by: str


class Agenda:
    """Reads and writes decisions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, row: Mapping[str, Any], *, who: str) -> DecisionRow:
        """A new decision; its id is the year and a running number (2026-3)."""
        now = datetime.now(UTC)
        with exclusive(self._engine, "decision") as connection:
            ids = connection.execute(
                select(decision.c.id).where(decision.c.id.like(f"{now.year}-%"))
            ).scalars()
            last = max((int(id_.partition("-")[2]) for id_ in ids), default=0)
            key = f"{now.year}-{last + 1}"
            stamped = {"created": now, "creator": who, "changed": now, "changed_by": who}
            connection.execute(
                insert(decision).values(
                    {"id": key, "state": OPEN, "version": 0, "partners": [], "papers": []}
                    | stamped
                    | dict(row)
                )
            )
        return self.one(key)

    def one(self, decision_id: str) -> DecisionRow:
        """One decision.

        Raises:
            NotFound: there is none of this id.
        """
        found = [row for row in self.every() if row.id == decision_id]
        if not found:
            raise NotFound(f"没有编号为 {decision_id} 的议题", hint="用 kb pack agenda 查看")
        return found[0]

    def every(self) -> list[DecisionRow]:
        """All, those on the agenda first, by day."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(decision)).mappings().all()
        found = [
            DecisionRow(**(dict(r) | {"created": utc(r["created"]), "changed": utc(r["changed"])}))
            for r in rows
        ]
        return sorted(found, key=lambda r: (r.day is None, r.day or date.max, r.created))

    def due(self, first: date, last: date) -> list[DecisionRow]:
        """Still to be decided, on a day from ``first`` to ``last``."""
        return [r for r in self.every() if r.state in BEFORE and r.day and first <= r.day <= last]

    def change(self, decision_id: str, based_on: int, values: Mapping[str, Any], who: str) -> bool:
        """New values; False where somebody else has changed it since version ``based_on``."""
        with self._engine.begin() as connection:
            return bool(
                connection.execute(
                    update(decision)
                    .where(decision.c.id == decision_id, decision.c.version == based_on)
                    .values(
                        dict(values)
                        | {
                            "version": based_on + 1,
                            "changed": datetime.now(UTC),
                            "changed_by": who,
                        }
                    )
                ).rowcount
            )
