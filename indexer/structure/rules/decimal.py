"""Standards and handbooks: headings numbered 1, 1.2, 1.2.3."""

from __future__ import annotations

from indexer.reading import Block
from indexer.structure.marks import Context, Mark
from indexer.structure.patterns import DECIMAL, SENTENCE_END
from kb.model import Level

LONGEST = 40
BASE = 80


def decimal(block: Block, context: Context) -> Mark | None:
    """A short line that begins with 1.2.3, where the document has several such lines."""
    if not context.decimals or not starts(block):
        return None
    match = DECIMAL.match(block.text)
    if match is None:
        return None
    label = "".join(match[1].split()).replace("．", ".")
    title = block.text[match.end() :].strip()
    return Mark(Level.HEADING, label, title, depth=BASE + label.count("."))


def starts(block: Block) -> bool:
    """Whether a block looks like a numbered heading: short, and not a sentence."""
    text = block.text
    return (
        text[:1].isdigit()
        and len(text) <= LONGEST
        and text[-1] not in SENTENCE_END
        and DECIMAL.match(text) is not None
    )
