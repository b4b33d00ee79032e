"""What is left is text."""

from __future__ import annotations

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from kb.model import Level


def text(block: Block, _context: Context) -> Mark:
    """A paragraph: of the article it stands in, or on its own."""
    return Mark(Level.TEXT, text=block.text)
