"""Handbooks and letters: 一、 and （一） as headings."""

from __future__ import annotations

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from indexer.structure.patterns import ITEM, ITEM_OLD, SENTENCE_END
from kb.model import Level

LONGEST = 40
FIRST, SECOND = 70, 75


def numbered(block: Block, context: Context) -> Mark | None:
    """A short line with a Chinese number and no end of a sentence, outside the articles."""
    text = block.text
    if context.number or len(text) > LONGEST or text[-1] in SENTENCE_END:
        return None
    if match := ITEM_OLD.match(text):
        return Mark(Level.HEADING, match[0], text[match.end() :].strip(), depth=FIRST)
    if (match := ITEM.match(text)) and match.end() < len(text):
        return Mark(Level.HEADING, match[0], text[match.end() :].strip(), depth=SECOND)
    return None
