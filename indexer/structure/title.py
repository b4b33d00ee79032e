"""The title of a document: what the file marks as one, else the line that looks like one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.reading import Block
from indexer.structure.patterns import ARTICLE, DIVISION, ITEM, ITEM_OLD, SENTENCE_END, TITLE_END

HEAD = 30
"""Blocks from the top among which a title is looked for."""
LONGEST = 90
NOT_TITLE = re.compile(
    r"[（(〔\[【《]?\s*(?:\d{4}年\d{1,2}月|附件|附表|第.{1,8}号|签发|编号|密级|份号|ICS|目录|目次)"
    r"|.{1,24}[〔\[［【（(]\d{4}[〕\]］】)）].{0,6}号$|.{2,30}(?:文件|令)$|GB|DB\d"
    r"|(?:中华人民共和国)?.{0,8}(?:国家|行业|地方|团体)标准$|[^\u4e00-\u9fff]*$"
    r"|各.{0,40}[:：]$|抄送|[（(].*[)）]$"
)

NUMBERED = re.compile(
    rf"\d{{1,2}}(?:\.\d{{1,2}})*[.．、\s)）]\s*(?!\d)|{ITEM_OLD.pattern}|{ITEM.pattern}"
)

ORDER = re.compile(r"[\u4e00-\u9fff]{2,30}令$")
ORDER_NUMBER = re.compile(r"第?[\s　]*[\d〇零一二三四五六七八九十百]+[\s　]*号")
STATE = re.compile(
    r"[（(](?:试行|暂行|草案|征求意见稿|送审稿|讨论稿|修订稿?|修正本?|\d{4}年(?:修订|修正|版|本))[)）]"
)


def take_title(blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """The title ("" where none is found) and the blocks without it.

    What the file sets as a title comes before what only reads like one.
    """
    head = blocks[:HEAD]
    for wanted in (_set, _reads, _order, _first):
        for index, block in enumerate(head):
            if _body(block):
                break
            if wanted(block):
                return _joined(blocks, index)
    return "", list(blocks)


def _set(block: Block) -> bool:
    """A heading of level 1, a Word title, the large line of a PDF, a centred line."""
    text = block.text
    if block.kind == "table" or len(text) > LONGEST or DIVISION.match(text):
        return False
    if block.kind == "heading" and block.level == 1 and not NUMBERED.match(text):
        return not (block.style and NOT_TITLE.match(text))
    ends = "。；，：" if block.kind == "heading" else SENTENCE_END
    if NOT_TITLE.match(text) or NUMBERED.match(text) or text[-1] in ends:
        return False
    words = block.style.split()
    return (
        (block.kind == "heading" and block.level is None) or "title" in words or "centre" in words
    )


def _reads(block: Block) -> bool:
    """A short line that ends as titles end, or any heading."""
    text = block.text
    if block.kind == "table" or len(text) > LONGEST or text[-1] in SENTENCE_END:
        return False
    if NOT_TITLE.match(text) or DIVISION.match(text):
        return False
    if block.kind == "heading":
        return not NUMBERED.match(text)
    looks = "bold" in block.style or TITLE_END.search(text) is not None
    return looks and not NUMBERED.match(text)


def _order(block: Block) -> bool:
    """The head of an order: «某市人民政府令», its number in the next line."""
    return block.kind != "table" and ORDER.match(block.text) is not None


def _first(block: Block) -> bool:
    """Any short line that is no sentence."""
    text = block.text
    return (
        block.kind != "table"
        and len(text) <= 40
        and text[-1] not in SENTENCE_END
        and not NOT_TITLE.match(text)
        and not NUMBERED.match(text)
    )


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
    if ORDER.match(title) and end < len(blocks) and ORDER_NUMBER.fullmatch(blocks[end].text):
        title += blocks[end].text
        end += 1
    while end < min(len(blocks), index + 4) and _continues(first, title, blocks[end]):
        title += blocks[end].text
        end += 1
    if end < len(blocks) and STATE.fullmatch(blocks[end].text):
        title += blocks[end].text
        end += 1
    return _spaced(title), [*blocks[:index], *blocks[end:]]


def _spaced(title: str) -> str:
    """A title set wide («通　知») is closed; the blank between two organs is kept."""
    whole = ""
    last = ""
    for word in title.split():
        gap = len(word) > 1 and len(last) > 1 and word[0] not in "（(〔" and last[-1] not in "》、"
        whole += (" " if gap else "") + word
        last = word
    return whole


def _continues(first: Block, title: str, block: Block) -> bool:
    """Whether a line goes on with the title above it: set alike, and the title not yet whole."""
    if title[-1] in SENTENCE_END or "：" in block.text:
        return False
    if TITLE_END.search(title) or NOT_TITLE.match(block.text) or _body(block):
        return False
    centred = "centre" in first.style and "centre" in block.style
    return centred and first.level == block.level and len(block.text) <= LONGEST
