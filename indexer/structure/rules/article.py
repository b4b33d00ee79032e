"""条 and 条之一."""

from __future__ import annotations

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from indexer.structure.patterns import ARTICLE, ARTICLE_LOOSE
from kb.model import Level
from kb.text.numerals import to_int

HEADED = 30
"""An article set as a heading has a name so long at most («第三条　付款方式»)."""


def article(block: Block, context: Context) -> Mark | None:
    """A block that begins with an article's label.

    White space or the line's end must follow, or prose is taken for an article
    («第三十一条的决定»). Where a file has lost it («第三条为了…»), the label counts only when it is
    the next in the sequence.
    """
    text = block.text
    if not text.startswith("第"):
        return None
    if match := ARTICLE.match(text):
        # The number itself is asked for only where the sequence must prove something.
        number = to_int(match[0][1:].split("条")[0]) if context.loose else None
        context.number = number or context.number or 1
        rest = text[match.end() :].strip()
        if block.kind == "heading" and len(rest) <= HEADED:
            return Mark(Level.ARTICLE, label=match[0], title=rest)
        return Mark(Level.ARTICLE, label=match[0], text=rest)
    if context.loose and (match := ARTICLE_LOOSE.match(text)):
        number = to_int(match[1])
        follows = number in (context.number, context.number + 1) or number == 1
        if number is not None and follows and match.end() < len(text):
            context.number = number
            label = "".join(match[0].rstrip(":：、.．").split())
            return Mark(Level.ARTICLE, label=label, text=text[match.end() :].strip())
    return None
