"""What a reader hands on: the blocks of a file in reading order, nothing of its format left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

BlockKind = Literal["heading", "paragraph", "table", "caption"]


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or table.

    ``text`` has no line breaks, save in a table, where each row is a line with its cells set off
    by `` | ``. ``level`` is the heading's level, 1 the highest, where the format knows it.
    ``page`` counts from 1 where the format has pages. ``rows`` are a table's cells, merged ones
    filled once. ``style`` holds hints in words (``centre``, ``bold``, ``title``, ``toc``).
    ``numbered`` says that the number the text begins with was computed from automatic numbering.
    """

    kind: BlockKind
    text: str
    level: int | None = None
    page: int | None = None
    rows: tuple[tuple[str, ...], ...] | None = None
    style: str = ""
    numbered: bool = False

    def with_text(self, text: str) -> Block:
        """The same block saying something else."""
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read. ``notes`` are Chinese lines for the reading report, e.g. a lost page.

    ``meta`` holds what the file says of itself (front matter, a mail's headers); ``heads`` the
    running heads and feet that were taken out, which may carry a mark of secrecy. ``confidence``
    is the mean confidence of OCR over its characters, 0 to 1, None where none was needed;
    ``unresolved`` counts paragraphs whose automatic number could not be computed.
    """

    format: str
    blocks: tuple[Block, ...]
    pages: int | None = None
    meta: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    confidence: float | None = None
    unresolved: int = 0

    @property
    def characters(self) -> int:
        """Characters read, white space and all."""
        return sum(len(block.text) for block in self.blocks)


def table(rows: list[tuple[str, ...]], *, page: int | None = None, style: str = "") -> Block | None:
    """A table block of the rows that say something; None where none does."""
    kept = tuple(row for row in rows if any(row))
    if not kept:
        return None
    text = "\n".join(row_text(row) for row in kept)
    return Block("table", text, page=page, rows=kept, style=style)


def row_text(cells: tuple[str, ...]) -> str:
    """One row as a line; empty cells at its end are left out."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return " | ".join(cell.replace("\n", " ") for cell in cells[:end])
