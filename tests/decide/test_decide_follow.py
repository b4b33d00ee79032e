"""督办: what may be done when; no sequence of actions reaches a state without what it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.decide.follow import (
    Action,
    Draft,
    Event,
    FollowRules,
    LightRule,
    Task,
    TaskState,
    act,
    allowed,
    follow_rules,
    light,
    light_rules,
)
from kb.decide.follow.model import filed
from kb.errors import ConfigError, StepRefused
from kb.law.workdays import calendar_of

START = date(2026, 3, 2)
DRAFT = Draft("完成印章清查", "办公室", ("机关纪委",), date(2026, 4, 1), "清单齐全", "纪要第三项")


def task() -> Task:
    return filed("D1", DRAFT, START)


def after(*steps: tuple[Action, str, int, str]) -> Task:
    one = task()
    for action, who, days, words in steps:
        one = act(one, Event(action, who, START + timedelta(days=days), words))
    return one


ACCEPTED = ((Action.ASSIGN, "督查", 0, ""), (Action.ACCEPT, "办公室", 1, ""))


def ask(one: Task, day: date, until: date) -> Task:
    return act(one, Event(Action.ASK_EXTENSION, "办公室", day, "材料未到", until))


def test_the_straight_way_from_filing_to_the_archive() -> None:
    one = after(
        *ACCEPTED,
        (Action.REPORT, "办公室", 5, "已清点一半"),
        (Action.SUBMIT, "办公室", 20, "清单附后"),
        (Action.CLOSE, "督查", 22, ""),
        (Action.ARCHIVE, "督查", 30, ""),
    )
    assert one.state is TaskState.ARCHIVED
    assert one.closed == START + timedelta(days=20)
    assert not one.overdue(date(2027, 1, 1))


def test_an_extension_is_only_asked_for_before_the_limit() -> None:
    one = after(*ACCEPTED)
    on_the_day = ask(one, date(2026, 4, 1), date(2026, 4, 10))
    assert on_the_day.pending is not None
    with pytest.raises(StepRefused, match="延期应在"):
        ask(one, date(2026, 4, 2), date(2026, 4, 10))
    with pytest.raises(StepRefused, match="延期应在 2026-03-29 前"):
        act(
            one,
            Event(Action.ASK_EXTENSION, "办公室", date(2026, 3, 30), "材料", date(2026, 4, 9)),
            FollowRules(ask_before=3),
        )


def test_an_extension_nobody_granted_moves_nothing() -> None:
    one = ask(after(*ACCEPTED), date(2026, 4, 1), date(2026, 4, 10))
    assert one.overdue(date(2026, 4, 2))
    granted = act(one, Event(Action.GRANT_EXTENSION, "分管领导", date(2026, 4, 3)))
    assert not granted.overdue(date(2026, 4, 10))
    assert granted.first_limit == date(2026, 4, 1)


def test_extensions_are_bounded_in_number_and_length() -> None:
    one = after(*ACCEPTED)
    with pytest.raises(StepRefused, match="累计"):
        ask(one, date(2026, 3, 20), date(2026, 5, 2))
    for until in (date(2026, 4, 10), date(2026, 4, 20)):
        one = ask(one, date(2026, 3, 20), until)
        one = act(one, Event(Action.GRANT_EXTENSION, "领导", date(2026, 3, 20)))
    with pytest.raises(StepRefused, match="已延期 2 次"):
        ask(one, date(2026, 3, 21), date(2026, 4, 25))


def test_what_was_sent_back_is_open_again_and_may_be_overdue() -> None:
    one = after(
        *ACCEPTED, (Action.SUBMIT, "办公室", 29, "清单"), (Action.RETURN, "督查", 31, "缺少照片")
    )
    assert one.state is TaskState.ACCEPTED
    assert one.returned == 1
    assert one.overdue(START + timedelta(days=31))


@pytest.mark.parametrize(
    ("steps", "last", "said"),
    [
        (ACCEPTED, (Action.CLOSE, "督查", 5, ""), "不能审核通过"),
        (ACCEPTED, (Action.SUBMIT, "办公室", 5, " "), "没有写明办理结果"),
        (ACCEPTED, (Action.REPORT, "", 5, "进展"), "没有写明经办人"),
        (ACCEPTED, (Action.REPORT, "办公室", 0, "进展"), "早于上一步"),
        (ACCEPTED, (Action.GRANT_EXTENSION, "领导", 5, ""), "没有待批复"),
        (
            (*ACCEPTED, (Action.SUBMIT, "办公室", 5, "清单")),
            (Action.CLOSE, "办公室", 6, ""),
            "自己办",
        ),
    ],
)
def test_a_step_that_is_refused_says_why(
    steps: tuple[tuple[Action, str, int, str], ...],
    last: tuple[Action, str, int, str],
    said: str,
) -> None:
    one = after(*steps)
    with pytest.raises(StepRefused, match=said):
        act(one, Event(last[0], last[1], START + timedelta(days=last[2]), last[3]))


def test_nothing_is_handed_out_without_lead_limit_and_standard() -> None:
    bare = filed("D2", replace(DRAFT, lead="", limit=None, standard=""), START)
    with pytest.raises(StepRefused, match="牵头单位、办结期限、工作标准"):
        act(bare, Event(Action.ASSIGN, "督查", START))
    given_then = act(
        filed("D3", replace(DRAFT, limit=None), START),
        Event(Action.ASSIGN, "督查", START, limit=date(2026, 3, 31)),
    )
    assert given_then.limit == date(2026, 3, 31)


EVENTS = st.builds(
    Event,
    action=st.sampled_from(Action),
    who=st.sampled_from(["甲", "乙", ""]),
    day=st.integers(-2, 60).map(lambda n: START + timedelta(days=n)),
    words=st.sampled_from(["", "有据"]),
    limit=st.none() | st.integers(0, 90).map(lambda n: START + timedelta(days=n)),
    progress=st.none() | st.integers(-10, 120),
)


@settings(max_examples=300)
@given(st.lists(EVENTS, max_size=40))
def test_no_sequence_reaches_a_state_without_what_it_needs(events: list[Event]) -> None:
    one, rules = task(), FollowRules()
    for event in events:
        before = one
        try:
            one = act(one, event, rules)
        except StepRefused:
            assert one is before
            continue
        assert event.action in allowed(before)
        assert one.events == (*before.events, event)
        if one.limit != before.limit and event.action is Action.GRANT_EXTENSION:
            request = before.pending
            assert request is not None
            assert before.limit is not None
            assert request.asked <= before.limit
        assert one.extensions <= rules.extensions
        assert 0 <= one.progress <= 100
        if one.state in (TaskState.ASSIGNED, TaskState.ACCEPTED, TaskState.REVIEW):
            assert one.lead
            assert one.limit is not None
        if one.state in (TaskState.CLOSED, TaskState.ARCHIVED):
            submitted = [past for past in one.events if past.action is Action.SUBMIT]
            passed = [past for past in one.events if past.action is Action.CLOSE]
            assert submitted[-1].words.strip()
            assert submitted[-1].who != passed[-1].who
            assert one.closed == submitted[-1].day
    days = [event.day for event in one.events]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("today", "progress", "name"),
    [
        (date(2026, 3, 4), 0, "正常"),
        (date(2026, 3, 16), 0, "滞后"),
        (date(2026, 3, 16), 40, "正常"),
        (date(2026, 3, 25), 90, "临近"),
        (date(2026, 4, 1), 90, "临近"),
        (date(2026, 4, 2), 90, "逾期"),
    ],
)
def test_the_shipped_lights(today: date, progress: int, name: str) -> None:
    one = replace(after(*ACCEPTED), progress=progress)
    found = light(one, today, light_rules(), calendar_of())
    assert found is not None
    assert found.name == name


def test_a_task_finished_late_does_not_look_like_one_finished_in_time() -> None:
    late = after(*ACCEPTED, (Action.SUBMIT, "办公室", 40, "清单"), (Action.CLOSE, "督查", 41, ""))
    found = light(late, date(2026, 6, 1), light_rules(), calendar_of())
    assert found is not None
    assert (found.name, found.why) == ("逾期办结", "逾期 10 天，已办结")


def test_an_office_lays_down_its_own_lights(tmp_path: Path) -> None:
    own = tmp_path / "lights.toml"
    own.write_text('[[light]]\nname = "红灯"\ncolour = "red"\noverdue = true\n', encoding="utf-8")
    rules = light_rules(tmp_path)
    assert rules == (LightRule("红灯", "red", overdue=True),)
    assert light(task(), START, rules, calendar_of()) is None
    for text, said in [
        ("[[light]]\nname=1\nfarbe=2", "第 1 条"),
        ("", "没有规则"),
        ("[", "读不了"),
    ]:
        own.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            light_rules(tmp_path)
    own.write_text('[[light]]\nname = "紫"\ncolour = "purple"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="没有颜色"):
        light_rules(tmp_path)


def test_an_office_lays_down_how_a_task_is_extended(tmp_path: Path) -> None:
    assert follow_rules() == FollowRules()
    own = tmp_path / "lights.toml"
    own.write_text("[extension]\nextensions = 1\nask_before = 3\n", encoding="utf-8")
    assert follow_rules(tmp_path) == FollowRules(extensions=1, ask_before=3)
    for text in ("extensions = -1", "extensions = true", "double = 2", "often = 3"):
        own.write_text(f"[extension]\n{text}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match="extension"):
            follow_rules(tmp_path)
