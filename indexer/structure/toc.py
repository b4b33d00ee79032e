"""Tables of contents: their lines look like headings and would empty every chapter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.reading import Block
from indexer.structure.patterns import DECIMAL, DIVISION, ITEM_OLD, squeezed

TITLE = re.compile(r"目[\s　]*[录次]")
LEADER = re.compile(r"(?:[.．…·。\s　]{3,}|\t)\s*[（(]?\d{1,4}[)）]?\s*$")

DOTS = re.compile(r"(?:[.．·]{6,}|…{3,})[\s　]*\d{0,4}$")
MANY = 5
"""So many lines that end in leader dots are a table of contents, whatever stands above them."""


def without_contents(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without a table of contents: by its style, or what follows a line 目录."""
    kept: list[Block] = []
    dotted = sum(1 for block in blocks if _dotted(block)) >= MANY
    inside = False
    later: dict[str, int] = {}
    for index, block in enumerate(blocks):
        if "toc" in block.style or (dotted and _dotted(block)):
            continue
        text = block.text
        if not inside:
            if len(text) <= 6 and TITLE.fullmatch(text.strip()):
                inside = True
                later = {squeezed(b.text): i for i, b in enumerate(blocks)}
                continue
            kept.append(block)
            continue
        if block.kind != "table" and _is_entry(block, index, later):
            continue
        inside = False
        kept.append(block)
    return kept


def _dotted(block: Block) -> bool:
    """A line that ends in leader dots, with or without the page's number."""
    return block.text[-1:] in "0123456789.．·…" and DOTS.search(block.text) is not None


def _is_entry(block: Block, index: int, later: dict[str, int]) -> bool:
    """A line of contents has a page number at its end, or comes again further down."""
    text = block.text.strip()
    if len(text) > 80:
        return False
    if LEADER.search(text):
        return True
    again = later.get(squeezed(text), index) > index
    bare = squeezed(re.sub(r"[\s　.…]*\d+$", "", text))
    headed = DIVISION.match(text) or DECIMAL.match(text) or ITEM_OLD.match(text)
    return again or later.get(bare, index) > index or bool(headed and re.search(r"\d$", text))
