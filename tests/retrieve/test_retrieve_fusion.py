"""Fusion by hand arithmetic."""

from __future__ import annotations

import pytest

from kb.retrieve.fusion import FUSIONS, convex, reciprocal

KEYWORD = {"甲": 8.0, "乙": 4.0}
VECTOR = {"乙": 0.9, "丙": 0.45}


def test_convex_divides_by_the_best_of_each_half() -> None:
    # 甲: 0.3·8/8; 乙: 0.3·4/8 + 0.7·0.9/0.9; 丙: 0.7·0.45/0.9
    assert convex(KEYWORD, VECTOR, 0.7) == pytest.approx({"甲": 0.3, "乙": 0.85, "丙": 0.35})


def test_reciprocal_counts_ranks_from_one() -> None:
    # 甲: 0.5/61; 乙: 0.5/62 + 0.5/61; 丙: 0.5/62
    assert reciprocal(KEYWORD, VECTOR, 0.5) == pytest.approx(
        {"甲": 0.5 / 61, "乙": 0.5 / 62 + 0.5 / 61, "丙": 0.5 / 62}
    )


def test_equal_scores_rank_by_id() -> None:
    assert reciprocal({"乙": 1.0, "甲": 1.0}, {}, 0.0) == pytest.approx(
        {"乙": 1 / 61, "甲": 1 / 62}
    )


@pytest.mark.parametrize("name", FUSIONS)
def test_a_half_that_found_nothing_adds_nothing(name: str) -> None:
    fuse = FUSIONS[name]
    assert fuse({}, {}, 0.7) == {}
    alone = fuse(KEYWORD, {}, 0.7)
    assert sorted(alone, key=alone.__getitem__, reverse=True) == ["甲", "乙"]


@pytest.mark.parametrize("name", FUSIONS)
def test_weight_at_the_ends_keeps_one_order(name: str) -> None:
    fuse = FUSIONS[name]
    words = fuse(KEYWORD, VECTOR, 0.0)
    meaning = fuse(KEYWORD, VECTOR, 1.0)
    assert words["甲"] > words["乙"] > words.get("丙", 0.0) == 0.0
    assert meaning["乙"] > meaning["丙"] > meaning.get("甲", 0.0) == 0.0


def test_cosines_below_zero_count_nothing() -> None:
    assert convex({}, {"甲": 0.5, "乙": -0.2}, 1.0) == {"甲": 1.0, "乙": 0.0}
    assert convex({}, {"甲": -0.5}, 1.0) == {}
