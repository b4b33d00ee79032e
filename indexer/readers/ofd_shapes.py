"""What an OFD's objects say of their place, colour and outline, in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from indexer.readers.ofd_package import local, numbers
from indexer.readers.ofd_text import deltas

MOST_OBJECTS = 100_000
"""Objects that are drawn of one page, a glyph counted as one."""
Matrix = tuple[float, float, float, float, float, float]
PATH = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?")
TAKES = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
"""Commands of AbbreviatedData and how many numbers each takes."""


def placed(element: etree._Element, outer: Matrix) -> Matrix | None:
    """What brings an object's own coordinates to the page's; None where it has no place."""
    box = numbers(element.get("Boundary", ""))
    if len(box) != 4:
        return None
    inner = (1.0, 0.0, 0.0, 1.0, box[0], box[1])
    ctm = numbers(element.get("CTM", ""))
    if len(ctm) == 6:
        a, b, c, d, e, f = ctm
        inner = times((a, b, c, d, e, f), inner)
    return times(inner, outer)


def times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does the first, then the other (row vectors, as in PDF)."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
        e * p + f * r + t, e * q + f * s + u,
    )  # fmt: skip


def colour(element: etree._Element, which: str) -> tuple[int, int, int, int]:
    """Red, green, blue and opacity, 0 to 255; black where none is said."""
    alpha = numbers(element.get("Alpha", "")) or [255.0]
    found = next((e for e in element if local(e) == which), None)
    parts: list[float] = []
    if found is not None:
        alpha = numbers(found.get("Alpha", "")) or alpha
        for part in found.get("Value", "").split():
            try:
                parts.append(int(part[1:], 16) if part.startswith("#") else float(part))
            except ValueError:
                parts = []
                break
    if len(parts) == 1:
        parts *= 3
    if len(parts) == 4:
        parts = [255 * (1 - min(c, 255) / 255) * (1 - min(parts[3], 255) / 255) for c in parts[:3]]
    if len(parts) != 3:
        parts = [0.0, 0.0, 0.0]
    red, green, blue, opacity = (min(max(int(v), 0), 255) for v in [*parts, alpha[0]])
    return red, green, blue, opacity


def steps(data: str) -> Iterator[tuple[str, list[float]]]:
    """AbbreviatedData as M, L, B (cubic) and C (close); an arc becomes a straight line."""
    command = ""
    taken: list[float] = []
    x = y = 0.0
    for token in PATH.findall(data):
        if token.isalpha():
            command, taken = token, []
            if command == "C":
                yield "C", []
            continue
        taken.append(float(token))
        if len(taken) < TAKES.get(command, 10**9) or command == "C":
            continue
        if command == "Q":
            px, py, nx, ny = taken
            first = [x + (px - x) * 2 / 3, y + (py - y) * 2 / 3]
            yield "B", [*first, nx + (px - nx) * 2 / 3, ny + (py - ny) * 2 / 3, nx, ny]
        elif command == "A":
            yield "L", taken[-2:]
        else:
            yield ("M" if command in "MS" else command), taken
        x, y = taken[-2:]
        taken = []


def glyphs(element: etree._Element) -> Iterator[tuple[float, float, int | str]]:
    """(x, y, glyph number or character) of a text object, in its own coordinates."""
    shapes: dict[int, int] = {}
    for transform in element:
        if local(transform) == "CGTransform":
            first = int((numbers(transform.get("CodePosition", "")) or [0.0])[0])
            shown = next((e.text or "" for e in transform if local(e) == "Glyphs"), "")
            shapes.update(
                {first + n: int(g) for n, g in enumerate(numbers(shown)) if 0 <= g < 65536}
            )
    x = y = 0.0
    position = 0
    codes = [code for code in element if local(code) == "TextCode"]
    for index, code in enumerate(codes):
        x = (numbers(code.get("X", "")) or [x])[0]
        y = (numbers(code.get("Y", "")) or [y])[0]
        text = code.text or ""
        count = len(text)
        if index == len(codes) - 1 and shapes:
            count = max(count, max(shapes) + 1 - position)
        count = min(count, MOST_OBJECTS)
        across = deltas(code.get("DeltaX", ""), count - 1)
        down = deltas(code.get("DeltaY", ""), count - 1)
        at_x, at_y = x, y
        for n in range(count):
            glyph = shapes.get(position + n)
            if glyph is not None:
                yield at_x, at_y, glyph
            elif n < len(text) and not text[n].isspace():
                yield at_x, at_y, text[n]
            at_x += across[n] if n < len(across) else 0.0
            at_y += down[n] if n < len(down) else 0.0
        position += count
