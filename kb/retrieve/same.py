"""Near-duplicates folded: the same article in copies, compilations or unchanged versions.

Only what says the same word for word, but for a few characters, and the same numbers: «3000元以下»
and «5000元以下» are two rules, however alike the rest is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from kb.retrieve.features import folded
from kb.retrieve.hits import OVER
from kb.retrieve.result import Hit, Same

ALIKE = 92.0
"""Per cent of characters (`rapidfuzz.fuzz.ratio`) that two must share."""

SHORT = 24
"""Characters below which likeness is chance («本办法自发布之日起施行»)."""

NEAR = 0.08
"""Difference of the two cosines to the question above which texts are not compared at all."""

_NUMBERS = re.compile(r"\d+(?:\.\d+)?|[〇零一二三四五六七八九十百千万亿两]+")


def folded_same(hits: Sequence[Hit]) -> list[Hit]:
    """The hits in order, each with those later ones that say the same in other papers."""
    kept: list[Hit] = []
    for hit in hits:
        text = folded(hit.text)
        place = next((i for i, k in enumerate(kept) if _same(k, hit, text)), None)
        if place is None:
            kept.append(hit)
            continue
        first, other = kept[place], hit
        if first.status in OVER and hit.status not in OVER:
            # Of two that say the same the one that is in force stands for both.
            first, other = replace(hit, score=first.score, same=first.same), first
        kept[place] = replace(first, same=(*first.same, _short(other)))
    return kept


def _same(one: Hit, other: Hit, text: str) -> bool:
    if one.version.path == other.version.path or len(text) < SHORT:
        return False
    mine = folded(one.text)
    one_near, other_near = one.why.vector, other.why.vector
    if one_near is not None and other_near is not None and abs(one_near - other_near) > NEAR:
        return False
    return alike(mine, text)


def alike(one: str, other: str) -> bool:
    """Whether two folded texts say the same, word for word or nearly, with the same numbers."""
    if one == other:
        return True
    if not one or not 0.8 <= len(other) / len(one) <= 1.25:
        return False
    if _NUMBERS.findall(one) != _NUMBERS.findall(other):
        return False
    return fuzz.ratio(one, other, score_cutoff=ALIKE) > 0


def _short(hit: Hit) -> Same:
    return Same(hit.id, hit.version.title, hit.label)
