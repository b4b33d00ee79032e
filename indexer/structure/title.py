"""The title of a document: what the file marks as one, else the line that looks like one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.reading import Block
from indexer.structure.patterns import ARTICLE, DIVISION, ITEM_OLD, SENTENCE_END, TITLE_END

HEAD = 30
"""Blocks from the top among which a title is looked for."""
LONGEST = 90
NOT_TITLE = re.compile(
    r"[（(〔\[【《]?\s*(?:\d{4}年|附件|附表|第.{1,8}号|签发|编号|密级|份号|ICS|目录|目次)"
    r"|.{1,24}[〔\[［【（(]\d{4}[〕\]］】)）].{0,6}号$|.{2,30}(?:文件|令)$|GB|DB\d"
    r"|各.{0,40}[:：]$|抄送|[（(].*[)）]$"
)


def take_title(blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """The title ("" where none is found) and the blocks without it."""
    head = blocks[:HEAD]
    for wanted in (_marked, _looks):
        for index, block in enumerate(head):
            if _body(block):
                break
            if wanted(block):
                return _joined(blocks, index)
    return "", list(blocks)


def _marked(block: Block) -> bool:
    """A heading of level 1, a Word title, the large line of a PDF."""
    if NOT_TITLE.match(block.text) and block.level != 1:
        return False
    if block.kind == "heading":
        return block.level in (None, 1) and not DIVISION.match(block.text)
    return "title" in block.style.split()


def _looks(block: Block) -> bool:
    """A short line, centred or ending as titles end."""
    text = block.text
    if block.kind == "table" or len(text) > LONGEST or text[-1] in SENTENCE_END:
        return False
    if NOT_TITLE.match(text) or ITEM_OLD.match(text):
        return False
    if block.kind == "heading":
        return not DIVISION.match(text)
    return "centre" in block.style or TITLE_END.search(text) is not None


def _body(block: Block) -> bool:
    """Whether the text proper has begun: what follows is no title any more."""
    text = block.text
    return bool(text.startswith("第") and (ARTICLE.match(text) or DIVISION.match(text))) or (
        block.kind == "paragraph" and len(text) > 120
    )


def _joined(blocks: Sequence[Block], index: int) -> tuple[str, list[Block]]:
    """A title set in two lines is one title."""
    first = blocks[index]
    title = first.text
    end = index + 1
    while (
        end < len(blocks)
        and end - index < 4
        and not (first.kind == "heading" and first.level is not None)
        and "centre" in blocks[end].style
        and blocks[end].style == first.style
        and blocks[end].kind == first.kind
        and not TITLE_END.search(title)
        and not NOT_TITLE.match(blocks[end].text)
        and not _body(blocks[end])
    ):
        title += blocks[end].text
        end += 1
    title = re.sub(r"(?<=[\u3000-\u9fff])\s+(?=[\u3000-\u9fff])", "", title)
    return title.strip(), [*blocks[:index], *blocks[end:]]
