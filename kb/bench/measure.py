"""Times and sizes, and what is left of them: medians, not means."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
R = TypeVar("R")

ROUNDS = 2
"""Each question is asked so often; the first round warms caches and is not counted."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. Times in ms, by the clock and by the processor; -1: not measured."""

    what: str
    p50: float = -1.0
    p95: float = -1.0
    cpu_p50: float = -1.0
    build_s: float = -1.0
    megabytes: float = -1.0
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def timed(
    ask: Callable[[T], R], questions: Sequence[T]
) -> tuple[list[R], list[float], list[float]]:
    """Answers of the last round, and its times by the clock and by this thread's processor, ms."""
    for _ in range(ROUNDS):
        answers, clock, cpu = [], [], []
        for question in questions:
            wall, thread = time.perf_counter(), time.thread_time()
            answers.append(ask(question))
            cpu.append((time.thread_time() - thread) * 1000)
            clock.append((time.perf_counter() - wall) * 1000)
    return answers, clock, cpu


def row(what: str, clock: Sequence[float], cpu: Sequence[float], **more: Any) -> Row:
    """A line of the table from the times of `timed`."""
    return Row(
        what,
        float(np.percentile(clock, 50)),
        float(np.percentile(clock, 95)),
        float(np.percentile(cpu, 50)),
        **more,
    )


def size_mb(folder: Path) -> float:
    """Bytes below a folder, each file once however many names it has."""
    files = {p.stat().st_ino: p.stat().st_size for p in folder.rglob("*") if p.is_file()}
    return sum(files.values()) / 1e6


def resident_mb() -> float:
    """Memory that this process holds now, files that it mapped and read included."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6


def table(rows: Sequence[Row]) -> str:
    """As Markdown; a column that nobody filled is left out."""
    columns = {
        "": [r.what for r in rows],
        "p50 ms": [_shown(r.p50) for r in rows],
        "p95 ms": [_shown(r.p95) for r in rows],
        "processor p50 ms": [_shown(r.cpu_p50) for r in rows],
        "build s": [_shown(r.build_s) for r in rows],
        "MB": [_shown(r.megabytes) for r in rows],
        "note": [r.note for r in rows],
    }
    kept = {name: cells for name, cells in columns.items() if not name or any(cells)}
    lines = [list(kept), ["---"] * len(kept), *map(list, zip(*kept.values(), strict=True))]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _shown(value: float) -> str:
    if value < 0:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:,.0f}"
