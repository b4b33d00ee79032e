"""Maximal marginal relevance: relevant, and not what was chosen already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")

BALANCE = 0.85
"""Share of relevance against novelty."""


def choose(
    candidates: Sequence[T],
    relevance: Callable[[T], float],
    likeness: Callable[[T, T], float],
    limit: int,
    *,
    first: Iterable[T] = (),
    balance: float = BALANCE,
    floor: float = 0.0,
) -> list[T]:
    """Pick up to ``limit`` (Carbonell and Goldstein, 1998), in the order picked.

    Args:
        relevance: 0 to 1. likeness: 0 to 1, of two candidates.
        first: taken before all others, in this order (what a question cannot do without).
        floor: a candidate below this relevance is never picked by itself.
    """
    picked: list[T] = []
    rest = list(candidates)
    for item in first:
        if len(picked) < limit and item not in picked:
            picked.append(item)
            if item in rest:
                rest.remove(item)
    nearest = [max((likeness(item, p) for p in picked), default=0.0) for item in rest]
    while rest and len(picked) < limit:
        gains = [
            balance * relevance(item) - (1 - balance) * near
            if relevance(item) >= floor
            else float("-inf")
            for item, near in zip(rest, nearest, strict=True)
        ]
        at = max(range(len(rest)), key=lambda i: (gains[i], -i))
        if gains[at] == float("-inf"):
            break
        item = rest.pop(at)
        nearest.pop(at)
        picked.append(item)
        nearest = [
            max(near, likeness(other, item)) for other, near in zip(rest, nearest, strict=True)
        ]
    return picked
