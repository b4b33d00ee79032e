"""Near-duplicates folded: the same article in copies, compilations or unchanged versions.

Only what says the same word for word, but for a few characters, and the same numbers: «3000元以下»
and «5000元以下» are two rules, however alike the rest is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

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


class _Kept(NamedTuple):
    """What a hit is compared by."""

    text: str
    path: str
    near: float | None


def folded_same(hits: Sequence[Hit]) -> list[Hit]:
    """The hits in order, each with those later ones that say the same in other papers."""
    kept: list[Hit] = []
    # Only what has the same numbers can say the same: each is compared with few.
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    known: list[_Kept] = []
    for hit in hits:
        text = folded(hit.text)
        own = _Kept(text, hit.version.path, hit.why.vector)
        there = places[tuple(_NUMBERS.findall(text))]
        place = next((i for i in there if _same(known[i], own)), None)
        if place is None:
            there.append(len(kept))
            kept.append(hit)
            known.append(own)
            continue
        first, other = kept[place], hit
        if first.status in OVER and hit.status not in OVER:
            # Of two that say the same the one that is in force stands for both.
            first, other = replace(hit, score=first.score, same=first.same), first
            known[place] = own
        kept[place] = replace(first, same=(*first.same, _short(other)))
    return kept


def _same(one: _Kept, other: _Kept) -> bool:
    """Whether two with the same numbers say the same in different papers."""
    if one.path == other.path or len(other.text) < SHORT:
        return False
    if one.near is not None and other.near is not None and abs(one.near - other.near) > NEAR:
        return False
    return _nearly(one.text, other.text)


def alike(one: str, other: str) -> bool:
    """Whether two folded texts say the same, word for word or nearly, with the same numbers."""
    return _nearly(one, other) and _NUMBERS.findall(one) == _NUMBERS.findall(other)


def _nearly(one: str, other: str) -> bool:
    if one == other:
        return True
    if not one or not 0.8 <= len(other) / len(one) <= 1.25:
        return False
    return fuzz.ratio(one, other, score_cutoff=ALIKE) > 0


def _short(hit: Hit) -> Same:
    return Same(hit.id, hit.version.title, hit.label)
