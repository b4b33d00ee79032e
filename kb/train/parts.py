"""Tokens that share what they are made of.

A long token (劳动合同) is rare, its parts (劳动, 合同, 劳, …) are not. While training, the vector
of a token is the sum of its own row and the rows of its parts that are tokens themselves, so rare
tokens learn from common ones (as fastText does with character n-grams, Bojanowski et al. 2017,
arXiv:1607.04606). Afterwards the sums are written out, one row a token: no cost when encoding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

LENGTHS = (1, 2)
"""Characters of the parts that are shared."""


class Parts:
    """For every token: itself and its parts, as one flat array with offsets."""

    def __init__(self, vocabulary: Mapping[str, int], *, unknown: str) -> None:
        """``vocabulary`` maps a token to its number, 0 … n−1; ``unknown`` has no parts."""
        lists = [[number] for number in range(len(vocabulary))]
        for token, number in vocabulary.items():
            if token != unknown:
                lists[number] += [
                    vocabulary[token[i : i + n]]
                    for n in LENGTHS
                    if n < len(token)
                    for i in range(len(token) - n + 1)
                    if token[i : i + n] in vocabulary
                ]
        self._counts = np.array([len(part) for part in lists], dtype=np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        self._flat = np.array([p for part in lists for p in part], dtype=np.int64)

    def expand(self, ids: Sequence[int]) -> Ids:
        """A text's tokens, each followed by its parts."""
        tokens = np.asarray(ids, dtype=np.int64)
        counts = self._counts[tokens]
        before = np.cumsum(counts) - counts
        places = np.repeat(self._starts[tokens] - before, counts) + np.arange(counts.sum())
        expanded: Ids = self._flat[places]
        return expanded

    def fold(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """One vector a token: its own row and those of its parts, summed. Shape as ``rows``."""
        folded: NDArray[np.float32] = np.add.reduceat(rows[self._flat], self._starts, axis=0)
        return folded
