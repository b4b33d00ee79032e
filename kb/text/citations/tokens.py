"""The words that citations are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kb.text.numerals import NUMERAL, to_int

_N = rf"{NUMERAL}{{1,8}}"
_AND = r"\s?(?:、|和|与|及|以及|或者|或|至|到|—|－|–|-|~|～)\s?"
SELF_NAMES = (
    r"法典|法|条例|办法|规定|细则|规则|决定|解释|制度|规程|准则|章程|规范|标准|守则|通知|意见|方案|公约"
    r"|实施细则|实施办法|暂行条例|暂行办法|暂行规定|实施条例|协定|条约|安排|指南|公告|通则|补充规定|议事规则|修正案|批复"
)
_LISTED = rf"{_N}(?:{_AND}第?{_N}){{0,20}}"
_BRACKETED = rf"\s?{_N}\s?[）)](?:{_AND}第?\s?[（(]\s?{_N}\s?[）)]){{0,20}}\s?项(?!目)(?P<item>)"
_NOT_PLACE = r"(?![件例约文目式])"
# Every branch begins with a literal and marks its kind by an empty group at its end: then the
# engine looks for those few characters first, and the text is read three times as fast.
_TOKEN = re.compile(
    r"《(?:[^《》\n]|《[^《》\n]*》){1,120}》(?:\s?[（(][^（）()《》\n]{0,80}[）)])?(?P<title>)"
    rf"|本(?:{SELF_NAMES})(?=第|\s第|中第|的第)(?P<self>)"
    rf"|本[条款项](?![件例约文目式条款项])(?P<own>)"
    rf"|第\s?{_LISTED}\s?条(?![件例约款文])(?:\s?之\s?{NUMERAL}{{1,4}}(?![\d分]))?(?P<art>)"
    rf"|第\s?{_LISTED}\s?款(?![项式待])(?P<par>)"
    rf"|第\s?[（(]{_BRACKETED}"
    rf"|第\s?{_LISTED}\s?项(?!目)(?P<item2>)"
    rf"|第\s?{_N}\s?目(?![标前录的])(?P<point>)"
    rf"|（{_BRACKETED.replace('<item>', '<item3>')}"
    rf"|\({_BRACKETED.replace('<item>', '<item4>')}"
    rf"|前(?<![以之目]前)(?:{NUMERAL}|数|各|述)?[条款项]{_NOT_PLACE}(?P<rel>)"
    rf"|上(?<![以之]上)一?[条款]{_NOT_PLACE}(?P<rel2>)"
    rf"|下(?<![以之]下)一?条{_NOT_PLACE}(?P<rel3>)"
)
_KINDS = {"own": "rel"}
_NUMBERS = re.compile(rf"({_AND})?[第\s（(]*({_N})")
_RANGE = re.compile(r"至|到|—|－|–|-|~|～")
_INSERTED = re.compile(rf"之\s?({NUMERAL}{{1,4}})$")
LEVELS = {"art": 0, "par": 1, "item": 2, "point": 3}
"""How deep a token goes; a smaller number holds the larger ones."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a token; ``ranged``: all from the number before it are meant."""

    value: int
    inserted: int | None = None
    ranged: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is title, self, art, par, item, point or rel. ``numbers`` are those of a place
    (第三、四条 has two); ``name`` the title without 《》, or the word of 本… and 前…."""

    kind: str
    start: int
    end: int
    name: str
    numbers: tuple[Number, ...] = ()


@lru_cache(maxsize=2)
def tokens(text: str) -> tuple[Token, ...]:
    """All tokens of ``text`` in order. An article's own label at the head of a line is none.

    Kept for the next call: places and documents are asked for one after the other.
    """
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind = (match.lastgroup or "").rstrip("0123456789")
        kind = _KINDS.get(kind, kind)
        raw = match.group()
        if kind in LEVELS:
            numbers = _numbers(raw)
            alone = len(numbers) == 1 and kind == "art"
            if numbers and not (alone and _is_heading(text, match)):
                yield Token(kind, *match.span(), raw, numbers)
        elif kind == "title":
            yield Token(kind, *match.span(), raw[1 : raw.rindex("》")].strip())
        else:
            yield Token(kind, *match.span(), raw)


def _numbers(raw: str) -> tuple[Number, ...]:
    inserted = _INSERTED.search(raw)
    body = raw[: inserted.start()] if inserted else raw
    found: list[Number] = []
    for match in _NUMBERS.finditer(body):
        value = to_int(match[2])
        if value is None or value == 0:
            return ()
        found.append(Number(value, None, bool(match[1] and _RANGE.search(match[1]))))
    if inserted and found:
        found[-1] = Number(found[-1].value, to_int(inserted[1]), found[-1].ranged)
    return tuple(found)


def _is_heading(text: str, match: re.Match[str]) -> bool:
    """«第三条　本办法…» at the head of a line, bold or not, or after a full stop where lines were
    glued together, is the article itself."""
    after = text[match.end() : match.end() + 1]
    if after and not after.isspace() and after != "*":
        return False
    before = text[max(0, match.start() - 12) : match.start()].rstrip(" \t\u3000#*>")
    return not before or before[-1] in "\n。"
