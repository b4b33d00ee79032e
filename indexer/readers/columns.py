"""Pages set in two columns: the right one is read after the left, as if it stood below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from indexer.readers.lines import Line

LEAST = 6
"""Lines a column has at least."""
CROSSING = 0.2
"""Share of a page's lines that may run across both: a title, a foot."""
FILLED = 0.7
"""Share of its column's width that the middle line fills: the cells of a table do not."""


def in_columns(lines: Sequence[Line]) -> list[Line]:
    """The lines with the columns of each page one after the other, and the right one moved over
    the left one, so that indents and line ends mean the same in both."""
    return [
        line for _, page in groupby(lines, key=lambda line: line.page) for line in _page([*page])
    ]


def _page(lines: list[Line]) -> list[Line]:
    parts = _split([line for line in lines if line.block is None])
    if parts is None or any(line.block is not None for line in lines):
        return lines
    left, right, across = parts
    shift = min(line.x0 for line in right) - min(line.x0 for line in left)
    moved = [replace(line, x0=line.x0 - shift, x1=line.x1 - shift) for line in right]
    top = min(line.top for line in (*left, *right))
    above = [line for line in across if line.top < top]
    below = [line for line in across if line.top >= top]
    return [*above, *left, *moved, *below]


def _split(lines: list[Line]) -> tuple[list[Line], list[Line], list[Line]] | None:
    """(left, right, across) where a blank strip parts the page, or None."""
    best: tuple[list[Line], list[Line], list[Line]] | None = None
    for edge in sorted({round(line.x0) for line in lines}):
        left = [line for line in lines if line.x1 < edge]
        right = [line for line in lines if line.x0 >= edge - 1]
        across = [line for line in lines if line.x1 >= edge and line.x0 < edge - 1]
        if (
            min(len(left), len(right)) >= LEAST
            and len(across) <= CROSSING * len(lines)
            and _filled(left)
            and _filled(right)
            and _beside(left, right)
            and (best is None or len(across) < len(best[2]))
        ):
            best = left, right, across
    return best


def _filled(lines: list[Line]) -> bool:
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    return median(line.x1 - line.x0 for line in lines) >= FILLED * width


def _beside(left: list[Line], right: list[Line]) -> bool:
    """Whether the columns stand beside each other, and not one below the other."""
    top = max(min(line.top for line in left), min(line.top for line in right))
    bottom = min(max(line.top for line in left), max(line.top for line in right))
    shared = [line for line in (*left, *right) if top <= line.top <= bottom]
    return len(shared) >= LEAST
