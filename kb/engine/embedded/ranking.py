"""The best few, ties decided by id, whatever order an index yields equal scores in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SLACK = 8
GROWTH = 4

Found = tuple[NDArray[np.float32], NDArray[np.int64]]
"""Scores, best first, and the rows they belong to."""


def best(fetch: Callable[[int], Found], limit: int, rank: NDArray[np.int32]) -> Found:
    """The first ``limit`` by score, then by rank.

    ``fetch(n)`` yields the best n (fewer only if there are no more). Where the last one fetched
    ties with the last one wanted, more are fetched: the tie may go on.
    """
    wanted = limit + SLACK
    while True:
        scores, rows = fetch(wanted)
        if len(scores) < wanted or scores[limit - 1] > scores[-1]:
            break
        wanted *= GROWTH
    order = np.lexsort((rank[rows], -scores))[:limit]
    return scores[order], rows[order]


def joined(parts: list[Found]) -> Found:
    """The results of several segments as one, best first."""
    if not parts:
        return np.zeros(0, np.float32), np.zeros(0, np.int64)
    scores = np.concatenate([p[0] for p in parts])
    rows = np.concatenate([p[1] for p in parts])
    order = np.argsort(-scores, kind="stable")
    return scores[order], rows[order]
