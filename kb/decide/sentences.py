"""Sentences of a passage as spans, their likeness, and which of them stand at the centre."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.text.segment import bigrams

_ENDS = re.compile(r"[^。；！？\n]*[。；！？][”’）》]*|[^。；！？\n]+")
_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十百\d]+[）)]|\d+[.．、])")

Grams = Counter[str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """[start, end) in its passage; ``lead`` is the lead-in of an item (…：), if it has one."""

    start: int
    end: int
    lead: tuple[int, int] | None = None


def sentences(text: str) -> list[Sentence]:
    """Cut at 。；！？ and line ends; table rows and bare numbers are left out.

    An item 「（三）…」 knows its lead-in, for alone it says who but not what.
    """
    found: list[Sentence] = []
    lead: tuple[int, int] | None = None
    for match in _ENDS.finditer(text):
        piece = match.group()
        start = match.start() + len(piece) - len(piece.lstrip())
        end = match.end() - (len(piece) - len(piece.rstrip()))
        if end - start < 4 or " | " in piece:
            continue
        item = _ITEM.match(text, start) is not None
        if not item:
            lead = (start, end) if text[end - 1] in "：:" else None
        if text[end - 1] not in "：:":
            found.append(Sentence(start, end, lead if item else None))
    return found


def grams(text: str) -> Grams:
    """Counts of character pairs, as the index counts them."""
    return Counter(bigrams(text))


def likeness(one: Grams, other: Grams) -> float:
    """Cosine of two counts, 0 to 1."""
    if len(other) < len(one):
        one, other = other, one
    dot = sum(count * other[gram] for gram, count in one.items() if gram in other)
    if not dot:
        return 0.0
    return dot / math.sqrt(_square(one) * _square(other))


def covered(wanted: Grams, by: Grams) -> float:
    """Share of the wanted pairs that the other text holds, 0 to 1."""
    return sum(1 for gram in wanted if gram in by) / len(wanted) if wanted else 0.0


def centrality(texts: Sequence[str], *, damping: float = 0.85, rounds: int = 50) -> list[float]:
    """LexRank (Erkan and Radev, 2004): stationary weight of each text in the graph of likeness.

    Sums to 1. Continuous weights (no threshold); a text like no other keeps the base share.
    """
    count = len(texts)
    if count == 0:
        return []
    bags = [grams(text) for text in texts]
    graph = np.array([[likeness(a, b) for b in bags] for a in bags], dtype=np.float64)
    np.fill_diagonal(graph, 0.0)
    totals = graph.sum(axis=1, keepdims=True)
    step = np.where(totals > 0, graph / np.where(totals > 0, totals, 1.0), 1.0 / count)
    weight = np.full(count, 1.0 / count)
    for _ in range(rounds):
        weight = (1 - damping) / count + damping * weight @ step
    return [float(value) for value in weight]


def _square(counts: Grams) -> int:
    return sum(count * count for count in counts.values())
