"""Amounts of money as intervals: ``5万元以上20万元以下（不含）`` is 50,000 ≤ x < 200,000 元.

以上, 以下, 以内 and 不超过 include the figure; 不满, 不足, 超过 and 以外 do not (民法典 1259).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kb.text.numerals import to_int

_FIGURE = r"(?:\d[\d,，]*(?:[.．]\d+)?|[〇零一二三四五六七八九十百千两]+)"
_SCALE = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_MONEY = rf"({_FIGURE})\s?(亿|千万|百万|十万|万|千|百)?"
_YUAN = r"\s?(?:元|圆)(?:人民币)?"
_MARK = r"(?:\s?[（(]\s?(不?含)[^）)]{0,8}[）)])?"
_MORE = r"(?:及其?以上|以上|起)"
_LESS = r"(?:及其?以下|以下|以内|之内|内|止)"
_NOT_OVER = r"(?:不得?超过|不高于|不得高于|至多|最多|最高|不突破|上限为?)"
_UNDER = r"(?:不足|未满|不满|(?<![不得])(?:低于|少于|小于)|未达到?|不到)"
_OVER = r"(?<![不得])(?:超过|高于|大于|多于|超出|逾)"
_NOT_UNDER = r"(?:不得?低于|不得?少于|不小于|至少|最低|达到|(?<![不未])满|下限为?)"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount or a range of amounts in 元. ``low`` or ``high`` None is open at that side;
    both equal is one amount. ``start``/``end`` are offsets, ``text`` what stands there."""

    low: Decimal | None
    high: Decimal | None
    low_included: bool
    high_included: bool
    start: int
    end: int
    text: str

    def holds(self, value: Decimal) -> bool:
        """Whether ``value`` 元 lies within."""
        if self.low is not None and (
            value < self.low or (value == self.low and not self.low_included)
        ):
            return False
        return self.high is None or value < self.high or (value == self.high and self.high_included)

    @property
    def shown(self) -> str:
        """The interval in symbols: ``[50000, 200000)``."""
        low = "-∞" if self.low is None else f"{self.low.normalize():f}"
        high = "∞" if self.high is None else f"{self.high.normalize():f}"
        left = "[" if self.low is not None and self.low_included else "("
        right = "]" if self.high is not None and self.high_included else ")"
        return f"{left}{low}, {high}{right}"


Bounds = tuple[Decimal | None, Decimal | None, bool, bool]


def _between(m: re.Match[str]) -> Bounds | None:
    scale_high = m["u2"]
    low = _value(m["f1"], m["u1"] if m["u1"] or m["y1"] else scale_high)
    high = _value(m["f2"], scale_high)
    if low is None or high is None or low > high:
        return None
    return low, high, m["m1"] != "不含" and not m["over"], m["m2"] != "不含" and not m["under"]


def _upper(m: re.Match[str]) -> Bounds | None:
    high = _value(m[1], m[2])
    return None if high is None else (None, high, False, m[3] != "不含")


def _below(m: re.Match[str]) -> Bounds | None:
    high = _value(m[1], m[2])
    return None if high is None else (None, high, False, False)


def _lower(m: re.Match[str]) -> Bounds | None:
    low = _value(m[1], m[2])
    return None if low is None else (low, None, m[3] != "不含", False)


def _above(m: re.Match[str]) -> Bounds | None:
    low = _value(m[1], m[2])
    return None if low is None else (low, None, False, False)


def _exact(m: re.Match[str]) -> Bounds | None:
    value = _value(m[1], m[2])
    return None if value is None else (value, value, True, True)


# In this order; what one has read the next ones do not see.
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Bounds | None]], ...] = (
    (
        re.compile(
            rf"(?:(?P<over>{_OVER})\s?)?(?P<f1>{_FIGURE})\s?(?P<u1>亿|千万|百万|十万|万|千|百)?(?P<y1>\s?元)?"
            rf"(?:\s?[（(]\s?(?P<m1>不?含)[^）)]{{0,8}}[）)])?\s?{_MORE}?(?:\s?[（(]不?含[^）)]{{0,8}}[）)])?"
            rf"\s?(?:至|到|—+|–|~|～|-|、|，|,|但)?\s?(?:(?P<under>{_UNDER})|{_NOT_OVER})?\s?"
            rf"(?P<f2>{_FIGURE})\s?(?P<u2>亿|千万|百万|十万|万|千|百)?{_YUAN}"
            rf"(?:\s?[（(]\s?(?P<m2>不?含)[^）)]{{0,8}}[）)])?\s?(?P<less>{_LESS})?"
            rf"(?:\s?[（(]\s?(?P<m3>不?含)[^）)]{{0,8}}[）)])?"
        ),
        _between,
    ),
    (re.compile(rf"{_NOT_OVER}\s?{_MONEY}{_YUAN}{_MARK}"), _upper),
    (re.compile(rf"{_NOT_UNDER}\s?{_MONEY}{_YUAN}{_MARK}(?:\s?{_MORE})?"), _lower),
    (re.compile(rf"{_UNDER}\s?{_MONEY}{_YUAN}"), _below),
    (re.compile(rf"{_OVER}\s?{_MONEY}{_YUAN}"), _above),
    (re.compile(rf"{_MONEY}{_YUAN}{_MARK}\s?{_LESS}{_MARK}"), _upper),
    (re.compile(rf"{_MONEY}{_YUAN}{_MARK}\s?{_MORE}{_MARK}"), _lower),
    (re.compile(rf"{_MONEY}{_YUAN}"), _exact),
)


def amounts(text: str) -> list[Amount]:
    """Every amount of money in ``text``, in order, as an interval in 元."""
    if "元" not in text and "圆" not in text:
        return []
    found: list[Amount] = []
    left = text
    for pattern, read in _RULES:
        for match in pattern.finditer(left):
            if read is _between and not _is_range(match):
                continue
            bounds = read(match)
            if bounds is None:
                continue
            start, end = match.span()
            found.append(Amount(*bounds, start, end, text[start:end]))
            left = left[:start] + "\0" * (end - start) + left[end:]
    return sorted(found, key=lambda amount: amount.start)


def _is_range(m: re.Match[str]) -> bool:
    """Two figures beside each other are a range only if a word or a dash between them says so."""
    between = m.string[m.end("f1") : m.start("f2")]
    dash = re.search(r"至|到|—|–|~|～|-", between) is not None
    lower = re.search(_MORE, between) is not None or m["over"] is not None
    upper = (
        m["under"] is not None or m["less"] is not None or re.search(_NOT_OVER, between) is not None
    )
    return dash or (lower and upper)


def _value(figure: str, scale: str | None) -> Decimal | None:
    figure = figure.replace(",", "").replace("，", "").replace("．", ".")
    whole = to_int(figure)
    try:
        value = Decimal(figure) if whole is None else Decimal(whole)
    except InvalidOperation:
        return None
    return value * _SCALE[scale or ""]
