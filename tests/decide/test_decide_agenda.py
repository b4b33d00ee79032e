"""议题: a decision moves only when what its next state asks for is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.decide.agenda import ORDER, Matter, Opinion, Resolution, State, missing, move
from kb.decide.follow import Draft, TaskState
from kb.decide.follow.model import filed
from kb.decide.procedure import Mark, MarkKind, checklists, plan
from kb.errors import StepRefused
from kb.law.workdays import calendar_of

MEETING = date(2026, 3, 16)
BARE = Matter("采购会议设备", State.IDEA, "", None, None)
TASK = filed("D1", Draft("验收", "办公室", (), date(2026, 5, 1), "合格", "纪要"), MEETING)
WHOLE = Matter(
    "采购会议设备",
    State.IDEA,
    "办公室",
    MEETING,
    None,
    editions=("P1",),
    resolution=Resolution("原则同意", "纪要第3次", "王敏", MEETING),
    tasks=(replace(TASK, state=TaskState.CLOSED),),
    experience="经验/设备.md",
)


def test_a_whole_matter_goes_step_by_step_to_the_archive() -> None:
    one = WHOLE
    for state in ORDER[1:]:
        one = move(one, state)
    assert one.state is State.ARCHIVED


@pytest.mark.parametrize(
    ("change", "target", "said"),
    [
        ({"lead": " "}, State.PREPARING, "承办单位"),
        ({"meeting": None}, State.MEETING, "上会日期"),
        ({"editions": ()}, State.MEETING, "参阅材料"),
        (
            {"opinions": (Opinion("财务处", "不同意", True, "", "李", MEETING),)},
            State.MEETING,
            "财务处的不同意见",
        ),
        ({"resolution": None}, State.DECIDED, "会议决定"),
        (
            {"resolution": Resolution("同意", "纪要", "王", date(2026, 3, 1))},
            State.DECIDED,
            "早于上会",
        ),
        ({"tasks": ()}, State.EXECUTING, "督办事项"),
        ({"tasks": (TASK,)}, State.DONE, "还是“已立项”"),
        ({"experience": ""}, State.ARCHIVED, "经验材料"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, Any], target: State, said: str) -> None:
    before = ORDER[ORDER.index(target) - 1]
    one = replace(WHOLE, state=before, **change)
    with pytest.raises(StepRefused, match=said):
        move(one, target)


def test_a_reason_stands_for_tasks_and_experience_that_are_not_needed() -> None:
    one = replace(WHOLE, tasks=(), no_tasks="只作通报", experience="", no_experience="例行事项")
    assert missing(one, State.ARCHIVED) == ()


def test_going_back_needs_a_reason_and_the_archive_is_the_end() -> None:
    one = replace(WHOLE, state=State.MEETING)
    with pytest.raises(StepRefused, match="写明理由"):
        move(one, State.PREPARING)
    assert move(one, State.PREPARING, reason="缓议").state is State.PREPARING
    with pytest.raises(StepRefused, match="已归档"):
        move(replace(WHOLE, state=State.ARCHIVED), State.DONE, reason="错了")
    with pytest.raises(StepRefused, match="不能直接到"):
        move(WHOLE, State.MEETING)


def test_the_gates_of_the_checklist_are_named_with_their_article() -> None:
    checklist = checklists()["major-decision"]
    answers = {condition.id: False for condition in checklist.conditions}
    marks = {"lead": Mark(MarkKind.DONE, "批示", "王", date(2026, 1, 5))}
    one = replace(
        WHOLE,
        state=State.PREPARING,
        plan=plan(
            checklist,
            meeting=MEETING,
            decided=None,
            today=date(2026, 3, 5),
            answers=answers,
            marks=marks,
            calendar=calendar_of(),
        ),
    )
    lacks = missing(one, State.MEETING)
    legality = next(lack for lack in lacks if lack.what.startswith("合法性审查"))
    assert legality.what == "合法性审查（已过最迟日）"
    assert legality.place == "《重大行政决策程序暂行条例》第二十五条至第二十八条"
    with pytest.raises(StepRefused, match="合法性审查"):
        move(one, State.MEETING)


@given(
    st.lists(st.sampled_from(ORDER), max_size=30),
    st.fixed_dictionaries(
        {
            "lead": st.sampled_from(["", "办公室"]),
            "meeting": st.sampled_from([None, MEETING]),
            "editions": st.sampled_from([(), ("P1",)]),
            "resolution": st.sampled_from([None, WHOLE.resolution]),
            "tasks": st.sampled_from([(), (TASK,), WHOLE.tasks]),
            "experience": st.sampled_from(["", "经验/设备.md"]),
        }
    ),
)
def test_no_sequence_of_moves_reaches_a_state_that_lacks_something(
    targets: list[State], fields: dict[str, Any]
) -> None:
    one = replace(BARE, **fields)
    for target in targets:
        try:
            one = move(one, target, reason="退回")
        except StepRefused:
            continue
        assert missing(one, one.state) == ()
