"""Whether a text is a query of the language, or plain words.

Most of what people type is plain, and must stay so: «依据：哪一条», «什么是“三重一大”», «谁批?»
are questions. A text is a query only by a sign that a question does not have:

- a field's name and a colon at the beginning of a word, with something after it: 标题:印章
- AND, OR or NOT in capitals between words
- nothing but phrases in quotes, or a phrase in straight quotes set off by blanks
- a word with * at its end or beginning: 印*

What is recognised and matches nothing is searched as words after all (`kb.retrieve.search`).
"""

from __future__ import annotations

import re

from kb.retrieve.language.faults import near_field
from kb.retrieve.language.fields import field_of
from kb.retrieve.language.signs import half_width

_FIELD = re.compile(r"(?:^|(?<=[\s(]))-?([^\W\d]\w{0,11}):\s*(?=[^\s/])")
_OPERATOR = re.compile(r"(?:^|(?<=[\s()\"]))(?:AND|OR|NOT)(?=[\s()\"]|$)")
_ONLY_PHRASES = re.compile(r'\s*(?:"[^"]+"\s*)+')
_PHRASE = re.compile(r'(?:^|(?<=[\s(]))"[^"]{2,}"(?=[\s)]|$)')
_STAR = re.compile(r"(?:^|(?<=[\s(:]))(?:[^\W\d]\w*\*|\*[^\W\d]\w*)(?=[\s)]|$)")
_SYNTAX = re.compile(r"[\"()*\[\]{}<>]|(?<![\w])(?:AND|OR|NOT|TO)(?![\w])")


DEEPEST = 40
"""Brackets and operators at most: nobody types more, and engines read trees by recursion."""


def is_language(text: str) -> bool:
    """By the signs above."""
    half = half_width(text)
    if half.count("(") + len(_OPERATOR.findall(half)) > DEEPEST:
        return False
    for match in _FIELD.finditer(half):
        name = match[1]
        if field_of(name) is not None:
            return True
        # A slip of the pen in a field's name: only where the colon is the typist's own.
        if text[match.end(1)] == ":" and near_field(name) and not half[match.end()].isspace():
            return True
    if any(
        _has_word(half[: m.start()]) or _has_word(half[m.end() :]) for m in _OPERATOR.finditer(half)
    ):
        return True
    if _ONLY_PHRASES.fullmatch(half):
        return True
    straight = text.replace("“", " ").replace("”", " ")
    return bool(_PHRASE.search(straight) or _STAR.search(half))


def plain_words(text: str) -> str:
    """The words of a query, without its signs: what is searched where it matches nothing."""
    half = half_width(text)
    left = _FIELD.sub(lambda m: " " if field_of(m[1]) else f" {m[1]} ", half)
    return " ".join(_SYNTAX.sub(" ", left).split())


def _has_word(text: str) -> bool:
    return any(char.isalnum() for char in text)
