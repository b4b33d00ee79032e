"""Drafts and frozen packs as one person may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from typing import Any

from kb.catalogue.agenda import Agenda, DecisionRow
from kb.catalogue.courses import AssignmentRow, Courses, HappeningRow, of_decision, of_task
from kb.catalogue.drafts import Drafts, EditRow
from kb.catalogue.editions import DeliveryRow, EditionRow, Editions, RemarkRow, TaskRow
from kb.errors import NotFound
from kb.model import Tier

Allowed = Callable[[Mapping[str, Any]], bool]
"""Whether all of a stored pack's body may be seen."""

Shown = Callable[[EditionRow], EditionRow | None]
"""An edition as its reader may see it: whole, redacted, or not at all."""


class SeatDrafts:
    """Stands before `kb.catalogue.drafts.Drafts`: who may not see a draft cannot change it."""

    def __init__(self, drafts: Drafts, check: Callable[[str], object]) -> None:
        self._drafts = drafts
        self._check = check

    def change(self, pack_id: str, based_on: int, columns: Mapping[str, Any], **told: Any) -> bool:
        """As `Drafts.change`; NotFound where it is not his to see."""
        self._check(pack_id)
        return self._drafts.change(pack_id, based_on, columns, **told)

    def history(self, pack_id: str, since: int = 0) -> list[EditRow]:
        """As `Drafts.history`; NotFound where it is not his to see."""
        self._check(pack_id)
        return self._drafts.history(pack_id, since)


class SeatAgenda:
    """Stands before `kb.catalogue.agenda.Agenda`: decisions of the tiers that he may see. They are
    people's own words; what is quoted for them is in drafts and editions."""

    def __init__(self, agenda: Agenda, tiers: Set[Tier]) -> None:
        self._agenda = agenda
        self._tiers = tiers

    def every(self) -> list[DecisionRow]:
        """As `Agenda.every`, those that are his to see."""
        return [row for row in self._agenda.every() if Tier(row.tier) in self._tiers]

    def one(self, decision_id: str) -> DecisionRow:
        """As `Agenda.one`; NotFound where it is not his to see."""
        found = [row for row in self.every() if row.id == decision_id]
        if not found:
            raise NotFound(f"没有编号为 {decision_id} 的议题", hint="用 kb pack agenda 查看")
        return found[0]

    def due(self, first: date, last: date) -> list[DecisionRow]:
        """As `Agenda.due`, those that are his to see."""
        return [row for row in self._agenda.due(first, last) if Tier(row.tier) in self._tiers]

    def add(self, row: Mapping[str, Any], *, who: str) -> DecisionRow:
        """As `Agenda.add`."""
        return self._agenda.add(row, who=who)

    def change(self, decision_id: str, based_on: int, values: Mapping[str, Any], who: str) -> bool:
        """As `Agenda.change`; NotFound where it is not his to see."""
        self.one(decision_id)
        return self._agenda.change(decision_id, based_on, values, who)


class SeatCourses:
    """Stands before `kb.catalogue.courses.Courses`. A task that a 批示 became is for who may see
    the paper that it was written on; what happened to a decision, for who may see the decision."""

    def __init__(
        self,
        courses: Courses,
        seen: Callable[[], list[TaskRow]],
        decisions: Callable[[], Sequence[DecisionRow]],
    ) -> None:
        self._courses = courses
        self._seen = seen
        self._decisions = decisions

    def _mine(self) -> set[str]:
        return {of_task(task.id) for task in self._seen()} | {
            of_decision(row.id) for row in self._decisions()
        }

    def lines(self, subject: str) -> list[HappeningRow]:
        """As `Courses.lines`."""
        return self.all_lines([subject]).get(subject, [])

    def all_lines(self, subjects: Sequence[str] | None = None) -> dict[str, list[HappeningRow]]:
        """As `Courses.all_lines`, without those of what is not his to see."""
        mine = self._mine()
        found = self._courses.all_lines(subjects)
        return {subject: lines for subject, lines in found.items() if subject in mine}

    def assignments(self, *, decision_id: str | None = None) -> list[AssignmentRow]:
        """As `Courses.assignments`, without those that are not his to see."""
        mine = {task.id for task in self._seen()}
        decisions = {row.id for row in self._decisions()}
        rows = self._courses.assignments(decision_id=decision_id)
        return [
            row
            for row in rows
            if row.task_id in mine and (not row.decision_id or row.decision_id in decisions)
        ]

    def add(self, subject: str, based_on: int, **told: Any) -> bool:
        """As `Courses.add`; False on what is not his to see."""
        if subject not in self._mine():
            return False
        return self._courses.add(subject, based_on, **told)

    def file(self, row: Mapping[str, Any], **told: Any) -> int:
        """As `Courses.file`."""
        return self._courses.file(row, **told)


