"""Chinese numerals, both ways. 25 lines are safer than a library here: 〇, 两, 廿 and 卅 occur."""

from __future__ import annotations

import re
from functools import lru_cache

NUMERAL = r"[零〇○一二三四五六七八九十百千万两廿卅\d]"
"""One character of a numeral, as a regular expression (DOMAIN: N)."""

_DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "○": 0,
    "两": 2,
}
_TENS = {"廿": "二十", "卅": "三十"}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_SHOWN = "零一二三四五六七八九"
_LONGEST = 24
_PLACED = re.compile(r"[零〇○一二三四五六七八九]{2,}")


@lru_cache(maxsize=4096)
def to_int(text: str) -> int | None:
    """The value of a numeral: ``二十三``, ``二〇二三``, ``廿三``, ``两百零五``, ``23``, ``２３``.

    None where it is not one numeral, can be read two ways (``一百二`` is 102 or 120), or
    has more than 24 characters.
    """
    if len(text) > _LONGEST:
        return None
    if text.isdecimal():
        return int(text)
    for old, new in _TENS.items():
        text = text.replace(old, new)
    if _PLACED.fullmatch(text):
        return int("".join(str(_DIGITS[char]) for char in text))
    # 亿 and 万 each close a group of four places: 三亿二千万 = 3·10⁸ + 2000·10⁴.
    total = 0
    for mark, scale in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = text.partition(mark)
        if found:
            value = to_int(head) if head.isdecimal() else _below_myriad(head)
            if not value:
                return None
            if len(tail) == 1:
                return None  # 一万五 is 10,005 or 15,000.
            total, text = total + value * scale, tail
    if not text:
        return total or None
    rest = int(text) if text.isdecimal() else _below_myriad(text)
    return None if rest is None else total + rest


def _below_myriad(text: str) -> int | None:
    """``三千零二十`` as 3020; units must fall, and a skipped one before the last needs its 零."""
    total, digit, last, zero = 0, None, 10_000, False
    for char in text:
        if (unit := _UNITS.get(char)) is not None:
            # Only 十 may go without its 一: 十三, 一百十三.
            if unit >= last or (digit is None and unit != 10):
                return None
            total += (1 if digit is None else digit) * unit
            digit, last, zero = None, unit, False
            continue
        if char not in _DIGITS or digit is not None:
            return None
        if (value := _DIGITS[char]) == 0:
            zero = True
            continue
        digit = value
    if digit is None:
        return total if not zero or len(text) == 1 else None
    if last in (100, 1000) and not zero:
        return None
    return total + digit


@lru_cache(maxsize=1024)
def to_chinese(value: int) -> str:
    """``23`` as ``二十三``, as laws number their articles: 10 is 十, 110 is 一百一十, 101 一百零一.

    Raises:
        ValueError: below 0, or 10¹² and above.
    """
    if not 0 <= value < 10**12:
        raise ValueError(f"不能写成中文数字：{value}")
    if value < 10:
        return _SHOWN[value]
    high, low = divmod(value, 10**8)
    myriads, ones = divmod(low, 10**4)
    shown = ""
    for group, mark in ((high, "亿"), (myriads, "万"), (ones, "")):
        if group:
            shown += ("零" if shown and group < 1000 else "") + _four(group) + mark
    return shown[1:] if shown.startswith("一十") else shown


def _four(value: int) -> str:
    shown, gap = "", False
    for unit, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            shown += ("零" if gap else "") + _SHOWN[digit] + mark
            gap = False
        else:
            gap = bool(shown)
    return shown


def digits(text: str) -> str:
    """Decimal digits of any width as ASCII: ``２０２３`` as ``2023``."""
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)
