"""Sums and numbers in a question, and whether a text has a threshold that covers them.

«8万元采购谁批» is answered by the article that says 5万元以上20万元以下, whatever else it says.
People (18人) and days (两周) are read by the grammar of sums with their unit in place of 元.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from kb.law.amounts import Amount, amounts

_YUAN = "元"
_UNITS: dict[str, re.Pattern[str]] = {
    _YUAN: re.compile(r"块钱|块(?!\w*地)|圆"),
    "人": re.compile(r"个人|人次|名|位|人"),
    "日": re.compile(r"个工作日|天|日"),
}
_SPANS = (
    (re.compile(r"(?:一个?|1个?)(?:礼拜|星期|周)|个把礼拜"), "7日"),
    (re.compile(r"(?:两个?|2个?)(?:礼拜|星期|周)"), "14日"),
    (re.compile(r"半个月"), "15日"),
    (re.compile(r"(?:一个|1个)月"), "30日"),
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` in ``unit``: 元, 人 or 日."""

    value: Decimal
    unit: str


def quantities(question: str) -> tuple[Quantity, ...]:
    """Every plain quantity that a question names; a range or a limit is none."""
    for pattern, days in _SPANS:
        question = pattern.sub(days, question)
    return tuple(
        Quantity(found.low, unit)
        for unit in _UNITS
        for found in amounts(_as_money(question, unit))
        if found.low is not None and found.low == found.high
    )


SURE = {_YUAN: 1.0, "人": 1.0, "日": 0.4}
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


@lru_cache(maxsize=2048)
def _thresholds(text: str, unit: str) -> tuple[Amount, ...]:
    return tuple(amounts(_as_money(text, unit)))


def _as_money(text: str, unit: str) -> str:
    if unit != _YUAN:
        text = text.replace("元", "、").replace("圆", "、")
    return _UNITS[unit].sub(_YUAN, text)
