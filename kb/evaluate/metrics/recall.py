"""Recall at k."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def recall(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Share of the relevant ids among the first ``k`` (0 to 1). No relevant id: 0."""
    if not relevant:
        return 0.0
    return len(set(ranking[:k]) & relevant.keys()) / len(relevant)
