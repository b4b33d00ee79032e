"""A checklist computed against the day of the meeting: by when what must be done, what is missing.

Nothing is decided here: that a step is done or does not apply is a person's word, with its proof or
reason; the program counts days and says what is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kb.decide.procedure.checklist import EVENT, Checklist, Lead, Step
from kb.law.workdays import Calendar


class MarkKind(StrEnum):
    """What a person said of a step."""

    DONE = "已完成"
    WAIVED = "不适用"


class StepState(StrEnum):
    """How a step stands on a day."""

    DONE = "已完成"
    WAIVED = "不适用"
    NOT_NEEDED = "不需要"
    ASK = "待确认是否需要"
    OPEN = "待办"
    NEAR = "临近"
    LATE = "已过最迟日"


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's word on a step: done with ``words`` as proof, or not needed with a reason."""

    kind: MarkKind
    words: str
    who: str
    day: date


@dataclass(frozen=True, slots=True)
class Row:
    """A step of the plan. ``latest`` is the last day on which it can be done in time, None where
    no term is set or the day it counts from is not known; ``sure`` is false where the table of
    holidays does not cover the time; ``late`` where it was done after ``latest``."""

    step: Step
    state: StepState
    latest: date | None
    sure: bool
    mark: Mark | None
    late: bool

    @property
    def settled(self) -> bool:
        """Whether the step no longer stands in the way."""
        return self.state in (StepState.DONE, StepState.WAIVED, StepState.NOT_NEEDED)

    @property
    def advice(self) -> str:
        """«合法性审查需7个工作日，最迟3月4日送审»; empty where there is no term."""
        lead = self.step.lead
        if lead is None or self.state is StepState.NOT_NEEDED:
            return ""
        words = f"{self.step.name}{lead.word}{lead.text}"
        if self.latest is None:
            return f"{words}，{'决定' if lead.after else '上会'}日期未定，暂不推算"
        year = f"{self.latest.year}年"
        note = "" if self.sure else "（该年放假安排未录入，按周末推算）"
        day = f"{year}{self.latest.month}月{self.latest.day}日"
        return f"{words}，最迟{day}{self.step.hand}{note}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Every step of a checklist, in its order, as it stands on ``today``."""

    checklist: Checklist
    rows: tuple[Row, ...]
    meeting: date | None
    today: date


def plan(
    checklist: Checklist,
    *,
    meeting: date | None,
    decided: date | None,
    today: date,
    answers: Mapping[str, bool],
    marks: Mapping[str, Mark],
    calendar: Calendar,
    near: int = 3,
) -> Plan:
    """How every step of ``checklist`` stands.

    Args:
        checklist: the steps.
        meeting: the day of the meeting, None where it is not set.
        decided: the day of the decision; terms that run after it are counted from it.
        today: the day to judge by.
        answers: condition id → whether it holds; what is missing has not been answered.
        marks: step id → what a person said of it.
        calendar: working days.
        near: working days within which a step counts as near.
    """
    latest: dict[str, date | None] = {}
    for step in checklist.steps:
        _latest(step, checklist, latest, meeting, decided, calendar)
    rows = []
    for step in checklist.steps:
        day, mark = latest[step.id], marks.get(step.id)
        state = _state(step, mark, answers, day, today, calendar, near)
        anchor = decided if step.lead and step.lead.after else meeting
        sure = day is None or calendar.known(*(one for one in (day, anchor) if one))
        late = bool(mark and mark.kind is MarkKind.DONE and day and mark.day > day)
        rows.append(Row(step, state, day, sure, mark, late))
    return Plan(checklist, tuple(rows), meeting, today)


def missing_for(one: Plan, state: str, order: tuple[str, ...]) -> tuple[Row, ...]:
    """The steps without which the decision may not enter ``state``.

    Args:
        one: the plan.
        state: the state to enter; the steps of earlier gates count, too.
        order: the states in their order.

    Raises:
        ValueError: ``state`` is none of ``order``.
    """
    reached = order[: order.index(state) + 1]
    return tuple(row for row in one.rows if row.step.gate in reached and not row.settled)


def _latest(
    step: Step,
    checklist: Checklist,
    known: dict[str, date | None],
    meeting: date | None,
    decided: date | None,
    calendar: Calendar,
) -> date | None:
    if step.id in known:
        return known[step.id]
    lead = step.lead
    day: date | None = None
    if lead is not None:
        if lead.after:
            day = calendar.end(decided, lead.count, lead.unit) if decided else None
        else:
            event = meeting
            if lead.before != EVENT:
                other = checklist.step(lead.before)
                event = _latest(other, checklist, known, meeting, decided, calendar)
            day = _back(event, lead, calendar)
    known[step.id] = day
    return day


def _back(event: date | None, lead: Lead, calendar: Calendar) -> date | None:
    return None if event is None else calendar.latest(event, lead.count, lead.unit)


def _state(
    step: Step,
    mark: Mark | None,
    answers: Mapping[str, bool],
    latest: date | None,
    today: date,
    calendar: Calendar,
    near: int,
) -> StepState:
    if mark is not None:
        return StepState.DONE if mark.kind is MarkKind.DONE else StepState.WAIVED
    if step.when and not any(answers.get(key) for key in step.when):
        # A step that may be needed is not skipped because nobody has answered.
        answered = all(key in answers for key in step.when)
        return StepState.NOT_NEEDED if answered else StepState.ASK
    if latest is None:
        return StepState.OPEN
    if today > latest:
        return StepState.LATE
    return StepState.NEAR if calendar.between(today, latest) <= near else StepState.OPEN
