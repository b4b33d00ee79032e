"""The pages of a file that OCR reads: one after the other, within the time that OCR may take.

What does not fit into that time is named; what was read is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from indexer.readers import ocr
from indexer.readers.lines import Line

DPI = 200
"""At which a page is drawn."""
FEW, SURE = 8, 0.9
"""Fewer letters in a whole file than that, and less sure, are none."""


@dataclass(slots=True)
class Allowance:
    """How long the OCR of one file may take, its attachments included.

    page_seconds: for each page on the average.
    file_seconds: at most, however many pages there are.
    more: told the seconds by which whoever waits for the file is to wait longer.
    spent: what was taken.
    """

    page_seconds: float = 15.0
    file_seconds: float = 1800.0
    more: Callable[[float], None] = lambda seconds: None
    spent: float = 0.0


@dataclass(slots=True)
class Recognised:
    """Lines by page, the confidence of each character, and the pages that gave none."""

    pages: dict[int, list[Line]] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    without: list[int] = field(default_factory=list)

    @property
    def confidence(self) -> float | None:
        """Mean over the characters, 0 to 1; None without any."""
        return round(sum(self.scores) / len(self.scores), 4) if self.scores else None


_allowance = Allowance()


def allow(allowance: Allowance) -> None:
    """Set what the files that this process reads from now on may take."""
    global _allowance  # noqa: PLW0603 - one a process; the readers' signature has no place for it
    _allowance = allowance


def recognise(
    numbers: Sequence[int], draw: Callable[[int], Any], notes: list[str], unit: str = "页"
) -> Recognised:
    """Read pages by OCR.

    Args:
        numbers: the pages, counted from 1.
        draw: gives the picture of a page (height × width × 3 bytes).
        notes: what was read so, and what was left out for want of time, is added.
        unit: what a page is called.
    """
    given = _allowance
    found = Recognised()
    left = min(len(numbers) * given.page_seconds, given.file_seconds - given.spent)
    for index, number in enumerate(numbers):
        if left <= 0:
            notes.append(
                f"文字识别用时已到上限，第{spans(numbers[index:])}{unit}未识别"
                "；调大设置 ocr_page_seconds 或 ocr_file_seconds 后重新入库"
            )
            break
        given.more(given.page_seconds)
        began = time.monotonic()
        lines, sure = ocr.lines_of(draw(number), number)
        took = time.monotonic() - began
        given.more(took - given.page_seconds)
        given.spent += took
        left -= took
        if lines:
            found.pages[number] = lines
            found.scores.extend(sure)
        else:
            found.without.append(number)
    if len(found.scores) < FEW and (found.confidence or 0.0) < SURE:
        # Frames, stains and seals only.
        return Recognised(without=sorted([*found.pages, *found.without]))
    return found


def spans(numbers: Iterable[int]) -> str:
    """Page numbers in words: ``1—3、5``."""
    ordered = sorted(numbers)
    breaks = [i for i, (a, b) in enumerate(pairwise(ordered), start=1) if b != a + 1]
    runs = [ordered[i:j] for i, j in pairwise([0, *breaks, len(ordered)])]
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs if run)
