"""Broken office files: each is read or refused by name; nothing crashes, hangs or grows."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.mutations import mutated, seeds

from indexer.pool import Lost, run
from indexer.readers import ocr, read_bytes
from indexer.readers.lines import Line
from indexer.structure import outline
from kb.errors import ReadError

SAMPLE, SOAK = 300, 20_000
MEMORY_MB = 1024
"""Bound of the worker that reads them; what asks for more is lost, and the test fails."""
SECONDS = 30.0
CHUNK = 50
Task = tuple[str, bytes, int, int]


def unseen(picture: Any, page: int) -> tuple[list[Line], list[float]]:
    """In the place of OCR, which would take hours: pages are drawn for it, and it sees nothing."""
    assert picture.ndim == 3
    assert picture.size <= 3 * ocr.MAX_PIXELS
    return [], []


def attempt(task: Task) -> list[str]:
    """Read ``count`` broken copies of a file, from seed ``first``; the faults, in words."""
    name, data, first, count = task
    ocr.available, ocr.lines_of = (lambda: True), unseen
    faults: list[str] = []
    for seed in range(first, first + count):
        broken = mutated(data, random.Random(f"{name} {seed}"))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outline(read_bytes(broken, name))
        except ReadError as error:
            if not error.why or error.path != name:
                faults.append(f"{name} {seed}: refused without a reason")
        except Exception as error:
            faults.append(f"{name} {seed}: {type(error).__name__}: {error}")
    return faults


def faults(files: dict[str, bytes], count: int, chunk: int = CHUNK) -> Iterator[str]:
    each = -(-count // len(files))
    tasks = [
        (name, data, first, min(chunk, each - first))
        for name, data in files.items()
        for first in range(0, each, chunk)
    ]
    done = 0
    bound = MEMORY_MB if sys.platform != "win32" else 0
    for task, result in run(attempt, tasks, workers=2, seconds=SECONDS * 4, memory_mb=bound):
        if isinstance(result, Lost):
            yield f"{task[0]} {task[2]}…: {result.why}"
        else:
            done += task[3]
            yield from result
    assert done >= count * 0.9


def test_a_seeded_sample(tmp_path: Path) -> None:
    assert list(faults(seeds(tmp_path), SAMPLE)) == []


@pytest.mark.soak
def test_twenty_thousand(tmp_path: Path) -> None:
    assert list(faults(seeds(tmp_path), SOAK)) == []


@pytest.mark.soak
@pytest.mark.data
def test_real_files(data: Path) -> None:
    endings = (".docx", ".pdf", ".ofd")
    found = {
        path.name: path.read_bytes()
        for path in sorted((data / "office").iterdir())
        if path.suffix in endings and path.stat().st_size < 300_000
    }
    # Fewer at a time: one of them is long, and the time for a task is the same.
    assert list(faults(found, 2_000, chunk=10)) == []
