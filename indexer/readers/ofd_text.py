"""The text objects of an OFD page, and the lines that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from indexer.readers.lines import Line, tidy
from indexer.readers.ofd_package import Page, local, numbers, visible

# Control and private-use characters: what a TextCode holds where glyphs alone carry the text.
NO_TEXT = re.compile("[\x00-\x1f\ue000-\uf8ff\ufffd]")


@dataclass(slots=True)
class _Run:
    """A piece of text on a page, in millimetres from the upper left; ``y`` is its baseline."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


def lines_of(page: Page) -> list[Line]:
    """The lines of text on a page, from top to bottom."""
    runs = [run for layer in page.layers for run in _runs(layer)]
    return list(_lines(runs, page.number, page.height))


def _runs(layer: etree._Element) -> Iterator[_Run]:
    for element in visible(layer, "TextObject"):
        box = numbers(element.get("Boundary", ""))
        if len(box) != 4:
            continue
        ctm = numbers(element.get("CTM", "")) or [1, 0, 0, 1, 0, 0]
        if len(ctm) != 6:
            ctm = [1, 0, 0, 1, 0, 0]
        across, down = abs(ctm[0]) or 1.0, abs(ctm[3]) or 1.0
        size = float((numbers(element.get("Size", "")) or [4.0])[0])
        x = y = 0.0
        for code in element:
            if local(code) != "TextCode":
                continue
            x = (numbers(code.get("X", "")) or [x])[0]
            y = (numbers(code.get("Y", "")) or [y])[0]
            text = NO_TEXT.sub("", code.text or "")
            if not text.strip():
                continue
            left = box[0] + ctm[0] * x + ctm[2] * y + ctm[4]
            base = box[1] + ctm[1] * x + ctm[3] * y + ctm[5]
            steps = deltas(code.get("DeltaX", ""), len(text) - 1)
            drops = deltas(code.get("DeltaY", ""), len(text) - 1)
            if sum(map(abs, drops)) > sum(map(abs, steps)) and len(text) > 1:
                # Set vertically: each character is a line of its own to us; keep them together.
                steps = [size] * (len(text) - 1)
            width = (sum(steps) + size * (1.0 if text[-1] > "\x7f" else 0.5)) * across
            yield _Run(text, left, left + width, base, size * down)


def deltas(text: str, count: int) -> list[float]:
    """The advance widths of a DeltaX: numbers, and ``g N D`` for N times D."""
    parts = text.split()
    values: list[float] = []
    index = 0
    while index < len(parts) and len(values) < count:
        if parts[index] == "g" and index + 2 < len(parts):
            times, delta = numbers(f"{parts[index + 1]} {parts[index + 2]}") or [0.0, 0.0]
            values.extend([delta] * min(int(times), count))
            index += 3
        else:
            values.extend(numbers(parts[index]))
            index += 1
    return values[:count]


def _lines(runs: list[_Run], page: int, height: float) -> Iterator[Line]:
    """Runs that share a baseline, from left to right; a wide gap becomes a blank."""
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda r: (r.y, r.x0)):
        if rows and any(_overstruck(run, other) for other in rows[-1]):
            continue
        if rows and abs(rows[-1][0].y - run.y) < 0.4 * min(rows[-1][0].size, run.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    for row in rows:
        row.sort(key=lambda r: r.x0)
        text = row[0].text
        for left, right in pairwise(row):
            gap = right.x0 - left.x1
            text += ("　" if gap > 1.2 * right.size else "") + right.text
        size = max(run.size for run in row)
        text = tidy(text)
        if text:
            yield Line(page, text, row[0].x0, row[-1].x1, row[0].y - size, size, height)


def _overstruck(run: _Run, other: _Run) -> bool:
    """Whether a run is another drawn again, slightly off: how some writers make bold."""
    near = 0.3 * run.size
    return run.text == other.text and abs(run.x0 - other.x0) < near and abs(run.y - other.y) < near


def lost_glyphs(element: etree._Element) -> int:
    """Glyphs of a text object that show something and for which it gives no character."""
    text = "".join(code.text or "" for code in element if local(code) == "TextCode")
    shapes = 0
    for transform in element:
        if local(transform) == "CGTransform":
            shapes += sum(len((e.text or "").split()) for e in transform if local(e) == "Glyphs")
    given = len("".join(NO_TEXT.sub("", text).split()))
    return max(max(len(text.strip()), shapes) - given, 0) if not given else 0
