"""Join the keyword half's and the vector half's rankings into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Scores = Mapping[str, float]
"""Passage id → score of one half; higher is better."""


def convex(keyword: Scores, vector: Scores, weight: float) -> dict[str, float]:
    """``(1 - weight) · k/max(k) + weight · v/max(v)``; what a half did not find counts 0 there.

    Normalising by the query's best makes BM25 (unbounded) and cosine (bounded) comparable
    (Bruch et al., «An Analysis of Fusion Functions for Hybrid Retrieval», 2023).

    Args:
        keyword: BM25 scores. vector: cosines; what is not positive counts 0.
        weight: share of the vector half, 0 to 1.
    """
    return _sum((1 - weight, _by_best(keyword)), (weight, _by_best(vector)))


def convex_columns(
    keyword: NDArray[np.float64], vector: NDArray[np.float64], weight: float
) -> NDArray[np.float64]:
    """`convex` over columns of the same passages, to the last bit; NaN is what was not found."""
    parts = []
    for share, scores in ((1 - weight, keyword), (weight, vector)):
        best = float(np.fmax.reduce(scores, initial=0.0))
        given = np.maximum(scores / best, 0.0) if best > 0 else np.full(len(scores), np.nan)
        parts.append(share * given)
    words, meaning = parts
    summed = np.nan_to_num(words) + np.nan_to_num(meaning)
    fused: NDArray[np.float64] = np.where(np.isnan(words) & np.isnan(meaning), np.nan, summed)
    return fused


def reciprocal(keyword: Scores, vector: Scores, weight: float, *, k: int = 60) -> dict[str, float]:
    """Weighted reciprocal rank: ``Σ w / (k + rank)``, ranks from 1 (Cormack et al., 2009)."""
    return _sum((1 - weight, _by_rank(keyword, k)), (weight, _by_rank(vector, k)))


FUSIONS: dict[str, Callable[[Scores, Scores, float], dict[str, float]]] = {
    "convex": convex,
    "reciprocal": reciprocal,
}


def _by_best(scores: Scores) -> dict[str, float]:
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return {}
    return {id_: score / best if score > 0 else 0.0 for id_, score in scores.items()}


def _by_rank(scores: Scores, k: int) -> dict[str, float]:
    order = sorted(scores, key=lambda id_: (-scores[id_], id_))
    return {id_: 1 / (k + rank) for rank, id_ in enumerate(order, start=1)}


def _sum(*parts: tuple[float, dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for weight, scores in parts:
        for id_, score in scores.items():
            total[id_] = total.get(id_, 0.0) + weight * score
    return total
