"""A worker that crashes or hangs costs one file, and only that."""

from __future__ import annotations

import os
import time

from indexer.pool import Lost, more_time, run


def work(task: str) -> str:
    if task == "crash":
        os._exit(9)
    if task == "hang":
        time.sleep(60)
    if task == "long":
        # A page of OCR after the other, each announced.
        for _ in range(3):
            more_time(30)
            time.sleep(0.8)
    return task.upper()


def outcome(tasks: list[str], workers: int, seconds: float = 30.0) -> dict[str, str]:
    return {
        task: "LOST" if isinstance(result, Lost) else result
        for task, result in run(work, tasks, workers=workers, seconds=seconds)
    }


def test_every_task_comes_back_once() -> None:
    tasks = [f"t{n}" for n in range(20)]
    results = list(run(work, tasks, workers=2, seconds=30))
    assert sorted(task for task, _ in results) == sorted(tasks)
    assert all(result == task.upper() for task, result in results)


def test_a_task_that_asks_for_time_gets_it_and_the_next_one_does_not() -> None:
    assert outcome(["long", "hang", "a"], workers=1, seconds=1.5) == {
        "long": "LONG",
        "hang": "LOST",
        "a": "A",
    }


def test_no_task_needs_no_worker() -> None:
    assert outcome([], workers=2) == {}


def test_a_crash_costs_its_own_task() -> None:
    assert outcome(["a", "crash", "b", "c", "crash2", "d"], workers=1) == {
        "a": "A",
        "crash": "LOST",
        "b": "B",
        "c": "C",
        "crash2": "CRASH2",
        "d": "D",
    }


def test_a_hang_is_ended() -> None:
    assert outcome(["a", "hang", "b"], workers=2, seconds=4) == {"a": "A", "hang": "LOST", "b": "B"}


def test_the_last_task_may_crash() -> None:
    assert outcome(["crash"], workers=2) == {"crash": "LOST"}
