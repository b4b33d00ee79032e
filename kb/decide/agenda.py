"""议题: the course of a decision from the first idea to the archive, and what each step asks for.

The only way from one state to the next is `move`, which says in words what is missing. A decision
may go back (a matter sent back for more work), never jump ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kb.decide.follow.model import Task, TaskState
from kb.decide.procedure.checklist import Checklist, Step
from kb.decide.procedure.plan import Plan, StepState, missing_for
from kb.errors import StepRefused


class State(StrEnum):
    """Where a decision stands."""

    IDEA = "酝酿"
    PREPARING = "备料"
    MEETING = "上会"
    DECIDED = "已决"
    EXECUTING = "执行"
    DONE = "办结"
    ARCHIVED = "归档"


ORDER = tuple(State)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a unit said of a matter, word for word. ``dissent`` where it does not agree; what came
    of it stands in ``answer``."""

    unit: str
    words: str
    dissent: bool
    answer: str
    who: str
    day: date


@dataclass(frozen=True, slots=True)
class Option:
    """A way to decide the matter, as its proposer put it; the program weighs nothing."""

    name: str
    words: str
    gains: str
    costs: str
    basis: str
    who: str
    day: date


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was decided: the words of the minutes, by whom recorded, on which day. ``fields`` are
    those of the minutes besides (name, text): who was in the chair, who was there, the vote."""

    words: str
    minutes: str
    who: str
    day: date
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A decision with what its state asks for.

    ``lead`` is the unit in charge, ``meeting`` the day of the meeting, ``editions`` the numbers of
    frozen packs, ``no_tasks`` the reason why nothing is to be followed up, ``experience`` the
    passage id or path of the note written at closing, ``no_experience`` the reason for none.
    """

    title: str
    state: State
    lead: str
    meeting: date | None
    plan: Plan | None
    editions: Sequence[str] = ()
    opinions: Sequence[Opinion] = ()
    resolution: Resolution | None = None
    tasks: Sequence[Task] = ()
    no_tasks: str = ""
    experience: str = ""
    no_experience: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a state asks for and that is not there; ``place`` is the rule's article."""

    what: str
    how: str
    place: str = ""


def next_state(state: State) -> State | None:
    """The state after ``state``; None after the last."""
    at = ORDER.index(state) + 1
    return ORDER[at] if at < len(ORDER) else None


def missing(matter: Matter, target: State) -> tuple[Missing, ...]:
    """What ``matter`` lacks to be in ``target``: of that state and of every one before it."""
    lacks: list[Missing] = []
    for state in ORDER[1 : ORDER.index(target) + 1]:
        lacks.extend(_lacks(matter, state))
    if matter.plan is not None:
        for row in missing_for(matter.plan, target, tuple(ORDER)):
            how = f"办完后登记凭据：{row.step.proof}"
            if row.state is StepState.ASK:
                how = "先确认：" + "".join(_questions(row.step, matter.plan.checklist))
            elif row.step.waive:
                how += f"；如{row.step.waive}，写明理由"
            lacks.append(
                Missing(
                    f"{row.step.name}（{row.state}）",
                    how,
                    f"《{matter.plan.checklist.title}》{row.step.place}",
                )
            )
    return tuple(lacks)


def _questions(step: Step, checklist: Checklist) -> list[str]:
    return [one.question for one in checklist.conditions if one.id in step.when]


def move(matter: Matter, target: State, *, reason: str = "") -> Matter:
    """``matter`` in ``target``.

    Args:
        matter: the decision.
        target: the next state, or an earlier one.
        reason: why it goes back; needed then.

    Raises:
        StepRefused: a state would be left out, something is missing, or no reason is given.
    """
    here, there = ORDER.index(matter.state), ORDER.index(target)
    if there == here:
        raise StepRefused(f"“{matter.title}”已经是“{target}”")
    if there < here:
        if matter.state is State.ARCHIVED:
            raise StepRefused(f"“{matter.title}”已归档，不能退回", hint="另立新议题")
        if not reason.strip():
            raise StepRefused(f"从“{matter.state}”退回“{target}”要写明理由")
        return replace(matter, state=target)
    if there > here + 1:
        raise StepRefused(
            f"“{matter.title}”现在是“{matter.state}”，不能直接到“{target}”",
            hint=f"下一步是“{ORDER[here + 1]}”",
        )
    lacks = missing(matter, target)
    if lacks:
        words = "；".join(one.what for one in lacks)
        raise StepRefused(f"还不能进入“{target}”：{words}", hint=lacks[0].how)
    return replace(matter, state=target)


def _lacks(matter: Matter, state: State) -> list[Missing]:
    lacks = []
    if state is State.PREPARING and not matter.lead.strip():
        lacks.append(Missing("没有明确承办单位", "填写承办单位"))
    if state is State.MEETING:
        if matter.meeting is None:
            lacks.append(Missing("没有定上会日期", "填写上会日期"))
        if not matter.editions:
            lacks.append(Missing("没有定稿的参阅材料", "在“参阅材料”中定稿一份"))
        lacks.extend(
            Missing(f"{opinion.unit}的不同意见没有写明处理情况", "写明采纳或不采纳的理由")
            for opinion in matter.opinions
            if opinion.dissent and not opinion.answer.strip()
        )
    if state is State.DECIDED:
        made = matter.resolution
        if made is None or not made.words.strip():
            lacks.append(Missing("没有记录会议决定", "录入决定原文、记录人和日期"))
        elif matter.meeting is not None and made.day < matter.meeting:
            lacks.append(Missing("决定日期早于上会日期", "核对两个日期"))
    if state is State.EXECUTING and not matter.tasks and not matter.no_tasks.strip():
        lacks.append(Missing("没有分解督办事项", "立项交办，或写明不需要督办的理由"))
    if state is State.DONE:
        lacks.extend(
            Missing(f"督办事项“{task.draft.what}”还是“{task.state}”", "办结或撤销后再办结议题")
            for task in matter.tasks
            if task.state in _UNFINISHED
        )
    if (
        state is State.ARCHIVED
        and not matter.experience.strip()
        and not matter.no_experience.strip()
    ):
        lacks.append(Missing("没有写经验材料", "填写情况、做法、结果、教训，或写明不写的理由"))
    return lacks


_UNFINISHED = tuple(
    state
    for state in TaskState
    if state not in (TaskState.CLOSED, TaskState.ARCHIVED, TaskState.WITHDRAWN)
)
