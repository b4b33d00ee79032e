"""The course of a decision as its lines made it, and the one way to add a line.

Nothing is overwritten: what was said of a step and taken back later is still there to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from kb.catalogue.agenda import WITHDRAWN, DecisionRow
from kb.catalogue.courses import HappeningRow
from kb.decide.agenda import Matter, Opinion, Option, Resolution, State
from kb.decide.procedure import Checklist, Mark, MarkKind, Plan, plan
from kb.errors import StepRefused
from kb.law.workdays import Calendar


class CourseAct(StrEnum):
    """What a person can do to a decision besides editing its fields."""

    CHECKLIST = "选定清单"
    ANSWER = "确认条件"
    MARK = "登记步骤"
    UNMARK = "撤回登记"
    OPINION = "录入意见"
    REPLY = "写明处理"
    OPTION = "提出方案"
    DROP_OPTION = "撤下方案"
    RESOLVE = "记录决定"
    NO_TASKS = "不需督办"
    EXPERIENCE = "经验入库"
    NO_EXPERIENCE = "不写经验"
    MOVE = "推进"
    BACK = "退回"
    WITHDRAW = "撤回"


@dataclass(frozen=True, slots=True)
class Course:
    """What people said of a decision so far. ``length`` is how many lines that took: what an
    editor saw, to be compared before he writes."""

    checklist: str = ""
    answers: Mapping[str, bool] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    options: tuple[Option, ...] = ()
    resolution: Resolution | None = None
    no_tasks: str = ""
    experience: str = ""
    no_experience: str = ""
    length: int = 0


def course_of(lines: Sequence[HappeningRow]) -> Course:
    """What the lines of a decision amount to."""
    course = Course()
    for line in lines:
        fold = _FOLDS.get(CourseAct(line.action))
        course = replace(
            fold(course, line) if fold else course,
            length=course.length + 1,
        )
    return course


def check(
    course: Course, act: CourseAct, data: Mapping[str, Any], checklist: Checklist | None
) -> None:
    """Whether ``act`` can be written with ``data``; `agenda.move` judges the moves.

    Raises:
        StepRefused: something is not filled in, or names what is not there.
    """
    for name, said in _NEEDED.get(act, ()):
        if not str(data.get(name, "")).strip():
            raise StepRefused(f"{act}：没有填写{said}", hint=f"请填写{said}")
    if act in (CourseAct.MARK, CourseAct.UNMARK, CourseAct.ANSWER) and checklist is None:
        raise StepRefused("还没有选定程序清单", hint="先选定清单")
    conditions = {one.id for one in checklist.conditions} if checklist is not None else set()
    if act is CourseAct.ANSWER and data["condition"] not in conditions:
        raise StepRefused(f"清单里没有条件 {data['condition']}")
    if checklist is not None and act in (CourseAct.MARK, CourseAct.UNMARK):
        step = next((one for one in checklist.steps if one.id == data["step"]), None)
        if step is None:
            raise StepRefused(f"清单里没有步骤 {data['step']}")
        if act is CourseAct.MARK and data["kind"] == MarkKind.WAIVED and not step.waive:
            raise StepRefused(f"“{step.name}”不能省略", hint=f"办完后登记{step.proof}")
        if act is CourseAct.UNMARK and step.id not in course.marks:
            raise StepRefused(f"“{step.name}”还没有登记")
    if act is CourseAct.REPLY and not 0 <= int(data["opinion"]) < len(course.opinions):
        raise StepRefused("没有这条意见")
    names = [one.name for one in course.options]
    if act is CourseAct.OPTION and str(data["name"]).strip() in names:
        raise StepRefused(f"已有“{data['name']}”", hint="换一个名称，或先撤下原来的")
    if act is CourseAct.DROP_OPTION and data["name"] not in names:
        raise StepRefused(f"没有方案“{data['name']}”")


MINUTES = ("主持人", "出席", "缺席", "列席", "讨论要点", "不同意见", "表决情况", "记录人")
"""Fields of the minutes that `CourseAct.RESOLVE` may carry, in their order (暂行条例 30: the head
speaks last, dissent is minuted)."""

_NEEDED: dict[CourseAct, tuple[tuple[str, str], ...]] = {
    CourseAct.CHECKLIST: (("checklist", "清单"),),
    CourseAct.ANSWER: (("condition", "条件"),),
    CourseAct.MARK: (("step", "步骤"), ("kind", "结果"), ("words", "凭据或者理由")),
    CourseAct.UNMARK: (("step", "步骤"), ("words", "撤回的理由")),
    CourseAct.OPINION: (("unit", "单位"), ("words", "意见原文")),
    CourseAct.REPLY: (("words", "处理情况"),),
    CourseAct.OPTION: (("name", "方案名称"), ("words", "方案内容")),
    CourseAct.DROP_OPTION: (("name", "方案名称"), ("words", "撤下的理由")),
    CourseAct.RESOLVE: (("words", "决定原文"), ("minutes", "纪要名称或者编号")),
    CourseAct.NO_TASKS: (("words", "不需督办的理由"),),
    CourseAct.EXPERIENCE: (("path", "经验材料"),),
    CourseAct.NO_EXPERIENCE: (("words", "不写的理由"),),
    CourseAct.WITHDRAW: (("words", "撤回的理由"),),
}


def plan_of(
    row: DecisionRow,
    course: Course,
    checklists: Mapping[str, Checklist],
    calendar: Calendar,
    today: date,
) -> Plan | None:
    """The decision's checklist against its day; None where none was chosen, or it is gone."""
    checklist = checklists.get(course.checklist)
    if checklist is None:
        return None
    return plan(
        checklist,
        meeting=row.day,
        decided=course.resolution.day if course.resolution else None,
        today=today,
        answers=course.answers,
        marks=course.marks,
        calendar=calendar,
    )


