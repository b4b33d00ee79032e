"""Normalised discounted cumulative gain at k (Järvelin and Kekäläinen, 2002)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Gain ``grade / log2(rank + 1)`` over that of the best possible order; 0 to 1."""
    gained = _discounted([relevant.get(id_, 0) for id_ in ranking[:k]])
    ideal = _discounted(sorted(relevant.values(), reverse=True)[:k])
    return gained / ideal if ideal else 0.0


def _discounted(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, start=1))
