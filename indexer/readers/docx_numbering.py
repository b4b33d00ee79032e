"""Word's automatic numbering (``word/numbering.xml``): the labels that stand in no text.

A list is an abstract definition of up to nine levels; a *num* refers to one and may override
levels. Counters belong to the abstract definition, so that two nums of it run on, unless the
second begins with an override of its start (ECMA-376 part 1, 17.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from kb.text.numerals import to_chinese

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
HEAVENLY = "甲乙丙丁戊己庚辛壬癸"
EARTHLY = "子丑寅卯辰巳午未申酉戌亥"
LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


@dataclass(slots=True)
class ListLevel:
    """One level of a list: its first number, format, pattern (``第%1条``) and restart rule."""

    start: int = 1
    format: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    legal: bool = False
    restart: int | None = None


@dataclass(slots=True)
class _Num:
    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, ListLevel] = field(default_factory=dict)


class Numbering:
    """Counts paragraphs as Word does and gives each its label."""

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, ListLevel]] = {}
        self._nums: dict[str, _Num] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()
        self.style_levels: dict[str, tuple[str, int]] = {}
        self.unresolved = 0
        if root is not None:
            self._load(root)

    def _load(self, root: etree._Element) -> None:
        by_style: dict[str, str] = {}
        links: dict[str, str] = {}
        styled: dict[str, list[tuple[str, int]]] = {}
        for element in root.iter(f"{W}abstractNum"):
            ident = element.get(f"{W}abstractNumId", "")
            levels: dict[int, ListLevel] = {}
            for lvl in element.iterchildren(f"{W}lvl"):
                number = _integer(lvl.get(f"{W}ilvl"), 0)
                levels[number] = _level(lvl)
                if style := _value(lvl, "pStyle"):
                    styled.setdefault(ident, []).append((style, number))
            self._abstract[ident] = levels
            if name := _value(element, "styleLink"):
                by_style[name] = ident
            if name := _value(element, "numStyleLink"):
                links[ident] = name
        for ident, name in links.items():
            if name in by_style:
                self._abstract[ident] = self._abstract[by_style[name]]
        for element in root.iterchildren(f"{W}num"):
            num = _Num(_value(element, "abstractNumId"))
            for override in element.iterchildren(f"{W}lvlOverride"):
                number = _integer(override.get(f"{W}ilvl"), 0)
                if start := _value(override, "startOverride"):
                    num.starts[number] = _integer(start, 1)
                if (own := override.find(f"{W}lvl")) is not None:
                    num.levels[number] = _level(own)
            ident = element.get(f"{W}numId", "")
            self._nums[ident] = num
            for style, number in styled.get(num.abstract, ()):
                self.style_levels.setdefault(style, (ident, number))

    def label(self, num_id: str, level: int) -> str:
        """Count one more paragraph of list ``num_id`` and give its label, with its suffix.

        "" for a bullet, a list that is turned off (``0``) or one that is not defined.
        """
        num = self._nums.get(num_id)
        if num is None or num_id == "0":
            self.unresolved += num_id not in ("0", "")
            return ""
        level = min(max(level, 0), LEVELS - 1)
        definition = self._definition(num, level)
        counters = self._counters.setdefault(num.abstract, [None] * LEVELS)
        if num_id not in self._begun:
            self._begun.add(num_id)
            for number in num.starts:
                counters[number] = None
        for upper in range(level):
            if counters[upper] is None:
                counters[upper] = self._start(num, upper)
        before = counters[level]
        counters[level] = self._start(num, level) if before is None else before + 1
        for lower in range(level + 1, LEVELS):
            restart = self._definition(num, lower).restart
            # Restart 0 is «never»; N is «after a level N or higher» (counted from 1).
            if restart is None or (restart > 0 and level < restart):
                counters[lower] = None
        if definition.format in ("bullet", "none"):
            return definition.pattern if definition.format == "none" else ""
        shown = re.sub(
            r"%([1-9])",
            lambda m: self._shown(num, counters, int(m[1]) - 1, definition),
            definition.pattern,
        )
        return shown + _separator(shown, definition.suffix)

    def _definition(self, num: _Num, level: int) -> ListLevel:
        return num.levels.get(level) or self._abstract.get(num.abstract, {}).get(level, EMPTY)

    def _start(self, num: _Num, level: int) -> int:
        return num.starts.get(level, self._definition(num, level).start)

    def _shown(self, num: _Num, counters: list[int | None], level: int, wanted: ListLevel) -> str:
        value = counters[level]
        if value is None:
            value = self._start(num, level)
        own = self._definition(num, level).format
        return spelled(value, "decimal" if wanted.legal else own)


EMPTY = ListLevel(pattern="", format="none")


def spelled(value: int, number_format: str) -> str:
    """``value`` in one of Word's number formats (ST_NumberFormat); unknown ones as decimal."""
    if "chineseLegal" in number_format or number_format == "ideographLegalTraditional":
        return to_chinese(value).translate(LEGAL)
    if number_format in (
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
        "taiwaneseCountingThousand", "koreanCounting",
    ):  # fmt: skip
        return to_chinese(value)
    if number_format in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))
    if number_format == "ideographTraditional" and 1 <= value <= 10:
        return HEAVENLY[value - 1]
    if number_format == "ideographZodiac" and 1 <= value <= 12:
        return EARTHLY[value - 1]
    if number_format == "ideographEnclosedCircle" and 1 <= value <= 10:
        return chr(0x3220 + value - 1)
    if number_format.startswith("decimalEnclosedCircle") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if number_format == "decimalEnclosedParen" and 1 <= value <= 20:
        return chr(0x2474 + value - 1)
    if number_format == "decimalEnclosedFullstop" and 1 <= value <= 20:
        return chr(0x2488 + value - 1)
    if number_format == "decimalZero":
        return f"{value:02d}"
    if number_format in ("upperLetter", "lowerLetter") and value >= 1:
        letter = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if number_format == "upperLetter" else letter.lower()
    if number_format in ("upperRoman", "lowerRoman") and 1 <= value < 4000:
        roman = _roman(value)
        return roman if number_format == "upperRoman" else roman.lower()
    return str(value)


def _roman(value: int) -> str:
    text = ""
    for size, letters in ROMAN:
        while value >= size:
            text += letters
            value -= size
    return text


def _separator(label: str, suffix: str) -> str:
    """What stands between label and text. Word's tab is a gap; ours follows the kind of label."""
    if not label or label[-1].isspace():
        return ""
    if label[-1] in "编章节条":
        return "　"
    if label[-1] in "）)、":
        return ""
    return "" if suffix == "nothing" else " "


def _level(lvl: etree._Element) -> ListLevel:
    number_format = _value(lvl, "numFmt") or "decimal"
    if number_format == "custom":
        number_format = "decimal"
    restart = _value(lvl, "lvlRestart")
    return ListLevel(
        start=_integer(_value(lvl, "start"), 1),
        format=number_format,
        pattern=_value(lvl, "lvlText"),
        suffix=_value(lvl, "suff") or "tab",
        legal=lvl.find(f"{W}isLgl") is not None,
        restart=_integer(restart, 0) if restart else None,
    )


def _value(element: etree._Element, tag: str) -> str:
    child = element.find(f"{W}{tag}")
    return "" if child is None else child.get(f"{W}val", "")


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text or otherwise)
    except ValueError:
        return otherwise
