"""Sums and numbers in a question, and whether a text has a threshold that covers them.

«8万元采购谁批» is answered by the article that says 5万元以上20万元以下, whatever else it says.
People (18人), days (两周), hours and shares are read by the grammar of sums, their unit in place of
元.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from kb.law.amounts import Amount, amounts
from kb.text.numerals import to_int

_YUAN = "元"
_UNITS: dict[str, re.Pattern[str]] = {
    _YUAN: re.compile(r"块钱|块(?!\w*地)|圆"),
    "人": re.compile(r"个人|人次|名|位|人"),
    "日": re.compile(r"个工作日|天|日"),
    "时": re.compile(r"个?小时|个钟头"),
    "%": re.compile(r"%|个百分点"),
}
_FIGURE = r"(?:\d+(?:\.\d+)?|[一二三四五六七八九十两]+)"
_BEFORE = r"(?<![\d.〇零一二三四五六七八九十百千万])"
_NO_DATE = r"(?![\d〇零一二三四五六七八九十度底初末中前后来])"
_DAYS: tuple[tuple[re.Pattern[str], Decimal], ...] = (
    (
        re.compile(rf"{_BEFORE}({_FIGURE})个?(?:礼拜|星期|周)(?![年岁一二三四五六日天末期边])"),
        Decimal(7),
    ),
    (re.compile(rf"{_BEFORE}({_FIGURE})个月"), Decimal(30)),
    (
        re.compile(rf"{_BEFORE}(\d{{1,2}}|[一二三四五六七八九十两]{{1,3}})年{_NO_DATE}"),
        Decimal(365),
    ),
)
_HALVES = (
    (re.compile(rf"{_BEFORE}({_FIGURE})个半月"), 30, 15),
    (re.compile(rf"{_BEFORE}({_FIGURE})年半"), 365, 182),
)
_SPANS = (
    (re.compile(r"个把(?:礼拜|星期)"), "7日"),
    (re.compile(r"半个月"), "15日"),
    (re.compile(r"半年"), "182日"),
    (re.compile(r"百分之(?=[\d一二三四五六七八九十])([\d.一二三四五六七八九十]+)"), r"\1%"),
)
_BARE = re.compile(
    r"(\d(?:[\d,]*\d)?(?:\.\d+)?|[一二三四五六七八九十百两]+)(万|亿)(?![元圆块人名位次个件户亩吨册份字多余]|平|公)"
)
"""«38万» of something that is bought: 元 goes without saying."""

_ABOUT = re.compile(
    r"(?<![〇零一二三四五六七八九十百千万\d])[一二两三四五六七八九][二三四五六七八九](?=[十百千万个天日块人名位])"
    r"|\d+(?=[多几余][十百千万个天日块元人名位])"
)
"""«三五万元», «20多人»: no figure."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` in ``unit``: 元, 人, 日, 时 or %."""

    value: Decimal
    unit: str


def quantities(question: str) -> tuple[Quantity, ...]:
    """Every plain quantity that a question names; a range, a limit or a rough figure is none."""
    question = _BARE.sub(r"\1\2元", _ABOUT.sub("数", question))
    question = in_days(question)
    return tuple(
        Quantity(found.low, unit)
        for unit in _UNITS
        for found in amounts(_as_money(question, unit))
        if found.low is not None and found.low == found.high
    )


Replace = Callable[[re.Match[str]], str]


def in_days(text: str) -> str:
    """Weeks, months and years as days (7, 30, 365), 百分之十 as 10%: to be compared."""
    for pattern, put in _REWRITES:
        text = pattern.sub(put, text)
    return text


def _spelled(found: re.Match[str], days: Decimal, more: int = 0) -> str:
    count = to_int(found[1])
    try:
        value = Decimal(found[1]) if count is None else Decimal(count)
    except InvalidOperation:
        # «两三个月», «1.2.3月»: characters of figures that are no number.
        return found[0]
    return f"{(value * days + more).normalize():f}日"


def _rewrites() -> tuple[tuple[re.Pattern[str], Replace], ...]:
    found: list[tuple[re.Pattern[str], Replace]] = []
    for pattern, shown in _SPANS:
        found.append((pattern, lambda m, s=shown: m.expand(s)))  # type: ignore[misc]
    for pattern, whole, half in _HALVES:
        found.append((pattern, lambda m, w=whole, h=half: _spelled(m, Decimal(w), h)))  # type: ignore[misc]
    for pattern, days in _DAYS:
        found.append((pattern, lambda m, d=days: _spelled(m, d)))  # type: ignore[misc]
    return tuple(found)


_REWRITES = _rewrites()

SURE = {_YUAN: 1.0, "人": 1.0, "日": 0.4, "时": 0.4, "%": 0.6}
"""How much a threshold says. One in days is seldom what is asked about: it may be any deadline."""

MISSED = -0.25
"""A paper names many thresholds: that none fits here says less than that one does."""


def covered(wanted: tuple[Quantity, ...], text: str) -> float:
    """`SURE` if a threshold in ``text`` covers one of the quantities; `MISSED` of it if the text
    has thresholds of that unit and none does; 0 if it has none, or nothing is asked."""
    found = 0.0
    for quantity in wanted:
        ranges = [a for a in _thresholds(text, quantity.unit) if a.low != a.high]
        sure = SURE[quantity.unit]
        if any(a.holds(quantity.value) for a in ranges):
            return sure
        if ranges:
            found = min(found, MISSED * sure)
    return found


def bands(wanted: tuple[Quantity, ...], text: str) -> list[tuple[int, int]]:
    """Where the thresholds stand that cover one of the quantities, [start, end) in ``text``: those
    bounded on both sides («5万元以上、不足20万元») first, each sort in order."""
    found: list[tuple[bool, int, int]] = []
    for quantity in wanted:
        if covered((quantity,), text) <= 0:
            continue  # known from the ranking, and cheaper than to trace
        read = _Traced(text)
        for pattern, put in _REWRITES:
            read.replace(pattern, put)
        if quantity.unit != _YUAN:
            read.replace(_MONEY, lambda _: "、")
        read.replace(_UNITS[quantity.unit], lambda _: _YUAN)
        for band in amounts(read.text):
            if band.low != band.high and band.holds(quantity.value):
                half_open = band.low is None or band.high is None
                found.append((half_open, read.at[band.start], read.at[band.end]))
    return [(start, end) for _, start, end in sorted(set(found))]


class _Traced:
    """A text being rewritten, and where in the first one each of its characters stood."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = list(range(len(text) + 1))

    def replace(self, pattern: re.Pattern[str], put: Replace) -> None:
        """As ``pattern.sub(put, …)``."""
        parts: list[str] = []
        at: list[int] = []
        last = 0
        for found in pattern.finditer(self.text):
            new = put(found)
            parts += [self.text[last : found.start()], new]
            at += [*self.at[last : found.start()], *[self.at[found.start()]] * len(new)]
            last = found.end()
        self.text = "".join([*parts, self.text[last:]])
        self.at = [*at, *self.at[last:]]


_MONEY = re.compile("[元圆]")


@lru_cache(maxsize=2048)
def _thresholds(text: str, unit: str) -> tuple[Amount, ...]:
    return tuple(amounts(_as_money(in_days(text), unit)))


def _as_money(text: str, unit: str) -> str:
    if unit != _YUAN:
        text = _MONEY.sub("、", text)
    return _UNITS[unit].sub(_YUAN, text)
