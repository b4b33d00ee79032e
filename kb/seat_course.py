"""Decisions and tasks as one person may see and change them; every change is noted before it is
made, each time, whoever asks for it: a page, a command or a program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from kb.access.visitor import Visitor
from kb.catalogue.agenda import Agenda, DecisionRow
from kb.catalogue.courses import AssignmentRow, Courses, HappeningRow, of_decision, of_task
from kb.catalogue.editions import TaskRow
from kb.catalogue.feeds import Feeds
from kb.errors import AccessDenied, NotFound
from kb.model import Tier

Changing = Callable[[str, str], None]
"""Notes a change that is about to be made (subject, what), or that it was not made."""
GONE = "（刚才有人先改了，没有保存）"


class _Own:
    """What both halves share: in whose name, and what it is noted by."""

    def __init__(self, visitor: Visitor, noted: Changing) -> None:
        self._visitor = visitor
        self._noted = noted

    def _mine(self, who: str) -> None:
        """With an account one acts in one's own name: nobody signs for another."""
        if self._visitor.identity is not None and who != self._visitor.reader:
            says = "只能以自己的名义办理"
            raise AccessDenied(says, reason=f"{says}：{who}", hint="代为录入的，在文字中写明")


class SeatAgenda(_Own):
    """Stands before `kb.catalogue.agenda.Agenda`. A decision is people's own words: who may read
    papers of its tier may see it."""

    def __init__(self, agenda: Agenda, visitor: Visitor, noted: Changing) -> None:
        super().__init__(visitor, noted)
        self._agenda = agenda

    def add(self, row: Mapping[str, Any], *, who: str) -> DecisionRow:
        """As `Agenda.add`; AccessDenied where he could not see it afterwards."""
        self._mine(who)
        self._within(str(row["tier"]))
        self._noted("议题", f"新增 {row['title']}")
        return self._agenda.add(row, who=who)

    def one(self, decision_id: str) -> DecisionRow:
        """As `Agenda.one`, of those that he may see."""
        row = self._agenda.one(decision_id)
        if not self._sees(row):
            raise NotFound(f"没有编号为 {decision_id} 的议题", hint="用 kb pack agenda 查看")
        return row

    def every(self) -> list[DecisionRow]:
        """As `Agenda.every`, those that he may see."""
        return [row for row in self._agenda.every() if self._sees(row)]

    def due(self, first: date, last: date) -> list[DecisionRow]:
        """As `Agenda.due`, those that he may see."""
        return [row for row in self._agenda.due(first, last) if self._sees(row)]

    def change(self, decision_id: str, based_on: int, values: Mapping[str, Any], who: str) -> bool:
        """As `Agenda.change`, of those that he may see."""
        self._mine(who)
        self.one(decision_id)
        if "tier" in values:
            self._within(str(values["tier"]))
        subject = of_decision(decision_id)
        self._noted(subject, f"修改 {'、'.join(values)}")
        done = self._agenda.change(decision_id, based_on, values, who)
        if not done:
            self._noted(subject, f"修改{GONE}")
        return done

    def _sees(self, row: DecisionRow) -> bool:
        if self._visitor.identity is None:
            return True
        return Tier(row.tier) in self._visitor.scope(None).tiers

    def _within(self, tier: str) -> None:
        if self._visitor.identity is not None and Tier(tier) not in self._visitor.scope(None).tiers:
            says = f"“{Tier(tier).label}”高于您的可见范围"
            raise AccessDenied(says, reason=says, hint="请选您可见的知悉范围")


class SeatCourses(_Own):
    """Stands before `kb.catalogue.courses.Courses`. A task that a 批示 became is for who may see
    the paper that it was written on; a task of a decision for who may see the decision."""

    def __init__(
        self,
        courses: Courses,
        visitor: Visitor,
        noted: Changing,
        seen: Callable[[], list[TaskRow]],
        decisions: Callable[[], list[DecisionRow]],
    ) -> None:
        super().__init__(visitor, noted)
        self._courses = courses
        self._seen = seen
        self._decisions = decisions

    def lines(self, subject: str) -> list[HappeningRow]:
        """As `Courses.lines`."""
        return self.all_lines([subject]).get(subject, [])

    def all_lines(self, subjects: Sequence[str] | None = None) -> dict[str, list[HappeningRow]]:
        """As `Courses.all_lines`, without those that are not his to see."""
        found = self._courses.all_lines(subjects)
        if self._visitor.identity is None:
            return found
        mine = self._subjects()
        return {subject: lines for subject, lines in found.items() if subject in mine}

    def assignments(self, *, decision_id: str | None = None) -> list[AssignmentRow]:
        """As `Courses.assignments`, without those that are not his to see."""
        rows = self._courses.assignments(decision_id=decision_id)
        if self._visitor.identity is None:
            return rows
        tasks = {task.id for task in self._seen()}
        mine = {row.id for row in self._decisions()}
        return [
            row
            for row in rows
            if row.task_id in tasks and (row.decision_id is None or row.decision_id in mine)
        ]

    def add(self, subject: str, based_on: int, **told: Any) -> bool:
        """As `Courses.add`; False on what is not his to see."""
        self._mine(str(told["who"]))
        if self._visitor.identity is not None and subject not in self._subjects():
            return False
        self._noted(subject, str(told["action"]))
        done = self._courses.add(subject, based_on, **told)
        if not done:
            self._noted(subject, f"{told['action']}{GONE}")
        return done

    def file(self, row: Mapping[str, Any], *, who: str, state: str) -> int | None:
        """As `Courses.file`."""
        self._mine(who)
        self._noted(str(row["what"]), "立项")
        made = self._courses.file(row, who=who, state=state)
        if made is None:
            self._noted(str(row["what"]), f"立项{GONE}")
        return made

    def _subjects(self) -> set[str]:
        tasks = {of_task(row.task_id) for row in self.assignments()}
        return tasks | {of_decision(row.id) for row in self._decisions()}


class SeatFeeds:
    """Stands before `kb.catalogue.feeds.Feeds`: each person's address is his own."""

    def __init__(self, feeds: Feeds, visitor: Visitor, noted: Changing) -> None:
        self._feeds = feeds
        self._visitor = visitor
        self._noted = noted

    def give(self) -> str:
        """A new secret for him."""
        self._noted("日程订阅", "开通")
        return self._feeds.give(self._visitor.reader)

    def take_back(self) -> None:
        """His counts no longer."""
        self._noted("日程订阅", "停用")
        self._feeds.take_back(self._visitor.reader)

    @property
    def given(self) -> bool:
        """Whether he has one."""
        return self._feeds.has(self._visitor.reader)
