"""Tables of the flow: how a quoted one is cut, which cells are centred, which rows may part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kb.decide.render.titles import width
from kb.decide.template import TEXT_WIDTH

Run = dict[str, Any]
Element = dict[str, Any]
"""As `kb.decide.render.flow` says."""

Rows = Sequence[Sequence[Sequence[Sequence[Run]]]]
"""Rows of cells of paragraphs of runs."""

CELLS = " | "
"""How the readers write a row of a table."""


def grid(rows: Sequence[Sequence[Run]]) -> Element:
    """Rows of a quoted table as an element, the first as its head."""
    cut: list[list[list[Run]]] = []
    for runs in rows:
        cells: list[list[Run]] = [[]]
        for run in runs:
            for place, piece in enumerate(run["t"].split(CELLS)):
                if place:
                    cells.append([])
                cells[-1].append(run | {"t": piece.strip()})
        cut.append(cells)
    most = max(map(len, cut))
    full = [[*cells, *([[]] * (most - len(cells)))] for cells in cut]
    widest = [max(sum(len(r["t"]) for r in row[at]) for row in full) for at in range(most)]
    shares = [min(max(size, 4), 24) for size in widest]
    body = [[[cell] if cell else [] for cell in row] for row in full[1:]]
    widths = [share / sum(shares) for share in shares]
    return {
        "is": "table",
        "columns": ["".join(run["t"] for run in cell) for cell in full[0]],
        "widths": widths,
        "rows": body,
        "anchors": [],
        "centred": centred(body),
        "splits": splits(body, widths),
        "roomy": False,
    }


BRIEF = 8
"""Characters up to which every cell of a column must keep for the column to be centred."""


def centred(rows: Rows) -> list[list[bool]]:
    """Which cells are centred: those of a column of short words, else only dashes and blanks. One
    column looks one way, however short one of its cells is."""
    brief = [all(_brief(row[at]) for row in rows) for at in range(len(rows[0]) if rows else 0)]
    return [[brief[at] or _empty(cell) for at, cell in enumerate(row)] for row in rows]


TALL = 16
"""Lines from which a row of a table may go on over the page: kept whole it might not fit on one."""


def splits(rows: Rows, widths: Sequence[float]) -> list[bool]:
    """Which rows may be parted. Lines of 12 pt in cells with 5 pt at their sides."""
    chars = [max((TEXT_WIDTH * share - 10) / 12, 1) for share in widths]
    return [
        any(
            sum(math.ceil(width("".join(run["t"] for run in p)) / most) for p in cell) > TALL
            for cell, most in zip(row, chars, strict=True)
        )
        for row in rows
    ]


def _brief(cell: Sequence[Sequence[Run]]) -> bool:
    return len(cell) < 2 and sum(len(run["t"]) for p in cell for run in p) <= BRIEF


def _empty(cell: Sequence[Sequence[Run]]) -> bool:
    return all(run["k"] == "blank" or run["t"] == "—" for p in cell for run in p)
