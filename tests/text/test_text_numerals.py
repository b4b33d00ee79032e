from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.numerals import digits, to_chinese, to_int
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "numerals.txt"


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    found = to_int(case.given)
    assert ("无" if found is None else str(found)) == case.expected[0]


def test_one_to_9999_both_ways() -> None:
    for value in range(1, 10_000):
        shown = to_chinese(value)
        assert to_int(shown) == value, shown
        assert to_int(shown.replace("零", "〇")) == value, shown
        assert to_int(shown.replace("二千", "两千").replace("二百", "两百")) == value, shown
        assert to_int(str(value)) == value


@given(st.integers(0, 10**12 - 1))
def test_large_values_both_ways(value: int) -> None:
    assert to_int(to_chinese(value)) == value


@given(st.integers(20, 39))
def test_old_tens(value: int) -> None:
    shown = to_chinese(value).replace("二十", "廿").replace("三十", "卅")
    assert to_int(shown) == value


@given(st.text(st.sampled_from("零〇○一二三九十百千万亿两廿卅12０")))
def test_never_fails_and_never_guesses_two_ways(text: str) -> None:
    found = to_int(text)
    assert found is None or found >= 0


@pytest.mark.parametrize("value", [-1, 10**12])
def test_out_of_range_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="中文数字"):
        to_chinese(value)


def test_digits_of_any_width() -> None:
    assert digits("２０２３年3月") == "2023年3月"
