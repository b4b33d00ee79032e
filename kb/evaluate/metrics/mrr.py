"""Mean reciprocal rank, cut at k (the value of one query)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """1 / rank of the first relevant id among the first ``k``; 0 if there is none."""
    for rank, id_ in enumerate(ranking[:k], start=1):
        if id_ in relevant:
            return 1 / rank
    return 0.0
