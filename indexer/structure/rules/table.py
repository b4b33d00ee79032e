"""Tables: a node of their own, or part of the article they stand in."""

from __future__ import annotations

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from kb.model import Level


def table(block: Block, _context: Context) -> Mark | None:
    """A table block. Its first row is taken for its header."""
    if block.kind != "table":
        return None
    return Mark(Level.TABLE, text=block.text)
