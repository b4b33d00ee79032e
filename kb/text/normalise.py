"""One form of a text for the index, with the way back to the original.

NFKC, lower case, traditional to simplified (character for character), ○ between Han numerals as
〇, zero-width characters dropped. Whatever is shown or quoted comes from the original: a span of
the normalised text is taken back through ``offsets``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_DROPPED = dict.fromkeys(map(ord, _ZERO_WIDTH))
_HAN_DIGITS = "〇零一二三四五六七八九十百千万两廿卅"
_PLANES = 0x30000
"""The table covers planes 0 to 2; what lies beyond stands for itself."""
_CHANGING = (
    range(0x3400),
    range(0xA000, 0xAC00),
    range(0xF900, 0x12000),
    range(0x16000, 0x17000),
    range(0x1B000, 0x20000),
    range(0x2F800, _PLANES),
)
"""Elsewhere (ideographs, Hangul syllables, surrogates, dead scripts) each stands for itself."""
_STRETCH = 32
_MARK = "\uffff"
"""Never a character: stands in the table where one for one does not do."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """``text`` and, for each of its characters, where in the original it came from.

    ``offsets`` rises, never falls, and ends with the length of the original: the original of
    ``text[a:b]`` is ``original[offsets[a]:offsets[b - 1] + 1]``, or up to ``offsets[b]`` if what
    was dropped after it shall be included.
    """

    text: str
    offsets: Sequence[int]


def normalise(text: str) -> Normalised:
    """The index form of ``text`` (the same as `fold`) with its map of offsets."""
    folded = text.translate(_TABLE)
    if _MARK not in folded:
        # Each character stands for itself: by far the usual case, and costs no list.
        return Normalised(_zeros(folded), range(len(text) + 1))
    parts: list[str] = []
    offsets: list[int] = []
    done = 0
    for match in _clusters().finditer(text):
        start, end = match.span()
        parts.append(text[done:start].translate(_TABLE))
        offsets.extend(range(done, start))
        parts.append(_cluster(match.group()))
        # A cluster's characters belong together: each maps to where the cluster starts.
        offsets.extend([start] * len(parts[-1]))
        done = end
    parts.append(text[done:].translate(_TABLE))
    offsets.extend(range(done, len(text) + 1))
    return Normalised(_zeros("".join(parts)), offsets)


@lru_cache(maxsize=8)
def fold(text: str) -> str:
    """The index form of ``text``, without the map. The last few are remembered: a passage is
    folded once for its words and once for its bigrams."""
    folded = text.translate(_TABLE)
    return normalise(text).text if _MARK in folded else _zeros(folded)


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; nothing else is touched. Keeps the length."""
    return text.translate(_SIMPLIFIED)


def _zeros(text: str) -> str:
    """NFKC leaves ○ and the letter O where a 〇 was meant (二○二三, 二OO三). Keeps the length."""
    if "○" in text or "◯" in text or "o" in text:
        return _ZERO.sub(lambda match: "〇" * len(match.group()), text)
    return text


_ZERO = re.compile(f"(?<=[{_HAN_DIGITS}])(?:[○◯]+|o+(?=[{_HAN_DIGITS}年月日条号]))")


def _load_simplified() -> dict[int, int]:
    raw = resources.files("kb.text").joinpath("simplified.txt").read_text(encoding="utf-8")
    lines = [line for line in raw.splitlines() if line and not line.startswith("#")]
    pairs: dict[int, int] = {}
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        pairs.update(zip(map(ord, old), map(ord, new), strict=True))
    return pairs


_SIMPLIFIED = _load_simplified()


def _cluster(text: str) -> str:
    """A base character with the marks that follow it, in index form; any length."""
    text = unicodedata.normalize("NFKC", text.translate(_DROPPED))
    # Character by character: str.lower() looks at the neighbours of Σ.
    lowered = "".join(map(str.lower, text))
    return unicodedata.normalize("NFKC", lowered).translate(_SIMPLIFIED)


def _tables() -> tuple[list[int], set[int], set[int]]:
    """A table for `str.translate`; what it cannot do one for one; what joins the character before.

    A list beats a dict there: a dict's miss raises and drops a KeyError for each character.
    """
    table = list(range(_PLANES))
    joins: set[int] = set(map(ord, _ZERO_WIDTH))
    alone: set[int] = set()
    for code in _stirred():
        char = chr(code)
        if unicodedata.combining(char):
            joins.add(code)
        if (
            unicodedata.normalize("NFKC", char) == char
            and char.lower() == char
            and not 0x1100 <= code < 0x1200
        ):
            continue
        first = unicodedata.normalize("NFKD", char)[0]
        if unicodedata.combining(first) or 0x1161 <= ord(first) <= 0x11C2:
            joins.add(code)
        folded = _cluster(char)
        if len(folded) == 1:
            table[code] = ord(folded)
        else:
            alone.add(code)
    for old, new in _SIMPLIFIED.items():
        table[old] = new
    for code in alone | joins:
        table[code] = ord(_MARK)
    return table, alone, joins


def _stirred() -> Iterator[int]:
    """Of what may change, all but stretches that are plainly themselves: looking at each of 54,000
    characters took longer than all the rest of a start."""
    for whole in _CHANGING:
        for start in range(whole.start, whole.stop, _STRETCH):
            codes = range(start, min(start + _STRETCH, whole.stop))
            text = "".join(map(chr, codes))
            same = unicodedata.is_normalized("NFKC", text) and text.lower() == text
            if not same or any(map(unicodedata.combining, text)) or 0x1100 <= start < 0x1200:
                yield from codes


@cache
def _clusters() -> re.Pattern[str]:
    """Matches a character with what joins it, or one that becomes several. Large, seldom needed."""
    joins = _char_class(_JOINS)
    return re.compile(f"(?s:{_char_class(_ALONE | _JOINS)}{joins}*|.{joins}+)")


def _char_class(codes: set[int]) -> str:
    spans: list[list[int]] = []
    for code in sorted(codes):
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "[" + "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in spans) + "]"


_TABLE, _ALONE, _JOINS = _tables()
