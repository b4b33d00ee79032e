"""Which words stand where, and what they weigh."""

from __future__ import annotations

import math

import pytest

from kb.retrieve.said import Said, rarity, weighed

TEXTS = ["外借印章由领导批准", "印章由办公室保管", "外借印章由领导批准"]


def test_a_term_is_there_in_any_of_its_ways() -> None:
    said = Said(["外借", "印章", "点头", "批准"], TEXTS)
    there = said.of([("外借",), ("点头", "批准"), ("保管",)])
    # 保管 stands in a text, but was not looked for.
    assert there.tolist() == [[True, True, False], [False, False, False], [True, True, False]]
    assert said.somewhere() == ["外借", "印章", "批准"]


def test_nothing_to_look_for_and_nothing_to_look_at() -> None:
    assert Said([], TEXTS).of([]).shape == (3, 0)
    assert Said(["印章"], []).of([("印章",)]).shape == (0, 1)
    assert weighed(Said([], []).of([]), rarity(Said([], []).of([]))).tolist() == []


def test_the_rarer_weighs_more_and_like_rows_weigh_the_same() -> None:
    there = Said(["外借", "印章"], TEXTS).of([("外借",), ("印章",)])
    weights = rarity(there)
    assert weights.tolist() == pytest.approx([math.log1p(4 / 3), math.log1p(1)])
    first, second, third = weighed(there, weights).tolist()
    assert first == third > second == weights[1]
