from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.numbers import find_numbers, parse_number
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "numbers.txt"
BRACKETS = ["〔〕", "[]", "［］", "【】", "（）", "()", "﹝﹞", "〖〗", "「」"]


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    found = find_numbers(case.given)
    assert [hit.shown for hit in found] == list(case.expected)
    assert all(case.given[hit.start : hit.end] == hit.raw for hit in found)


@given(
    st.sampled_from(["云公管", "国办发", "国发", "云公管办"]),
    st.sampled_from(BRACKETS),
    st.integers(1949, 2100),
    st.integers(1, 9999),
    st.sampled_from(["", "年"]),
    st.sampled_from(["", "第"]),
    st.integers(0, 2),
)
def test_all_spellings_have_one_key(
    org: str, pair: str, year: int, number: int, mark: str, ordinal: str, zeros: int
) -> None:
    text = f"{org}{pair[0]}{year}{mark}{pair[1]}{ordinal}{'0' * zeros}{number}号"
    found = parse_number(text)
    assert found is not None
    assert found.key == (org, year, number)
    assert parse_number(found.shown) is not None
    assert find_numbers(f"根据{text}办理")[0].key == found.key


@given(st.text(st.sampled_from("云公管令告〔[（2023〕]）第年4号〇三 ")))
def test_never_fails(text: str) -> None:
    for hit in find_numbers(text):
        assert text[hit.start : hit.end] == hit.raw
