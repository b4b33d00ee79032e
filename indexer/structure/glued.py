"""Articles glued into one line by a converter are split, where their sequence proves it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.reading import Block
from indexer.structure.patterns import ARTICLE, N
from kb.text.numerals import to_int

INSIDE = re.compile(rf"(?<=[。；：\s　])第({N}+)条(?=[\s　])")
OWN = re.compile(rf"第({N}+)条")


def split_glued(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, each article's label at the beginning of one.

    A label inside a paragraph is a mention unless white space follows it, a sentence ends before
    it, and its number is one more than that of the article it stands in.
    """
    number = 0
    for block in blocks:
        if block.kind == "table" or "第" not in block.text:
            yield block
            continue
        if ARTICLE.match(block.text) and (own := OWN.match(block.text)):
            number = to_int(own[1]) or number
        cuts = [0]
        for match in INSIDE.finditer(block.text, 1):
            if number and to_int(match[1]) == number + 1:
                number += 1
                cuts.append(match.start())
        if len(cuts) == 1:
            yield block
            continue
        for start, end in zip(cuts, [*cuts[1:], len(block.text)], strict=True):
            if piece := block.text[start:end].strip():
                yield block.with_text(piece)
