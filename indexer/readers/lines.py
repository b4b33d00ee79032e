"""Lines placed on pages to paragraphs: what PDF and OFD have in common.

Running heads, feet and page numbers are taken out; a paragraph begins where a line is indented,
where the line above ended early, or where the letters change size.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from indexer.reading import Block

PAGE_NUMBER = re.compile(
    r"[\s—–\-_·•.|]*(?:第\s*)?(?:\d{1,4}|[ivxlcIVXLC]{1,6})(?:\s*页)?"
    r"(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[\s—–\-_·•.|]*"
)
LABEL = re.compile(
    r"第\s?[零〇○一二三四五六七八九十百千万两\d]+\s?"
    r"(?:分编|[编章节]|条(?:之[一二三四五六七八九十]+)?)(?:[\s　]|$)"
    r"|[（(]\s?[一二三四五六七八九十百]+\s?[)）]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,3}(?:\.\d{1,3})*[.．、]?(?=[\s　\u4e00-\u9fff])|[（(]\d{1,2}[)）]|附件|附表|附录"
)
SENTENCE_END = "。！？；：.!?;:"
EDGE = 0.2
"""Share of a page's height, above and below, where running heads and feet stand."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text. Lengths in any one unit, ``top`` measured from the page's upper edge.

    ``height`` is that of the page, ``size`` that of the letters.
    """

    page: int
    text: str
    x0: float
    x1: float
    top: float
    size: float
    height: float
    block: Block | None = None


def scaled(lines: Sequence[Line], height: float) -> list[Line]:
    """Lines measured in other units, brought to those in which their page is ``height`` high."""
    return [
        replace(
            line,
            x0=line.x0 * factor,
            x1=line.x1 * factor,
            top=line.top * factor,
            size=line.size * factor,
            height=height,
        )
        for line in lines
        for factor in (height / line.height,)
    ]


def tidy(text: str) -> str:
    """Take out the blanks that a layout sets between Han characters and digits or letters."""
    text = re.sub(r"[ \t\xa0]+", " ", text).strip(" ")
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=\S)", "\x00", text)
    text = re.sub(r"(?<=\S) (?=[\u3000-\u9fff\uff00-\uffef])", "", text)
    # A label keeps its gap; it is what tells an article from a mention of one.
    text = re.sub(
        r"^(第[^\x00]{1,12}?(?:分编|[编章节条])(?:之[一二三四五六七八九十]+)?)\x00", "\\1　", text
    )
    return text.replace("\x00", "")


def without_running_heads(lines: Sequence[Line], pages: int) -> tuple[list[Line], tuple[str, ...]]:
    """The lines of the text, and the running heads and feet that were among them."""
    body_size = _body_size(lines)
    outer = _outermost(lines)
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for line in outer:
        seen[_place(line)].add(line.page)
    often = max(2, pages // 4)
    kept: list[Line] = []
    heads: list[str] = []
    for line in lines:
        if line in outer:
            if PAGE_NUMBER.fullmatch(line.text):
                continue
            # On a single page nothing repeats: small letters above the text give a head away.
            small = pages == 1 and line.size < 0.8 * body_size and line.top < 0.1 * line.height
            if len(seen[_place(line)]) >= often or small:
                if line.text not in heads:
                    heads.append(line.text)
                continue
        kept.append(line)
    return kept, tuple(heads)


def _outermost(lines: Sequence[Line]) -> set[Line]:
    """The two uppermost and the two lowest lines of each page, where they stand at its edge."""
    by_page: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_page[line.page].append(line)
    outer: set[Line] = set()
    for here in by_page.values():
        ranked = sorted(here, key=lambda line: line.top)
        outer.update(line for line in [*ranked[:2], *ranked[-2:]] if _at_edge(line))
    return outer


def blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """Paragraphs, headings and the tables that stand among the lines."""
    margins = _margins(lines)
    body_size = _body_size(lines)
    pitch = _pitch(lines)
    gathered: list[Line] = []
    for line in lines:
        if line.block is not None:
            yield from _made(gathered, margins, body_size)
            gathered = []
            yield line.block
            continue
        if gathered and _begins(line, gathered, margins, pitch, body_size):
            yield from _made(gathered, margins, body_size)
            gathered = []
        gathered.append(line)
    yield from _made(gathered, margins, body_size)


def _begins(
    line: Line,
    above: list[Line],
    margins: dict[int, tuple[float, float]],
    pitch: float,
    body_size: float,
) -> bool:
    last = above[-1]
    left, right = margins[last.page]
    here_left, _ = margins[line.page]
    if abs(line.size - last.size) > 0.15 * max(line.size, last.size):
        return True
    open_bracket = "".join(x.text for x in above).count("（") > "".join(
        x.text for x in above
    ).count("）")
    if _centred(last, margins) or _centred(line, margins):
        same = _centred(last, margins) and _centred(line, margins)
        if open_bracket and len(above) < 3:
            return False
        runs_on = (
            same
            and line.page == last.page
            and line.size > 1.15 * body_size
            and not LABEL.match(line.text)
        )
        near = line.top - last.top < 2.2 * line.size
        return not (
            runs_on
            and near
            and not LABEL.match(last.text)
            and not line.text.startswith(("（", "("))
        )
    if line.page == last.page and line.top - last.top > 1.7 * max(pitch, line.size):
        return True
    indent = line.x0 - here_left
    short = last.x1 < right - 1.8 * last.size
    ended = last.text[-1:] in SENTENCE_END
    if indent > 1.2 * line.size and not (
        len(above) > 0 and abs(last.x0 - left - indent) < 1 and not short
    ):
        return True
    if indent > 1.2 * line.size and (ended or LABEL.match(line.text)):
        return True
    if LABEL.match(line.text) and (short or ended):
        return True
    return short and not open_bracket


def _made(
    lines: list[Line], margins: dict[int, tuple[float, float]], body_size: float
) -> Iterator[Block]:
    if not lines:
        return
    text = lines[0].text
    for line in lines[1:]:
        latin = text[-1:].isascii() and text[-1:].isalnum() and line.text[:1].isascii()
        text += (" " if latin and line.text[:1].isalnum() else "") + line.text
    text = text.strip()
    if not text:
        return
    style = "centre" if all(_centred(line, margins) for line in lines) else ""
    large = lines[0].size > 1.15 * body_size
    if large and len(text) <= 80 and text[-1] not in "。；，":
        yield Block("heading", text, page=lines[0].page, style=f"{style} large".strip())
    else:
        yield Block("paragraph", text, page=lines[0].page, style=style)


def _centred(line: Line, margins: dict[int, tuple[float, float]]) -> bool:
    left, right = margins[line.page]
    before, after = line.x0 - left, right - line.x1
    return before > 2.4 * line.size and abs(before - after) < 1.6 * line.size


def _margins(lines: Sequence[Line]) -> dict[int, tuple[float, float]]:
    """Left and right edge of the text of each page; a sparse page borrows those of the file."""
    texts = [line for line in lines if line.block is None]
    whole = _edges(texts)
    by_page: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_page[line.page].append(line)
    result: dict[int, tuple[float, float]] = {}
    for page, here in by_page.items():
        own = _edges([line for line in here if line.block is None])
        sparse = len(here) < 8 or own[1] - own[0] < 0.8 * (whole[1] - whole[0])
        result[page] = whole if sparse else own
    return result


def _edges(lines: Sequence[Line]) -> tuple[float, float]:
    if not lines:
        return 0.0, 0.0
    lefts = Counter(round(line.x0) for line in lines)
    # The left edge is the leftmost place where lines often begin; indented ones begin further in.
    often = max(2, max(lefts.values()) // 5)
    left = min((x for x, count in lefts.items() if count >= often), default=min(lefts))
    rights = sorted(line.x1 for line in lines)
    return float(left), rights[min(len(rights) - 1, len(rights) * 9 // 10)]


def _pitch(lines: Sequence[Line]) -> float:
    gaps = [
        b.top - a.top
        for a, b in pairwise(lines)
        if a.page == b.page and 0 < b.top - a.top < 4 * b.size
    ]
    return median(gaps) if gaps else 0.0


def _body_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _at_edge(line: Line) -> bool:
    return line.top < EDGE * line.height or line.top > (1 - EDGE) * line.height


def _place(line: Line) -> tuple[str, int]:
    """What makes a line the same on another page: its words, digits masked, and the edge."""
    return re.sub(r"[\d\s]+", "#", line.text), int(line.top > line.height / 2)
