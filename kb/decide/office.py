"""Decisions and tasks as people act on them: reads the lines, judges, writes one line or none.

Whoever acts says how many lines he saw. If somebody wrote in between, nothing is written and he is
told, so that two people at once lose nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kb.catalogue.agenda import WITHDRAWN, DecisionRow
from kb.catalogue.courses import AssignmentRow, HappeningRow, of_decision, of_task
from kb.decide.agenda import ORDER, Missing, State, missing, move, next_state
from kb.decide.course import Course, CourseAct, check, course_of, matter_of, plan_of
from kb.decide.follow import Action, Draft, Event, FollowRules, Task, TaskState, act, follow_rules
from kb.decide.follow.model import filed
from kb.decide.procedure import Checklist, Plan, checklists
from kb.errors import NotFound, StepRefused
from kb.law.workdays import Calendar, calendar_of

CLOCK = ZoneInfo("Asia/Shanghai")
Notice = Callable[[str, str], None]
"""Told of every change that is about to be made: what, on which subject. It may refuse."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with its course, plan, tasks, and what it lacks for its next state."""

    row: DecisionRow
    course: Course
    plan: Plan | None
    tasks: tuple[Task, ...]
    editions: tuple[str, ...]
    lines: tuple[HappeningRow, ...]

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken off for good."""
        return self.row.state == WITHDRAWN

    @property
    def frozen(self) -> bool:
        """Whether nothing can be done to it any more."""
        return self.withdrawn or self.row.state == State.ARCHIVED

    @property
    def next(self) -> State | None:
        """The next state; None at the end."""
        return None if self.withdrawn else next_state(State(self.row.state))

    @property
    def lacks(self) -> tuple[Missing, ...]:
        """What is missing for the next state."""
        if self.next is None:
            return ()
        matter = matter_of(
            self.row, self.course, plan=self.plan, editions=self.editions, tasks=self.tasks
        )
        return missing(matter, self.next)


class Office:
    """Acts on decisions and tasks of one home.

    Args:
        people: people's work (or one person's seat before it).
        home: where an office keeps its own holidays and checklists.
        today: the day on which things are done.
        notice: told before every change; the audit log.
    """

    def __init__(
        self,
        people: Any,
        home: Path | None,
        *,
        today: date,
        notice: Notice = lambda what, subject: None,
        rules: FollowRules | None = None,
    ) -> None:
        self._people = people
        self._notice = notice
        self.today = today
        self.rules = rules or follow_rules(home)
        self.calendar: Calendar = calendar_of(home)
        self.checklists: dict[str, Checklist] = checklists(home)

    def decision(self, decision_id: str) -> Decision:
        """One decision as it stands.

        Raises:
            NotFound: there is none of this id.
        """
        row = self._people.agenda.one(decision_id)
        lines = self._people.courses.lines(of_decision(decision_id))
        tasks = self.tasks(decision_id=decision_id)
        return self._decision(row, lines, tasks, self._editions(decision_id))

    def decisions(self) -> list[Decision]:
        """All that there are, those on the agenda first, by day."""
        rows = self._people.agenda.every()
        lines = self._people.courses.all_lines([of_decision(row.id) for row in rows])
        tasks: dict[str, list[Task]] = {}
        for task in self.tasks():
            tasks.setdefault(task.draft.decision_id, []).append(task)
        return [
            self._decision(
                row,
                lines.get(of_decision(row.id), []),
                tasks.get(row.id, []),
                self._editions(row.id),
            )
            for row in rows
        ]

    def _decision(
        self,
        row: DecisionRow,
        lines: Sequence[HappeningRow],
        tasks: Sequence[Task],
        editions: Sequence[str],
    ) -> Decision:
        course = course_of(lines)
        return Decision(
            row,
            course,
            plan_of(row, course, self.checklists, self.calendar, self.today),
            tuple(tasks),
            tuple(editions),
            tuple(lines),
        )

    def act(
        self,
        decision_id: str,
        what: CourseAct,
        data: Mapping[str, Any],
        *,
        who: str,
        based_on: int,
        day: date | None = None,
    ) -> Decision:
        """Write one line about a decision.

        Args:
            decision_id: which.
            what: the act; `CourseAct.MOVE` goes to the next state, `BACK` to ``data["state"]``.
            data: what it needs (`kb.decide.course`).
            who: who does it.
            based_on: how many lines he saw.
            day: the day it was done, today where it is None.

        Raises:
            NotFound: no such decision. StepRefused: it may not be done, or somebody wrote first.
        """
        now = self.decision(decision_id)
        if not who.strip():
            raise StepRefused(f"{what}没有写明是谁", hint="请填写姓名")
        self._unchanged(now.course.length, based_on)
        if now.withdrawn:
            raise StepRefused(f"“{now.row.title}”已撤回", hint="需要时另立新议题")
        if now.row.state == State.ARCHIVED:
            raise StepRefused(f"“{now.row.title}”已归档，不能再改", hint="需要时另立新议题")
        data = dict(data)
        chosen = str(data.get("checklist", "")) if what is CourseAct.CHECKLIST else ""
        if chosen and chosen not in self.checklists:
            raise StepRefused(f"没有清单 {chosen}", hint="可选：" + "、".join(self.checklists))
        check(now.course, what, data, self.checklists.get(now.course.checklist))
        state = self._state_after(now, what, data)
        self._notice(str(what), of_decision(decision_id))
        written = self._people.courses.add(
            of_decision(decision_id),
            based_on,
            who=who,
            day=day or self.today,
            action=what.value,
            data=data,
            decision_state=None if state is None else (decision_id, state),
        )
        self._unchanged(0 if written else -1, 0)
        return self.decision(decision_id)

    def _state_after(self, now: Decision, what: CourseAct, data: dict[str, Any]) -> str | None:
        if what is CourseAct.WITHDRAW:
            return WITHDRAWN
        if what not in (CourseAct.MOVE, CourseAct.BACK):
            return None
        target = now.next if what is CourseAct.MOVE else _state(data.get("state"))
        if target is None:
            raise StepRefused(f"“{now.row.title}”已经是最后一步")
        matter = matter_of(
            now.row, now.course, plan=now.plan, editions=now.editions, tasks=now.tasks
        )
        if what is CourseAct.BACK and ORDER.index(target) >= ORDER.index(matter.state):
            raise StepRefused("只能退回到以前的状态")
        data["state"] = target.value
        return move(matter, target, reason=str(data.get("words", ""))).state.value

    def file(self, draft: Draft, *, who: str, remark_id: int | None = None) -> Task:
        """File a task (立项), of a decision or of a 批示.

        Raises:
            StepRefused: it says neither what is to be done nor on what it rests.
        """
        for name, value in (("事项", draft.what), ("来源", draft.source), ("经办人", who)):
            if not value.strip():
                raise StepRefused(f"立项没有写明{name}", hint=f"请填写{name}")
        if draft.decision_id:
            self._people.agenda.one(draft.decision_id)
        self._notice("立项", draft.what)
        key = self._people.courses.file(
            {
                "what": draft.what,
                "lead": draft.lead,
                "due": draft.limit,
                "decision_id": draft.decision_id or None,
                "filed": self.today,
                "partners": list(draft.partners),
                "standard": draft.standard,
                "source": draft.source,
                "category": draft.category,
                "remark_id": remark_id,
            },
            who=who,
            state=TaskState.FILED.value,
        )
        if key is None:
            raise StepRefused("这一件刚才已由别人立项，没有重复登记", hint="刷新后查看")
        return self.task(int(key))

    def task(self, task_id: int) -> Task:
        """One task as it stands.

        Raises:
            NotFound: there is none of this number.
        """
        rows = self._people.courses.assignments()
        row = next((one for one in rows if one.task_id == task_id), None)
        if row is None:
            raise NotFound(f"没有第 {task_id} 号督办事项", hint="用 kb task list 查看")
        return _task(row, self._people.courses.lines(of_task(task_id)))

    def tasks(self, *, decision_id: str | None = None) -> list[Task]:
        """Tasks (of one decision, or all), oldest first."""
        rows = self._people.courses.assignments(decision_id=decision_id)
        lines = self._people.courses.all_lines([of_task(row.task_id) for row in rows])
        return [_task(row, lines.get(of_task(row.task_id), [])) for row in rows]

    def do(self, task_id: int, event: Event, *, based_on: int) -> Task:
        """Do something to a task.

        Raises:
            NotFound: no such task. StepRefused: it may not be done, or somebody wrote first.
        """
        now = self.task(task_id)
        self._unchanged(now.revision, based_on)
        after = act(now, event, self.rules)
        self._notice(str(event.action), of_task(task_id))
        closed = after.closed
        written = self._people.courses.add(
            of_task(task_id),
            based_on,
            who=event.who,
            day=event.day,
            action=event.action.value,
            data=_plain(event),
            task_state=(
                task_id,
                after.state.value,
                datetime.combine(closed, time(), CLOCK) if closed else None,
            ),
        )
        self._unchanged(0 if written else -1, 0)
        return after

    def _editions(self, decision_id: str) -> list[str]:
        pack = self._people.pack_of(decision_id)
        if pack is None:
            return []
        return [f"{e.number}·{e.edition}" for e in self._people.editions.every(pack_id=pack.id)]

    @staticmethod
    def _unchanged(held: int, seen: int) -> None:
        if held != seen:
            raise StepRefused("刚才有人先改了，没有保存", hint="看过新的内容后再试一次")


def _state(value: object) -> State:
    try:
        return State(str(value))
    except ValueError:
        raise StepRefused(f"没有状态“{value}”", hint="、".join(ORDER)) from None


def _task(row: AssignmentRow, lines: list[HappeningRow]) -> Task:
    draft = Draft(
        row.what,
        row.lead,
        tuple(row.partners),
        row.due,
        row.standard,
        row.source,
        row.category,
        row.decision_id or "",
    )
    # The lines were judged when they were written, by the rules of that day: rules that were
    # tightened since must not make a task unreadable.
    lenient = FollowRules(extensions=10**6, ask_before=0, double=False)
    task = filed(str(row.task_id), draft, row.filed)
    for line in lines:
        task = act(task, _event(line), lenient)
    return task


def _event(line: HappeningRow) -> Event:
    data = line.data
    return Event(
        action=Action(line.action),
        who=line.who,
        day=line.day,
        words=str(data.get("words", "")),
        limit=date.fromisoformat(data["limit"]) if data.get("limit") else None,
        lead=str(data.get("lead", "")),
        progress=data.get("progress"),
    )


def _plain(event: Event) -> dict[str, Any]:
    return {
        "words": event.words,
        "limit": event.limit.isoformat() if event.limit else None,
        "lead": event.lead,
        "progress": event.progress,
    }
