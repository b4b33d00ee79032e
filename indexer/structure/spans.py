"""款, 项 and 目 inside an article.

Every paragraph of a 条 that is neither 项 nor 目 is the next 款; one that follows 项 is a new 款
(立法法 2023, 65; DOMAIN.md, section 1). 款 carry no number; their place is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.structure.patterns import ITEM, ITEM_OLD, POINT
from kb.model import Span
from kb.text.numerals import to_chinese, to_int

DEEPER = "目下"
"""A level below 目 that has no name of its own: «第1目（2）»."""
INLINE = re.compile(r"(?<=[：:；;。，,、\s])[（(]([一二三四五六七八九十]+)[)）]")

LABEL_STARTS = frozenset(
    "（(零〇○一二三四五六七八九十百0123456789０１２３４５６７８９"
) | frozenset(chr(code) for code in range(0x2460, 0x2474))


@dataclass(slots=True)
class _Piece:
    """A 款, 项 or 目 being built. ``form`` is how its label is written."""

    level: str
    shown: str
    start: int
    end: int
    form: str = ""


def spans_of(paragraphs: Sequence[str], tables: Sequence[bool] = ()) -> tuple[Span, ...]:
    """The 款, 项 and 目 of an article, in the order of their beginning.

    Args:
        paragraphs: its paragraphs; its text is these joined by one line break.
        tables: which of them are tables (they are no 款); empty where none is.

    A locator names the 款 only where there are two or more; otherwise it is «第（一）项».
    """
    if len(paragraphs) == 1 and "（" not in paragraphs[0] and "(" not in paragraphs[0]:
        return (Span("款", "第一款", 0, len(paragraphs[0])),)
    pieces: list[_Piece] = []
    at = 0
    for index, paragraph in enumerate(paragraphs):
        if not (tables and tables[index]):
            pieces.extend(_pieces(paragraph, at, pieces))
        at += len(paragraph) + 1
    return tuple(_located(pieces))


def _pieces(paragraph: str, start: int, before: list[_Piece]) -> Iterator[_Piece]:
    """The pieces that one paragraph makes; a list set within it is taken apart."""
    end = start + len(paragraph)
    kind = _labelled(paragraph, before[-1] if before else None, before)
    level, shown, form = kind or ("款", "", "")
    if level != "款" and not before:
        yield _Piece("款", "", start, start)
    inner = list(_inline(paragraph, shown if form == "（" else ""))
    first_end = start + inner[0][0] if inner else end
    yield _Piece(level, shown, start, end if level == "款" else first_end, form)
    for number, (offset, label) in enumerate(inner):
        stop = inner[number + 1][0] if number + 1 < len(inner) else len(paragraph)
        yield _Piece("项", f"（{label}）", start + offset, start + stop, "（")


def _labelled(
    paragraph: str, last: _Piece | None, before: list[_Piece]
) -> tuple[str, str, str] | None:
    """(level, label, form) of a paragraph that begins with a 项's or 目's label."""
    if paragraph[0] not in LABEL_STARTS:
        return None
    if match := ITEM.match(paragraph):
        return "项", f"（{match[1]}）", "（"
    listed = last is not None and last.level != "款"
    if (match := ITEM_OLD.match(paragraph)) and (listed or match[1] == "一"):
        return "项", match[1], "、"
    if match := POINT.match(paragraph):
        label = match[1] or match[2] or str(ord(match[3]) - 0x245F)
        form = "1" if match[1] else "(1)" if match[2] else "①"
        item = next((p for p in reversed(before) if p.level in ("项", "款")), None)
        # Arabic numbers are 目 below a 项; where there is none above, they are the 项.
        if item is None or item.level == "款" or item.form == form:
            return "项", label, form
        point = next((p for p in reversed(before) if p.level in ("目", "项")), item)
        deeper = point.level == "目" and point.form != form
        return (DEEPER if deeper else "目"), label, form
    return None


def _inline(paragraph: str, first: str) -> list[tuple[int, str]]:
    """(offset, label) of 项 within a paragraph, where they are numbered without a gap."""
    if paragraph.find("（", 1) < 0 and paragraph.find("(", 1) < 0:
        return []
    wanted = (to_int(first.strip("（）")) or 0) + 1 if first else 1
    found: list[tuple[int, str]] = []
    for match in INLINE.finditer(paragraph, 1):
        if to_int(match[1]) == wanted:
            found.append((match.start(), match[1]))
            wanted += 1
    return found if len(found) >= (1 if first else 2) else []


def _located(pieces: list[_Piece]) -> Iterator[Span]:
    several = sum(1 for piece in pieces if piece.level == "款") > 1
    clause = 0
    prefix = item = point = ""
    for index, piece in enumerate(pieces):
        if piece.level == "款":
            clause += 1
            prefix = f"第{to_chinese(clause)}款" if several else ""
            locator = f"第{to_chinese(clause)}款"
        elif piece.level == "项":
            item = locator = f"{prefix}第{piece.shown}项"
        elif piece.level == "目":
            point = locator = f"{item}第{piece.shown}目"
        else:
            locator = f"{point}（{piece.shown}）"
        yield Span(
            "目" if piece.level == DEEPER else piece.level,
            locator,
            piece.start,
            _end(pieces, index),
        )


def _end(pieces: list[_Piece], index: int) -> int:
    """Where a piece ends, with all that lies below it."""
    order = {"款": 0, "项": 1, "目": 2, DEEPER: 3}
    end = pieces[index].end
    for piece in pieces[index + 1 :]:
        if order[piece.level] <= order[pieces[index].level]:
            break
        end = piece.end
    return end
