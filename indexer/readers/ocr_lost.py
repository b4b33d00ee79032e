"""Lines that OCR passes over: ink as high and as wide as a line where nothing was found, and lines
of which far too little was read. It happens on clear pages, to another line at another size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

Box = tuple[float, float, float, float, str, float]
"""Top, left, right, bottom, text and confidence of a piece of text."""
DARK = 140
"""Brightness, 0 to 255, below which a dot is ink."""
MOST_INK = 0.25
"""Share of ink from which a picture is no page of text."""
RULE = 0.5
"""Share of the page's height that ink in one column takes only where a rule is drawn."""
LOW, HIGH = 0.5, 1.6
"""Height of a line by that of the lines found."""
LEAST_WIDE = 4
"""Width of a line by its height."""
LEAST_READ = 0.3
"""Letters read of a line by those that fit into it."""
FILLED = 0.4
"""Share of a line's width in which there is ink."""
MOST = 40
"""Lines that are looked at again on one page."""


def collapsed(box: Box) -> bool:
    """Whether a line is far too long for what was read of it: a Han letter is as wide as high."""
    top, left, right, bottom, text, _ = box
    expected = (right - left) / max(bottom - top, 1.0)
    return expected >= LEAST_WIDE and len(text) < LEAST_READ * expected


def lost(picture: Any, found: Sequence[Box]) -> Iterator[tuple[int, int, int, int]]:
    """(top, left, right, bottom) of what looks like a line and lies in none of the boxes.

    Args:
        picture: rows × columns × 3 bytes, dark on light.
        found: the boxes of the lines that were found.
    """
    import numpy as np

    if len(found) < 3:
        return
    ink = picture.min(axis=2) < DARK
    if ink.mean() > MOST_INK:
        return
    line = median(box[3] - box[0] for box in found)
    ink[:, ink.mean(axis=0) > RULE] = False
    for top, left, right, bottom, _, _ in found:
        ink[max(int(top) - 2, 0) : int(bottom) + 3, max(int(left) - 2, 0) : int(right) + 3] = False
    rows = np.flatnonzero(ink.sum(axis=1) > 2)
    breaks = np.flatnonzero(np.diff(rows) > max(2, int(0.15 * line))) + 1
    taken = 0
    for start, stop in pairwise([0, *breaks.tolist(), len(rows)]):
        if start == stop or taken >= MOST:
            continue
        top, bottom = int(rows[start]), int(rows[stop - 1]) + 1
        if not LOW * line <= bottom - top <= HIGH * line:
            continue
        for left, right in _stretches(ink[top:bottom].any(axis=0), int(1.5 * line)):
            if right - left >= LEAST_WIDE * (bottom - top):
                margin = max(int(0.15 * line), 1)
                taken += 1
                yield max(top - margin, 0), max(left - margin, 0), right + margin, bottom + margin


def _stretches(columns: Any, gap: int) -> Iterator[tuple[int, int]]:
    """Where there is ink, across gaps of no more than ``gap`` columns, and enough of it."""
    import numpy as np

    inked = np.flatnonzero(columns)
    breaks = np.flatnonzero(np.diff(inked) > gap) + 1
    for start, stop in pairwise([0, *breaks.tolist(), len(inked)]):
        if start < stop:
            left, right = int(inked[start]), int(inked[stop - 1]) + 1
            if (stop - start) / (right - left) >= FILLED:
                yield left, right
