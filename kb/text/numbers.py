"""发文字号, the number an office gives a paper: ``云公管〔2023〕4号``, ``国务院令第713号``.

Every bracket people use is read, with or without 年, 第 or leading zeros; 〔〕 is shown (GB/T
9704-2012, 7.2.5). The number of a court case begins with its bracket and is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.text.normalise import simplified
from kb.text.numerals import NUMERAL, digits, to_int

_YEAR = r"\d{4}|[〇○零一二三四五六七八九]{4}"
_TAIL = re.compile(
    rf"\s?[〔\[［【（(﹝〖「]\s?({_YEAR})\s?年?\s?[〕\]］】）)﹞〗」]"
    rf"\s?第?\s?({NUMERAL}{{1,6}})\s?[号號]"
)
_ORDER = re.compile(
    rf"(?<=[令告])\s{{0,2}}(?:\s?({_YEAR})\s?年)?\s?第\s?({NUMERAL}{{1,8}})\s?[号號]"
)
_ORDER_TAIL = re.compile(r"(?:令|公告|通告)$")
_ORG = re.compile(r"(?:[\u4e00-\u9fff]|(?<=[\u4e00-\u9fff])[A-Za-z]{1,4}|(?<=令) )+$")
_ORG_LONGEST = 32
# What may run into the abbreviation of an office from the left. Those of one character end it
# only with something before them: 和政发 is an office's, 和云公管 is not.
_BEFORE = re.compile(
    r".*(?:根据|按照|依据|依照|遵照|印发|转发|下发|废止|替代|代替|修订|参见|详见|文号|字号|编号|文件"
    r"|通知|通过|公布|发布|执行|落实|查阅|关于|(?<=.)(?:[及与以见由经为是的将按对在或]|(?<!共)和))"
)


@dataclass(frozen=True, slots=True)
class DocNumber:
    """A number as found. ``org`` is the office's abbreviation, or ``…令``; ``year`` is None for
    orders that count on over the years. ``start``/``end`` are offsets in the text searched."""

    org: str
    year: int | None
    number: int
    start: int
    end: int
    raw: str

    @property
    def shown(self) -> str:
        """The number as it is printed: ``云公管〔2023〕4号``."""
        if self.year is not None and self.org.endswith(("公告", "通告")):
            return f"{self.org}{self.year}年第{self.number}号"
        ordinal = "第" if self.org.endswith("令") else ""
        year = f"〔{self.year}〕" if self.year is not None else ""
        return f"{self.org}{year}{ordinal}{self.number}号"

    @property
    def key(self) -> tuple[str, int | None, int]:
        """What two spellings of one number have in common."""
        return simplified(self.org).replace(" ", ""), self.year, self.number


def find_numbers(text: str) -> list[DocNumber]:
    """Every 发文字号 in ``text``, in order."""
    found = [*_with_year(text), *_orders(text)]
    return sorted(found, key=lambda hit: hit.start)


def parse_number(text: str) -> DocNumber | None:
    """The one number that ``text`` is, brackets and blanks around it aside; None otherwise."""
    text = text.strip().strip("()（）").strip()
    found = find_numbers(text)
    return found[0] if len(found) == 1 and found[0].raw == text else None


def _with_year(text: str) -> Iterator[DocNumber]:
    for match in _TAIL.finditer(text):
        year, number = to_int(match[1]), to_int(match[2])
        start = _org_start(text, match.start())
        if year and number and 1900 <= year < 2200 and match.start() - start >= 2:
            yield _number(text, start, match.start(), match.end(), year, number)


def _orders(text: str) -> Iterator[DocNumber]:
    for match in _ORDER.finditer(text):
        number = to_int(match[2])
        start = _org_start(text, match.start())
        org = text[start : match.start()]
        if number and _ORDER_TAIL.search(org) and not org.endswith(("命令", "责令", "法令")):
            year = to_int(match[1]) if match[1] else None
            yield _number(text, start, match.start(), match.end(), year, number)


def _number(
    text: str, start: int, middle: int, end: int, year: int | None, number: int
) -> DocNumber:
    return DocNumber(digits(text[start:middle]).strip(), year, number, start, end, text[start:end])


def _org_start(text: str, end: int) -> int:
    """Where the office's abbreviation that ends at ``end`` begins; ``end`` where there is none."""
    window = text[max(0, end - _ORG_LONGEST) : end]
    run = _ORG.search(window)
    if run is None:
        return end
    name = run.group()
    if (cut := _BEFORE.match(name)) and len(name) - cut.end() >= 2:
        name = name[cut.end() :]
    if name.startswith("原") and len(name) > 2:
        name = name[1:]
    return end - len(name)
