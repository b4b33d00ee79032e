"""A query in the signs that the parser knows."""

from __future__ import annotations

import re

_WIDE = str.maketrans("（）：“”＂「」＊［］｛｝＜＞＝\u3000", '():"""""*[]{}<>= ')
_LETTERS = str.maketrans(
    {chr(0xFF21 + i): chr(0x41 + i) for i in range(26)}
    | {chr(0xFF41 + i): chr(0x61 + i) for i in range(26)}
    | {chr(0xFF10 + i): chr(0x30 + i) for i in range(10)}
)
_OPERATOR_BEFORE = re.compile(r"(?:AND|OR|NOT|&&|\|\||并且|且|或者?|非|不含)$")


def half_width(text: str) -> str:
    """Full-width punctuation, letters and digits as the parser reads them. Keeps the length.

    A bracket that stands right after a word belongs to it (印章管理办法（试行）, 云公管(2024)5号):
    it comes back full-width, which the parser takes for a letter.
    """
    text = text.translate(_WIDE).translate(_LETTERS)
    chars = list(text)
    opened: list[tuple[int, bool]] = []
    quoted = False
    for at, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        if quoted:
            continue
        if char == "(":
            before = text[:at]
            word = bool(before) and (before[-1].isalnum() or before[-1] in "》】〕*)")
            own = word and not _OPERATOR_BEFORE.search(_last_word(before))
            opened.append((at, own and before[-1] != ")"))
        elif char == ")" and opened:
            start, own = opened.pop()
            if own:
                chars[start], chars[at] = "（", "）"
    return "".join(chars)


def _last_word(text: str) -> str:
    return re.split(r"[\s()\"]", text)[-1]
