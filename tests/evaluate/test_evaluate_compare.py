"""Intervals, gains and losses, saved runs, floors."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import EvaluationError
from kb.evaluate import Change, below, changes, interval, per_query, read_run, write_run

QRELS = {"一": {"甲#1": 1}, "二": {"乙#1": 1}, "三": {"丙#1": 1}}
BEFORE = {"一": [("甲#1", 2.0)], "二": [("甲#1", 2.0)], "三": [("丙#1", 1.0)]}
AFTER = {"一": [("乙#1", 2.0)], "二": [("乙#1", 2.0)], "三": [("丙#1", 1.0)]}


def test_gains_and_losses_are_told_by_question() -> None:
    assert per_query(BEFORE, QRELS, "recall@10") == {"一": 1.0, "二": 0.0, "三": 1.0}
    assert changes(BEFORE, AFTER, QRELS, "recall@10") == [
        Change("一", 1.0, 0.0),
        Change("二", 0.0, 1.0),
    ]


def test_an_interval_holds_the_mean_and_is_the_same_again() -> None:
    values = [0.0, 1.0] * 50
    low, high = interval(values)
    # The standard error of 100 such values is 0.05: the interval is about 0.5 ± 0.098.
    assert low == pytest.approx(0.402, abs=0.02)
    assert high == pytest.approx(0.598, abs=0.02)
    assert interval(values) == (low, high)
    assert interval([0.5] * 10) == (0.5, 0.5)
    assert interval([]) == (0.0, 0.0)


def test_a_run_is_read_back(tmp_path: Path) -> None:
    run = {"一": [("甲 文.md#第一条", 2.0), ("乙.md#第二条", 1.0)]}
    write_run(tmp_path / "run", run)
    assert read_run(tmp_path / "run") == run


def test_what_is_no_run_is_named(tmp_path: Path) -> None:
    file = tmp_path / "run"
    file.write_text("一 Q0 甲 1 2.0 kb\n乱写\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 2 行"):
        read_run(file)
    with pytest.raises(EvaluationError, match="找不到"):
        read_run(tmp_path / "none")


def test_floors(tmp_path: Path) -> None:
    floors = tmp_path / "floors.toml"
    floors.write_text('"recall@10" = 0.6\n"mrr@10" = 0.5\n', encoding="utf-8")
    figures = {"recall@10": 0.55, "mrr@10": 0.5}
    assert below(figures, floors) == [("recall@10", 0.55, 0.6)]
    floors.write_text('"recall@7" = 0.6\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match="recall@7"):
        below(figures, floors)
