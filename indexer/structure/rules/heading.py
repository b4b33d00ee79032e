"""Headings that the file itself marks: by Markdown, by a Word style, by size or centring."""

from __future__ import annotations

import re

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from indexer.structure.patterns import ITEM, POINT, SENTENCE_END, TITLE_END
from indexer.structure.rules.division import closed
from kb.model import Level

LONGEST = 60
BASE = 50
"""Depth of a heading of level 1: below 节, so that chapters stay above what they hold."""

NAMES = re.compile(r"[\u4e00-\u9fff]{2}(?!.*\d{1,6}号$)")
"""What a heading by its looks must have: words, and not a document's number."""


def heading(block: Block, context: Context) -> Mark | None:
    """A heading with the level that the file gives it."""
    text = block.text
    if block.level is None and not NAMES.search(text):
        return None
    if block.kind == "heading":
        if len(text) > 2 * LONGEST or (block.level is None and text[-1] in SENTENCE_END):
            return None
        return Mark(Level.HEADING, title=closed(text), depth=BASE + (block.level or 1))
    if (
        block.kind == "caption"
        or not block.style
        or len(text) > LONGEST
        or text[-1] in SENTENCE_END
    ):
        return None
    if context.articles and context.number:
        # Inside the articles only a title closes one: a centred caption or a bold 项 does not.
        if "centre" in block.style and TITLE_END.search(text) and not ITEM.match(text):
            return Mark(Level.HEADING, title=text, depth=BASE + 1)
        return None
    looks = "centre" in block.style or "bold" in block.style
    if looks and len(text) <= 40 and not POINT.match(text) and text[0] not in "（(《":
        return Mark(Level.HEADING, title=closed(text), depth=BASE + 2)
    return None
