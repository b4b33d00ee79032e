"""A title broken into balanced lines of whole words: 梯形 or 菱形 (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import math

from kb.text.segment import words

TITLE_CHARS = 19
"""Characters in a line of the title: 22 pt in 156 mm, one kept free."""

_NEVER_FIRST = "，。；：、！？）》〉”’】〕…—·的了和与及"
_NEVER_LAST = "（《〈“‘【〔"


def titled(topic: str, form: str) -> list[str]:
    """The title of a pack in lines; ``form`` is the template's, with ``{topic}``. A topic that is
    a title of its own, or long, stands by itself."""
    if topic.startswith("关于") or len(topic) > 2 * TITLE_CHARS or "。" in topic:
        rest = form.replace("关于{topic}的", "").replace("{topic}：", "")
        return [*balanced(topic, TITLE_CHARS), f"（{rest}）"]
    return balanced(form.replace("{topic}", topic), TITLE_CHARS)


def balanced(text: str, most: int) -> list[str]:
    """Lines of at most ``most`` characters (ASCII counts half), broken between words where
    possible, of nearly equal length. A word longer than a line is broken inside."""
    if width(text) <= most:
        return [text]
    count = math.ceil(width(text) / most)
    borders = _borders(text)
    while True:
        lines = _break(text, borders, count, most)
        if all(width(line) <= most for line in lines) or count > len(text):
            return lines
        count += 1


def width(text: str) -> float:
    """Width in characters; ASCII counts half."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def _break(text: str, borders: set[int], count: int, most: int) -> list[str]:
    lines: list[str] = []
    start = 0
    for left in range(count, 0, -1):
        if left == 1:
            lines.append(text[start:])
            break
        want = width(text[start:]) / left
        end = _end(text, start, want, most, borders)
        lines.append(text[start:end])
        start = end
    return [line.strip() for line in lines if line.strip()]


def _end(text: str, start: int, want: float, most: int, borders: set[int]) -> int:
    choices = []
    size = 0.0
    for end in range(start + 1, len(text)):
        size += 0.5 if text[end - 1].isascii() else 1.0
        if size > most:
            break
        bad = text[end] in _NEVER_FIRST or text[end - 1] in _NEVER_LAST
        cost = abs(size - want) + (0.0 if end in borders else 6.0) + (20.0 if bad else 0.0)
        choices.append((cost, -end))
    return -min(choices)[1] if choices else len(text)


def _borders(text: str) -> set[int]:
    """Ends of words, found again in the text in order."""
    ends: set[int] = set()
    at = 0
    low = text.lower()
    for word in words(text):
        found = low.find(word, at)
        if found >= 0:
            ends |= {found, found + len(word)}
            at = found + len(word)
    return ends