class SeatEditions:
    """Stands before `kb.catalogue.editions.Editions`; what it does not name does not go through."""

    def __init__(
        self,
        editions: Editions,
        *,
        allowed: Allowed,
        shown: Shown,
        whole: Callable[[str], object],
    ) -> None:
        self._editions = editions
        self._allowed = allowed
        self._shown = shown
        self._whole = whole

    def add(self, row: Mapping[str, Any]) -> EditionRow:
        """Freeze what he may see, all of it: a redacted pack is nobody's edition."""
        self._whole(row["pack_id"])
        if not self._allowed(row["body"]):
            raise NotFound(f"没有定稿 {row['number']}")
        return self._editions.add(row)

    def by_id(self, edition_id: int) -> EditionRow:
        """One that he may see; NotFound for others."""
        shown = self._shown(self._editions.by_id(edition_id))
        if shown is None:
            raise NotFound(f"没有定稿 {edition_id}")
        return shown

    def every(self, *, pack_id: str | None = None, number: str | None = None) -> list[EditionRow]:
        """Those that he may see."""
        rows = self._editions.every(pack_id=pack_id, number=number)
        return [shown for row in rows if (shown := self._shown(row)) is not None]

    def numbers(self) -> list[str]:
        """Every number given: the next one must be free. They say nothing else."""
        return self._editions.numbers()

    def deliver(self, edition_id: int, recipients: Sequence[str], who: str) -> list[DeliveryRow]:
        """Hand on what he may see himself; the recipient's own rights still decide."""
        self.by_id(edition_id)
        return self._editions.deliver(edition_id, recipients, who)

    def deliveries(
        self, *, edition_id: int | None = None, recipient: str | None = None
    ) -> list[DeliveryRow]:
        """Of editions that he may see."""
        mine = {row.id for row in self.every()}
        found = self._editions.deliveries(edition_id=edition_id, recipient=recipient)
        return [row for row in found if row.edition_id in mine]

    def mark(self, delivery_id: int, *, circled: bool) -> None:
        """Read or circled, on what he may see."""
        self._delivery(delivery_id)
        self._editions.mark(delivery_id, circled=circled)

    def write(self, delivery_id: int, text: str, day: Any, typed_by: str) -> int:
        """A remark on what he may see."""
        self._delivery(delivery_id)
        return self._editions.write(delivery_id, text, day, typed_by)

    def remarks(self, delivery_ids: Sequence[int] | None = None) -> list[RemarkRow]:
        """On what he may see all of: a remark may tell what the paper says."""
        whole = {row.id for row in self._editions.every() if self._allowed(row.body)}
        mine = {row.id for row in self._editions.deliveries() if row.edition_id in whole}
        return [row for row in self._editions.remarks(delivery_ids) if row.delivery_id in mine]

    def tasks(self) -> list[TaskRow]:
        """Those of no remark, and those of remarks that he may see."""
        mine = {row.id for row in self.remarks()}
        return [t for t in self._editions.tasks() if t.remark_id is None or t.remark_id in mine]

    def add_task(self, *args: Any, **more: Any) -> TaskRow:
        """As `Editions.add_task`."""
        return self._editions.add_task(*args, **more)

    def close_task(self, task_id: int) -> None:
        """One that he sees."""
        if task_id not in {task.id for task in self.tasks()}:
            raise NotFound(f"没有第 {task_id} 号督办事项")
        self._editions.close_task(task_id)

    def _delivery(self, delivery_id: int) -> None:
        if delivery_id not in {row.id for row in self.deliveries()}:
            raise NotFound("没有这份呈送")
