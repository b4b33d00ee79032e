"""How a question is read: days, statuses, names, slips of the pen; and why a hit was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base import KnowledgeBase
from kb.model import Kind, Scope, Status
from kb.retrieve import EVERY_FILTER, How, Why
from kb.retrieve.understand import understand
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 11, 24)
NOW = Scope.everything(as_of=TODAY)
NOTES = NOW.narrowed(kinds=frozenset({Kind.EXPERIENCE}))


@pytest.mark.parametrize("case", cases(GOLDEN / "understand.txt"), ids=lambda c: c.given[:20])
def test_what_is_read_as_a_filter(case: Case) -> None:
    read = understand(case.given, TODAY)
    told = [f.in_words() for f in read.filters]
    if read.filters:
        told += [f"余：{read.query}"] + ["只列文件"] * read.lists
    assert tuple(told) == case.expected


@pytest.mark.parametrize("case", cases(GOLDEN / "named.txt"), ids=lambda c: c.given[:20])
def test_what_a_paper_is_called(base: KnowledgeBase, case: Case) -> None:
    hits = base.search(case.given, NOW, limit=3).hits
    first = hits[0]
    named = (f"{first.version.path} {first.why.named}",) if first.why.named else ()
    assert named == case.expected


@pytest.mark.parametrize("case", cases(GOLDEN / "suggest.txt"), ids=lambda c: c.given[:20])
def test_what_may_be_meant(base: KnowledgeBase, case: Case) -> None:
    assert base.search(case.given, NOW, limit=10).reading.suggestions[:1] == case.expected


@pytest.mark.parametrize("case", cases(GOLDEN / "why.txt"), ids=lambda c: c.given[:20])
def test_why_it_was_found(base: KnowledgeBase, case: Case) -> None:
    why = base.search(case.given, NOW, limit=1).hits[0].why
    # How near the meaning is depends on the model: that is told by the test below.
    assert tuple(s for s in why.in_words().split("；") if s != "意思相近") == case.expected


def test_meaning_is_told_where_it_is_near() -> None:
    assert Why((), None, 0.9).in_words() == "意思相近"
    assert Why((), None, 0.1).in_words() == Why((), 3.0, None).in_words() == "意思较远"
    assert (
        Why(("印章",), 3.0, 0.9, known=True).in_words().endswith("曾有相似问题以本条作答；意思相近")
    )


# -- filters ---------------------------------------------------------------------------------


def test_a_day_narrows_and_can_be_taken_away(base: KnowledgeBase) -> None:
    question = "2023年以来印发的采购文件"
    found = base.search(question, NOW, limit=30)
    assert [f.applied for f in found.reading.filters] == [True]
    since = date(2023, 1, 1)
    for hit in found.hits:
        days = [d for d in (hit.version.issued, hit.version.effective) if d]
        assert max(days) >= since
    without = base.search(question, NOW, limit=30, how=How(without=EVERY_FILTER))
    assert without.reading.filters == ()
    assert any((hit.version.issued or since) < since for hit in without.hits)


def test_days_that_leave_nothing_are_not_applied_and_it_is_said(base: KnowledgeBase) -> None:
    found = base.search("去年外借公章怎么办的", NOW, limit=5)
    [chip] = found.reading.filters
    assert not chip.applied
    assert "没有找到" in chip.in_words()
    assert found.hits[0].version.path == "经验/外借公章办理账户变更的经过.md"


def test_a_status_finds_what_the_day_leaves_out(base: KnowledgeBase) -> None:
    found = base.search("已废止的印章管理办法", NOW, limit=10)
    assert {hit.status for hit in found.hits} == {Status.REPEALED}
    assert found.hits[0].ended is not None
    assert found.hits[0].ended.path == "制度/印章管理办法.md"


def test_papers_of_a_time_are_listed_newest_first(base: KnowledgeBase) -> None:
    found = base.search("近三年出台的制度", NOW, limit=20)
    days = [hit.version.issued for hit in found.hits]
    assert days == sorted(days, reverse=True)  # type: ignore[type-var]
    assert days
    assert {hit.version.kind for hit in found.hits} == {Kind.REGULATION}
    assert not found.weak


@given(st.text("去年前今现行已废止失效的2023年以来印章办法《》 ", max_size=30))
def test_reading_never_breaks_and_keeps_a_query(typed: str) -> None:
    read = understand(typed, TODAY)
    assert bool(read.query.strip()) == bool(typed.strip()) or not read.filters
    assert len(read.tests) >= len(read.filters)
    assert understand(typed, TODAY, EVERY_FILTER).filters == ()


# -- forms of the same -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("外借公章誰批准", "外借公章谁批准"),
        ("８万元采购谁批", "8万元采购谁批"),
        ("公文处理办法第12条", "公文处理办法第十二条"),
        ("公文處理辦法第１２條", "公文处理办法第十二条"),
    ],
)
def test_two_spellings_find_the_same(base: KnowledgeBase, one: str, other: str) -> None:
    first, second = (base.search(q, NOW, limit=5) for q in (one, other))
    assert [h.id for h in first.hits] == [h.id for h in second.hits]


def test_a_part_of_a_longer_word_is_found(base: KnowledgeBase) -> None:
    hits = base.search("办结", NOW, limit=50).hits
    assert any("待办结" in h.text or "未办结" in h.text for h in hits)


# -- nothing leaks ---------------------------------------------------------------------------


def test_words_offered_are_the_readers_own(base: KnowledgeBase) -> None:
    notes = [row for v in base.documents(NOTES) for row in base.document(v.path, NOTES).passages]
    seen = "".join(row.version.title + row.passage.text for row in notes)
    offered: list[str] = []
    for slip in ("yinzhang", "caigou", "yzgl", "档案管里", "公务用车管里", "财物资产", "cailvfei"):
        offered += base.search(slip, NOTES, limit=5).reading.suggestions
    assert offered
    assert [word for word in offered if word not in seen] == []
    nothing = replace(NOW, tiers=frozenset())
    found = base.search("yinzhang", nothing, limit=5)
    assert (found.hits, found.reading.suggestions) == ((), ())
    assert base.ended("印章", nothing) == ()
    assert base.similar("制度/印章管理办法.md#第十七条", nothing) == ()


def test_names_are_the_readers_own(base: KnowledgeBase) -> None:
    hits = base.search("云公管〔2024〕5号", NOTES, limit=5).hits
    assert not any(hit.why.named for hit in hits)


# -- what is not in force --------------------------------------------------------------------


def test_what_ended_is_told_of_with_what_ended_it(base: KnowledgeBase) -> None:
    there = base.search("外借公章谁批", NOW, limit=10).hits
    over = base.ended("外借公章谁批", NOW)
    assert over
    assert not {h.id for h in there} & {h.id for h in over}
    for hit in over:
        assert hit.status not in (None, Status.IN_FORCE)
        assert hit.ended is not None
    assert over[0].ended is not None
    assert over[0].ended.path == "制度/印章管理办法.md"
    assert base.ended("外借公章谁批", Scope.everything(as_of=None)) == ()
    assert base.ended("外借公章谁批", NOTES) == ()


def test_before_its_end_it_is_found(base: KnowledgeBase) -> None:
    then = Scope.everything(as_of=date(2016, 1, 1))
    paths = {h.version.path for h in base.search("外借印章几天归还", then, limit=10).hits}
    assert "制度/历史版本/印章管理办法(2015).md" in paths
    assert "制度/印章管理办法.md" not in paths


# -- similar and same ------------------------------------------------------------------------


def test_similar_provisions_are_of_other_papers(base: KnowledgeBase) -> None:
    own = "制度/印章管理办法.md#第十七条"
    found = base.similar(own, NOW)
    assert found
    assert "制度/机关工作流程规程.md#第十二条" in [s.id for s in found]
    assert not any("印章管理办法" in s.id for s in found)
    assert [s.likeness for s in found] == sorted((s.likeness for s in found), reverse=True)
    notes = base.similar(own, NOTES)
    assert notes == ()  # who may not see the article is told nothing of what is like it
    assert base.similar("没有这个.md#第一条", NOW) == ()


def test_explain_gives_the_numbers(base: KnowledgeBase) -> None:
    plain = base.search("外借公章谁批", NOW, limit=1)
    assert "features" not in plain.as_json(explain=False)["hits"][0]["why"]
    numbers = base.search("外借公章谁批", NOW, limit=1, how=How(explain=True))
    why = numbers.as_json(explain=True)["hits"][0]["why"]
    assert why["features"]["wanted"]
    assert why["synonyms"] == [["借公章", "印章"], ["谁批", "批准"]]
    assert [h.id for h in numbers.hits] == [h.id for h in plain.hits]
