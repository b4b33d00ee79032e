"""Procedure checklists: the shipped ones, days counted back, what is missing, broken files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.decide.agenda import ORDER
from kb.decide.procedure import (
    Mark,
    MarkKind,
    Plan,
    StepState,
    checklists,
    missing_for,
    parse,
    plan,
)
from kb.errors import ConfigError
from kb.law.workdays import calendar_of

GOLDEN = Path(__file__).parent / "golden" / "procedure.txt"
SHIPPED = checklists()


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def cases() -> list[list[str]]:
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    return [[p.strip() for p in line.split("|")] for line in lines if line and line[0] != "#"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: " ".join(case[:3]))
def test_the_advice_for_a_step(case: list[str]) -> None:
    name, step, meeting, decided, said = case
    checklist = SHIPPED[name]
    one = plan(
        checklist,
        meeting=day(meeting),
        decided=day(decided),
        today=date(2026, 1, 5),
        answers={condition.id: True for condition in checklist.conditions},
        marks={},
        calendar=calendar_of(),
    )
    row = next(row for row in one.rows if row.step.id == step)
    assert row.advice == said


def plan_of(name: str, today: date, answers: dict[str, bool], marks: dict[str, Mark]) -> Plan:
    return plan(
        SHIPPED[name],
        meeting=date(2026, 3, 16),
        decided=None,
        today=today,
        answers=answers,
        marks=marks,
        calendar=calendar_of(),
    )


def state_of(one: Plan, step: str) -> StepState:
    return next(row.state for row in one.rows if row.step.id == step)


def test_a_step_that_may_be_needed_is_asked_about_not_skipped() -> None:
    one = plan_of("major-decision", date(2026, 1, 5), {}, {})
    assert state_of(one, "hearing") is StepState.ASK
    answered = plan_of("major-decision", date(2026, 1, 5), {"hearing": False}, {})
    assert state_of(answered, "hearing") is StepState.NOT_NEEDED
    assert "hearing" not in {row.step.id for row in missing_for(answered, "上会", tuple(ORDER))}
    assert "hearing" in {row.step.id for row in missing_for(one, "上会", tuple(ORDER))}


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 2, 12), StepState.OPEN),
        (date(2026, 2, 28), StepState.NEAR),
        (date(2026, 3, 4), StepState.NEAR),
        (date(2026, 3, 5), StepState.LATE),
    ],
)
def test_a_step_comes_near_and_then_is_late(today: date, state: StepState) -> None:
    assert state_of(plan_of("major-decision", today, {}, {}), "legality") is state


def test_what_was_done_late_is_done_and_said_to_be_late() -> None:
    mark = Mark(MarkKind.DONE, "审查意见〔2026〕3号", "李华", date(2026, 3, 6))
    one = plan_of("major-decision", date(2026, 3, 10), {}, {"legality": mark})
    row = next(row for row in one.rows if row.step.id == "legality")
    assert row.settled
    assert row.late


@given(st.sets(st.sampled_from([step.id for step in SHIPPED["major-decision"].steps])))
def test_a_gate_opens_only_when_every_step_before_it_is_settled(done: set[str]) -> None:
    marks = {one: Mark(MarkKind.DONE, "有", "李华", date(2026, 1, 6)) for one in done}
    answers = {c.id: True for c in SHIPPED["major-decision"].conditions}
    one = plan_of("major-decision", date(2026, 1, 7), answers, marks)
    for at, state in enumerate(ORDER):
        lacking = {row.step.id for row in missing_for(one, state, tuple(ORDER))}
        due = {s.id for s in SHIPPED["major-decision"].steps if s.gate in ORDER[: at + 1]}
        assert lacking == due - done


def test_every_shipped_step_names_its_article_proof_and_gate() -> None:
    assert len(SHIPPED) >= 2
    for one in SHIPPED.values():
        for step in one.steps:
            assert re.match(r"第[一二三四五六七八九十百]+条", step.place), step.id
            assert step.gate in ORDER


def test_an_office_s_own_checklist_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    folder = tmp_path / "checklists"
    folder.mkdir()
    (folder / "ours.toml").write_text(
        'id = "major-decision"\nname = "本局程序"\ntitle = "本局决策规定"\n' + STEP.format("a"),
        encoding="utf-8",
    )
    found = checklists(tmp_path)
    assert found["major-decision"].name == "本局程序"
    assert "collective-decision" in found


STEP = (
    '[[step]]\nid = "{0}"\nname = "甲"\ntext = "甲"\n'
    'place = "第一条"\nproof = "甲"\ngate = "上会"\n'
)
HEAD = 'id = "x"\nname = "x"\ntitle = "x"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", "TOML"),
        (HEAD, "没有步骤"),
        (STEP.format("a"), "缺少 id"),
        (HEAD + STEP.format("a") * 2, "同一个 id"),
        (HEAD + STEP.format("a") + 'when = ["b"]\n', "没有条件 b"),
        (HEAD + STEP.format("a") + 'lead = { count = 3, unit = "时" }\n', "期限读不懂"),
        (HEAD + STEP.format("a") + "lead = 3\n", "lead 应为"),
        (
            HEAD + STEP.format("a") + 'lead = { count = 3, unit = "日", before = "z" }\n',
            "没有步骤 z",
        ),
        (
            HEAD
            + STEP.format("a")
            + 'lead = { count = 3, unit = "日", before = "b" }\n'
            + STEP.format("b")
            + 'lead = { count = 3, unit = "日", before = "a" }\n',
            "成了一圈",
        ),
    ],
)
def test_a_broken_checklist_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse(text, "x.toml")
