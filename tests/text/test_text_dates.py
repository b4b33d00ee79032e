from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.dates import Found, effective, expiry, find_dates, parse_date
from kb.text.numerals import to_chinese
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden"


def day(text: str) -> date | None:
    return None if text == "无" else date.fromisoformat(text)


def shown(found: Found | None) -> str:
    return "无" if found is None else found.value.isoformat()


@pytest.mark.parametrize("case", cases(GOLDEN / "dates.txt"), ids=lambda case: case.name)
def test_dates(case: Case) -> None:
    assert [hit.value.isoformat() for hit in find_dates(case.given)] == list(case.expected)


@pytest.mark.parametrize("case", cases(GOLDEN / "effective.txt"), ids=lambda case: case.name)
def test_effective(case: Case) -> None:
    found = effective(case.given, day(case.options.get("issued", "2023-02-20")))
    assert shown(found) == case.expected[0]
    assert found is None or found.evidence in case.given


@pytest.mark.parametrize("case", cases(GOLDEN / "expiry.txt"), ids=lambda case: case.name)
def test_expiry(case: Case) -> None:
    found = expiry(case.given, day(case.options.get("start", "2022-06-01")))
    assert shown(found) == case.expected[0]
    assert found is None or found.evidence in case.given


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_spelling_of_a_day(value: date) -> None:
    year = "".join("〇一二三四五六七八九"[int(char)] for char in str(value.year))
    chinese = f"{year}年{to_chinese(value.month)}月{to_chinese(value.day)}日"
    figures = f"{value.year}年{value.month}月{value.day}日"
    for text in (chinese, figures, value.isoformat(), value.strftime("%Y%m%d")):
        assert parse_date(f" {text} ") == value
    hits = find_dates(f"自{chinese}至{figures}")
    assert [hit.value for hit in hits] == [value, value]


@given(
    st.text(
        st.sampled_from("自2023年1月31日九十〇lO起后满个工作施行有效期公布印发之本办法，。至-/.")
    )
)
def test_never_fails(text: str) -> None:
    for hit in find_dates(text):
        assert 0 <= hit.start < hit.end <= len(text)
    effective(text, date(2023, 1, 31))
    expiry(text, date(9999, 12, 1))


def test_what_is_no_date_is_none() -> None:
    for text in ("", "2023年", "2023-13-01", "今天", "2023-03-01以前"):
        assert parse_date(text) is None
