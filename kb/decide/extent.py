"""How long a pack will be, estimated from its text: for templates that limit their pages."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kb.decide.model import Block, Heading, Line, Section, Table
from kb.decide.render.titles import titled
from kb.decide.template import TEXT_WIDTH, Template

TEXT_HEIGHT = 637.8
"""225 mm in points: the text block of GB/T 9704 is 156 × 225 mm."""

HEAD, TITLE_LINE = 99.0, 35.0
"""Points that a title of one line and what stands below it take; each further line of it."""

NOTES = 34.0
"""Points that the remarks after the last section take."""

PADDING = 12.0
"""Points above and below the text of a table row, together."""

SMALL = {"source": (9.0, 12.5, 4.0), "source-small": (7.5, 10.0, 2.5)}
"""Type size and line pitch of source lines, and the space after one, in points."""

TABLE = (12.0, 17.0)
"""The same of tables."""


def pages(sections: Sequence[Section], template: Template, topic: str) -> float:
    """Pages of the body; not whole, so that a little too much shows as such. Annexes are not
    counted."""
    height = HEAD + (len(titled(topic, template.title)) - 1) * TITLE_LINE + NOTES
    for section in sections:
        if not section.annex:
            height += template.pitch
            height += sum(_height(block, template) for block in section.blocks)
    return height / TEXT_HEIGHT


def _height(block: Block, template: Template) -> float:
    if isinstance(block, Table):
        rows = [_row(row, block.widths) for row in block.rows]
        return (sum(rows) + 1) * TABLE[1] + PADDING * (len(rows) + 1) + template.pitch / 2
    if not isinstance(block, Heading) and block.style in SMALL:
        size, pitch, after = SMALL[block.style]
        return _lines(_chars(block.lines), size, TEXT_WIDTH - 2 * size) * pitch + after
    return _lines(_chars(block.lines), template.size, TEXT_WIDTH) * template.pitch


def _row(row: Sequence[Sequence[Line]], widths: Sequence[float]) -> int:
    return max(
        _lines(_chars(cell), TABLE[0], TEXT_WIDTH * width - 10)
        for cell, width in zip(row, widths, strict=True)
    )


def _chars(lines: Sequence[Line]) -> list[float]:
    """Width in characters of each paragraph; ASCII counts half, a source mark one."""
    text = "".join(line.text for line in lines)
    return [
        2.6 + sum(0.52 if char.isascii() else 1.0 for char in paragraph)
        for paragraph in text.split("\n")
        if paragraph.strip()
    ]


def _lines(paragraphs: Sequence[float], size: float, width: float) -> int:
    return sum(math.ceil(chars * size / width) for chars in paragraphs)
