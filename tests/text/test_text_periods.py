"""Stretches of time as people name them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.periods import Period, find_periods, parse_period
from tests.support.golden import Case, cases

TODAY = date(2026, 11, 24)
GOLDEN = Path(__file__).parent / "golden" / "periods.txt"


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda c: c.given[:20])
def test_golden(case: Case) -> None:
    found = find_periods(case.given, TODAY)
    shown = tuple(f"{case.given[hit.start : hit.end]}：{hit.period.shown}" for hit in found)
    assert shown == case.expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-05", "2023-05-01", "2023-05-31"),
        ("2024/2", "2024-02-01", "2024-02-29"),
        ("2023.5.1", "2023-05-01", "2023-05-01"),
        ("２０２３年", "2023-01-01", "2023-12-31"),
        ("去年", "2025-01-01", "2025-12-31"),
    ],
)
def test_the_whole_text(text: str, first: str, last: str) -> None:
    whole = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert parse_period(text, TODAY) == whole


@pytest.mark.parametrize("text", ["", "印章", "2023-13", "23", "去年的", "20230", "2023年5月32日"])
def test_what_is_none(text: str) -> None:
    assert parse_period(text, TODAY) is None


@given(
    st.text(
        "去今前年月日上下半季度第近最一二三四五六七八九十〇0123456789至到以来前后起周", max_size=24
    ),
    st.dates(date(1950, 1, 1), date(2150, 12, 31)),
)
def test_hits_are_in_order_and_never_backwards(text: str, today: date) -> None:
    at = 0
    for hit in find_periods(text, today):
        assert at <= hit.start < hit.end <= len(text)
        at = hit.end
        first, last = hit.period.first, hit.period.last
        assert first or last
        assert first is None or last is None or first <= last
