"""岗责: verdicts laid over what was read, units, lists, the calendar, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kb.catalogue.rows import PassageRow
from kb.catalogue.verdicts import CONFIRMED, CORRECTED, REJECTED, VerdictRow
from kb.decide.system.calendar import calendar, days
from kb.decide.system.gaps import nobody, two_leads
from kb.decide.system.leads import leads_of
from kb.decide.system.ledger import GENERAL, UNNAMED, Entry, State, entries, judged, unit_of, units
from kb.errors import ConfigError
from kb.model import Passage
from tests.decide.test_decide_system import version

ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))


def row(text: str, label: str = "第一条", title: str = "用章办法") -> PassageRow:
    paper = version(title)
    passage = Passage(
        id=f"{paper.path}#{label}", ordinal=0, node=0, label=label, text=text, heading=(), page=None
    )
    return PassageRow(passage, paper)


def one(text: str) -> Entry:
    (found,) = entries([row(text)])
    return found


def said(entry: Entry, verdict: str, **words: str) -> dict[tuple[str, str], VerdictRow]:
    line = VerdictRow(
        entry.passage_id, entry.digest, entry.mark, verdict, entry.read,
        words.get("actor", ""), words.get("action", ""), words.get("limit", ""),
        words.get("trigger", ""), "", "王某", datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    return {(entry.passage_id, entry.mark): line}


def test_a_permission_is_no_duty() -> None:
    assert entries([row("处室可以申请延期。")]) == []


def test_a_verdict_stands_beside_what_was_read() -> None:
    read = one("办公室应当在5日内印发纪要。")
    assert read.state is State.UNSEEN
    (shown,) = judged([read], said(read, CONFIRMED), {})
    assert (shown.state, shown.who, shown.day) == (State.CONFIRMED, "王某", "2026-03-01")


def test_a_correction_replaces_the_words_and_the_unit() -> None:
    read = one("办公室应当在5日内印发纪要。")
    words = {"actor": "会务岗", "action": "印发会议纪要", "limit": "3日内"}
    (shown,) = judged([read], said(read, CORRECTED, **words), {"会务岗": "办公室"})
    assert (shown.actor, shown.unit, shown.action, shown.limit) == (
        "会务岗", "办公室", "印发会议纪要", "3日内",
    )  # fmt: skip
    assert shown.read == read.read


def test_a_changed_text_asks_anew() -> None:
    read = one("办公室应当在5日内印发纪要。")
    changed = replace(read, digest="0" * 64)
    (shown,) = judged([changed], said(read, CORRECTED, actor="会务岗"), {})
    assert (shown.state, shown.actor) == (State.CHANGED, "办公室")


def test_the_list_that_a_duty_leads() -> None:
    read = one("督查室履行下列职责：\n（一）立项登记；\n（二）跟踪催办。\n本条自印发起施行。")
    assert read.items == "（一）立项登记；\n（二）跟踪催办。"


@pytest.mark.parametrize(
    ("actor", "unit"),
    [
        ("机要岗", "办公室"),
        ("办公室", "办公室"),
        ("办公室主任", "办公室"),
        ("财务资产处负责人", "财务资产处"),
        ("任何处室和个人", GENERAL),
        ("", UNNAMED),
    ],
)
def test_the_unit_of_an_actor(actor: str, unit: str) -> None:
    homes = units([row("办公室是日常管理机构，设保密专员和机要岗。")])
    assert homes == {"保密专员": "办公室", "机要岗": "办公室"}
    assert unit_of(actor, homes) == unit


@pytest.mark.parametrize(
    ("limit", "wanted"),
    [
        ("每年11月底前", ("年", [date(2027, 11, 30)])),
        ("每年1月20日前", ("年", [date(2027, 1, 20)])),
        ("次年6月底前", ("年", [date(2027, 6, 30)])),
        ("每年2月底前", ("年", [date(2027, 2, 28)])),
        (
            "每季度末前",
            ("季", [date(2027, *day) for day in ENDS]),
        ),
        ("季度次月10日前", ("季", [date(2027, m, 10) for m in (1, 4, 7, 10)])),
        ("每月25日前", ("月", [date(2027, m, 25) for m in range(1, 13)])),
        ("每半年", ("年", [])),
        ("按月", ("月", [])),
        ("自收到之日起5日内", None),
        ("2024年3月31日前", None),
    ],
)
def test_the_days_of_a_rhythm(limit: str, wanted: object) -> None:
    assert days(limit, 2027) == wanted


def test_a_year_with_lead_times_without_what_was_rejected() -> None:
    yearly = one("财务资产处应当于每年11月底前组织盘点。")
    monthly = replace(yearly, limit="每月5日前", mark="m")
    made = calendar([yearly, replace(monthly, state=State.REJECTED)], 2026)
    (due,) = made.dues
    assert (due.day, due.begin) == (date(2026, 11, 30), date(2026, 10, 31))
    assert made.of_month(11) == [due]
    (gone,) = judged([yearly], said(yearly, REJECTED), {})
    assert calendar([gone], 2026).dues == ()


def test_a_limit_that_nobody_must_keep() -> None:
    read = entries([row("审核应当在3个工作日内完成。办公室应当在5日内印发。")])
    assert [entry.action for entry in nobody(read)] == ["在3个工作日内完成"]


def test_two_leads_of_one_matter_as_people_corrected_them() -> None:
    left = one("督查室负责议定事项的跟踪督办。")
    (right,) = entries([row("综合协调处负责议定事项的跟踪督办。", title="议事规则")])
    assert two_leads([left, right]) == [(left, right)]
    assert two_leads([left, replace(right, state=State.REJECTED)]) == []
    assert two_leads([left, replace(right, actor="督查室")]) == []


def test_an_office_sets_its_own_lead_times(tmp_path: Path) -> None:
    budget, plain = one("财务处应当于每年11月底前编制预算。"), one("财务处应当于每年11月底前报告。")
    (tmp_path / "leads.txt").write_text("# 备注\n年 20天\n预算 60\n", encoding="utf-8")
    made = calendar([budget, plain], 2026, leads_of(tmp_path))
    lead = {due.entry.mark: (due.day - due.begin).days for due in made.dues}
    assert lead == {budget.mark: 60, plain.mark: 20}
    # What the office does not say stays as shipped.
    assert leads_of(tmp_path).days("季", "自查") == leads_of().days("季", "自查") == 14


@pytest.mark.parametrize("line", ["年", "年 多久", "年 400", "年 -3", "年 3 4"])
def test_a_lead_time_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "leads.txt").write_text(f"季 7\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"leads.txt 第 2 行读不懂"):
        leads_of(tmp_path)


def test_a_table_of_lead_times_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "leads.txt").write_bytes("年 20".encode("gb18030"))
    with pytest.raises(ConfigError, match="读不了"):
        leads_of(tmp_path)
