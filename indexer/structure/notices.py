"""A notice that issues a regulation holds two documents: the notice and the regulation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.reading import Block
from indexer.structure.patterns import ANNEX, ARTICLE, squeezed

HEAD = 80
"""Blocks from the top among which the issuing sentence is looked for."""
ISSUES = re.compile(
    r"(?:现将|现把|现)(?:修订后的|新修订的|重新修订的)?((?:[^。《]{0,6}《[^》]{2,90}》(?:[（(][^）)]{1,12}[)）])?)+)"
    r"[^。]{0,30}?(?:印发|发布|公布|转发|颁发|下发|颁布|施行)"
    r"|((?:《[^》]{2,90}》)+)[^。]{0,60}(?:通过|同意|批准|审定)[^。]{0,30}现(?:予)?(?:以)?"
    r"(?:印发|发布|公布|颁布)"
    r"|现(?:公布|发布|颁布|印发)((?:《[^》]{2,90}》)+)"
)
TITLE = re.compile(
    r"(?:印发|发布|公布|转发|下发)((?:《(?:[^《》]|〈[^〉]*〉|《[^》]*》){2,90}》[、和及]?)+)"
    r"(?:等[^。]{0,12})?的(?:通知|公告|通告|决定)"
)
TOP = 6
NAME = re.compile(r"《((?:[^《》]|《[^《》]*》){2,90})》")
TAIL = re.compile(r"[（(〔][^）)〕]{1,12}[)）〕]$")


def split_notice(blocks: Sequence[Block]) -> list[list[Block]]:
    """One list of blocks a document. A file without an issuing notice stays whole."""
    names = _issued(blocks)
    if not names:
        return [list(blocks)]
    cuts: list[int] = []
    for name in names:
        start = cuts[-1] + 1 if cuts else 1
        if (found := _title_line(blocks, name, start)) is not None:
            cuts.append(found)
    if not cuts:
        return [list(blocks)]
    first = list(blocks[: cuts[0]])
    while len(first) > 1 and len(first[-1].text) < 8 and ANNEX.match(first[-1].text):
        first.pop()  # the line «附件» above the regulation belongs to neither
    parts = [first]
    for start, end in zip(cuts, [*cuts[1:], len(blocks)], strict=True):
        parts.append(list(blocks[start:end]))
    return parts


def _issued(blocks: Sequence[Block]) -> list[str]:
    """Names of the documents that the notice's title or its first sentences say it issues."""
    top = "".join(block.text for block in blocks[:TOP] if block.kind != "table")
    if "印发" in top or "发布" in top or "公布" in top:
        match = TITLE.search(squeezed(top))
        if match:
            return [name[1] for name in NAME.finditer(match[1])]
    for block in blocks[:HEAD]:
        text = block.text
        if ARTICLE.match(text):
            return []
        if "现" in text and "《" in text and (match := ISSUES.search(text)):
            found = match[1] or match[2] or match[3]
            return [name[1] for name in NAME.finditer(found)]
    return []


def _title_line(blocks: Sequence[Block], name: str, start: int) -> int | None:
    """The line (or two lines) after the notice that is the document's title."""
    wanted = _bare(name)
    for index in range(start, len(blocks)):
        block = blocks[index]
        if block.kind == "table" or len(block.text) > 100:
            continue
        here = _bare(block.text)
        if here == wanted:
            return index
        if len(here) >= 4 and wanted.startswith(here) and index + 1 < len(blocks):
            both = _bare(block.text + blocks[index + 1].text)
            if both == wanted:
                return index
    return None


def _bare(text: str) -> str:
    text = squeezed(text).replace("〈", "《").replace("〉", "》").strip("《》")
    return TAIL.sub("", text)
