"""Amounts: what a question names and what a threshold covers, by golden cases and properties."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.retrieve.quantities import Quantity, covered, in_days, quantities
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "quantities.txt"


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    question, _, text = case.given.partition("\n")
    named = quantities(question)
    if not text:
        assert [f"{q.value.normalize():f} {q.unit}" for q in named] == list(case.expected)
        return
    found = covered(named, text)
    said = "合" if found > 0 else "不合" if found < 0 else "无"
    assert [said] == list(case.expected)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_range_covers_what_lies_in_it(value: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    text = f"{low}元以上不足{high}元的，由局长审批"
    inside = low <= value < high
    assert (covered((Quantity(Decimal(value), "元"),), text) > 0) == (inside and low < high)


@example("过了两三年，又过了三四个半月")
@given(st.text(alphabet="一二两三半个月年周日天块元万%0123456789. 的", max_size=30))
def test_any_text_is_read(text: str) -> None:
    in_days(text)
    assert all(q.value >= 0 for q in quantities(text))
