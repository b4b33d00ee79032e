"""Highlights point into the original text; a snippet shows where they are densest."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.retrieve.excerpt import excerpt
from kb.retrieve.highlight import highlights, merge, snippet
from kb.retrieve.quantities import Quantity, bands, covered, quantities
from kb.retrieve.rewrite import rewrite
from kb.ui.markup import stretch
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "excerpts.txt"


def marked(text: str, words: list[str]) -> str:
    out, last = "", 0
    for start, end in highlights(text, words):
        out += f"{text[last:start]}[{text[start:end]}]"
        last = end
    return out + text[last:]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("印章外借须经局长批准。", ["印章", "外借"], "[印章外借]须经局长批准。"),
        ("待处理事项", ["处理"], "待[处理]事项"),
        # Full width in the text, half width in the query.
        ("限额１０万元，ＯＡ系统", ["10", "oa"], "限额[１０]万元，[ＯＡ]系统"),
        # «的» alone is not marked where there is a longer word…
        ("采购的审批", ["采购", "的"], "[采购]的审批"),
        # …but it is where it is all that was asked.
        ("采购的审批", ["的"], "采购[的]审批"),
        ("没有", [], "没有"),
        ("a.b*c", ["a.b*c"], "[a.b*c]"),
    ],
)
def test_marks(text: str, words: list[str], expected: str) -> None:
    assert marked(text, words) == expected


@given(st.text(max_size=80), st.lists(st.text(max_size=5), max_size=5))
def test_marks_are_in_order_and_inside(text: str, words: list[str]) -> None:
    last = 0
    for start, end in highlights(text, words):
        assert last <= start < end <= len(text)
        last = end


def test_touching_spans_join() -> None:
    assert merge([(5, 7), (0, 2), (2, 4), (6, 9)]) == [(0, 4), (5, 9)]


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("短" * 150, [], size=160) == (0, 150)


def test_a_snippet_goes_where_the_words_are() -> None:
    text = "甲" * 300 + "。印章外借须经批准。" + "乙" * 300
    spans = highlights(text, ["印章", "外借"])
    start, end = snippet(text, spans, size=100)
    assert "印章外借" in text[start:end]
    assert start > 0
    assert end < len(text)


@given(st.text(alphabet="甲乙丙丁", max_size=600), st.integers(20, 160))
def test_no_other_window_holds_more_of_what_is_marked(text: str, size: int) -> None:
    spans = highlights(text, ["甲乙", "丙"])

    def held(start: int) -> int:
        return sum(max(0, min(b, start + size) - max(a, start)) for a, b in spans)

    # Without an end of a sentence the window is not moved to one, but kept within the text.
    start, end = snippet(text, spans, size=size)
    if len(text) <= size * 1.25:
        assert (start, end) == (0, len(text))
        return
    starts = [0, *(max(0, a - size // 4) for a, _ in spans)]
    first = min(starts, key=lambda s: (-held(s), s))
    assert start == min(first, len(text) - size)


@given(st.text(alphabet="甲乙。；\n", max_size=400), st.integers(20, 100))
def test_a_snippet_is_inside_the_text(text: str, size: int) -> None:
    start, end = snippet(text, highlights(text, ["甲乙"]), size=size)
    assert 0 <= start <= end <= len(text)
    assert end - start >= min(len(text), size) - 60


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden_excerpts(case: Case) -> None:
    question, _, text = case.given.partition("\n")
    asked = rewrite(question)
    spans, (start, end) = excerpt(text, asked.words, quantities(asked.text))
    shown = stretch(text, spans, start, end).replace("<mark>", "[").replace("</mark>", "]")
    for line in case.expected:
        if line.startswith("无 "):
            assert line.removeprefix("无 ") not in text[start:end]
        else:
            assert line in shown


STEPS = (
    "不足1万元的，由处长审批；",
    "1万元以上、不足5万元的，由副局长审批；",
    "5万元以上的，由局长审批；",
)


@settings(max_examples=40)
@given(st.integers(1, 100_000), st.lists(st.sampled_from(STEPS), min_size=1, max_size=30))
def test_what_covers_a_sum_is_shown(value: int, parts: list[str]) -> None:
    text = "".join(parts)
    sums = (Quantity(Decimal(value), "元"),)
    where = bands(sums, text)
    assert bool(where) == (covered(sums, text) > 0)
    spans, (start, end) = excerpt(text, ("采购",), sums)
    assert not where or any(start <= a and b <= end for a, b in where)
    assert all(any(s <= a and b <= e for s, e in spans) for a, b in where)


@settings(max_examples=40)
@given(st.text(alphabet="一两三半个月周天日人元块%以上下超过不满0123456789，。", max_size=40))
def test_bands_stand_where_the_thresholds_do(text: str) -> None:
    for unit in ("元", "人", "日", "时", "%"):
        sums = (Quantity(Decimal(20), unit),)
        where = bands(sums, text)
        assert bool(where) == (covered(sums, text) > 0)
        assert all(0 <= a < b <= len(text) for a, b in where)