def matter_of(
    row: DecisionRow,
    course: Course,
    *,
    plan: Plan | None,
    editions: Sequence[str],
    tasks: Sequence[Any],
) -> Matter:
    """The decision as `kb.decide.agenda` judges it.

    Raises:
        StepRefused: it was withdrawn.
    """
    if row.state == WITHDRAWN:
        raise StepRefused(f"“{row.title}”已撤回", hint="需要时另立新议题")
    return Matter(
        title=row.title,
        state=State(row.state),
        lead=row.department,
        meeting=row.day,
        plan=plan,
        editions=editions,
        opinions=course.opinions,
        resolution=course.resolution,
        tasks=tasks,
        no_tasks=course.no_tasks,
        experience=course.experience,
        no_experience=course.no_experience,
    )


def _checklist(course: Course, line: HappeningRow) -> Course:
    # Answers and marks belong to the steps of one list.
    chosen = str(line.data["checklist"])
    if chosen == course.checklist:
        return course
    return replace(course, checklist=chosen, answers={}, marks={})


def _answer(course: Course, line: HappeningRow) -> Course:
    answers = dict(course.answers) | {str(line.data["condition"]): bool(line.data["holds"])}
    return replace(course, answers=answers)


def _mark(course: Course, line: HappeningRow) -> Course:
    data = line.data
    mark = Mark(MarkKind(data["kind"]), str(data["words"]), line.who, line.day)
    return replace(course, marks=dict(course.marks) | {str(data["step"]): mark})


def _unmark(course: Course, line: HappeningRow) -> Course:
    left = {step: mark for step, mark in course.marks.items() if step != line.data["step"]}
    return replace(course, marks=left)


def _opinion(course: Course, line: HappeningRow) -> Course:
    data = line.data
    one = Opinion(
        str(data["unit"]), str(data["words"]), bool(data.get("dissent")), "", line.who, line.day
    )
    return replace(course, opinions=(*course.opinions, one))


def _reply(course: Course, line: HappeningRow) -> Course:
    at = int(line.data["opinion"])
    opinions = list(course.opinions)
    opinions[at] = replace(opinions[at], answer=str(line.data["words"]))
    return replace(course, opinions=tuple(opinions))


def _option(course: Course, line: HappeningRow) -> Course:
    data = line.data
    text = {n: str(data.get(n, "")).strip() for n in ("name", "words", "gains", "costs", "basis")}
    one = Option(**text, who=line.who, day=line.day)
    return replace(course, options=(*course.options, one))


def _drop(course: Course, line: HappeningRow) -> Course:
    left = tuple(one for one in course.options if one.name != line.data["name"])
    return replace(course, options=left)


def _resolve(course: Course, line: HappeningRow) -> Course:
    data = line.data
    said = data.get("fields") or {}
    fields = tuple((name, str(said[name])) for name in MINUTES if said.get(name))
    made = Resolution(str(data["words"]), str(data["minutes"]), line.who, line.day, fields)
    return replace(course, resolution=made)


_FOLDS: dict[CourseAct, Callable[[Course, HappeningRow], Course]] = {
    CourseAct.CHECKLIST: _checklist,
    CourseAct.ANSWER: _answer,
    CourseAct.MARK: _mark,
    CourseAct.UNMARK: _unmark,
    CourseAct.OPINION: _opinion,
    CourseAct.REPLY: _reply,
    CourseAct.OPTION: _option,
    CourseAct.DROP_OPTION: _drop,
    CourseAct.RESOLVE: _resolve,
    CourseAct.NO_TASKS: lambda course, line: replace(course, no_tasks=str(line.data["words"])),
    CourseAct.EXPERIENCE: lambda course, line: replace(course, experience=str(line.data["path"])),
    CourseAct.NO_EXPERIENCE: lambda course, line: replace(
        course, no_experience=str(line.data["words"])
    ),
}
