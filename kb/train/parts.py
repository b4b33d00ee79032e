"""Tokens that share what they are made of.

A long token (劳动者) is rare, its parts (劳动, 劳, …) are not. While training, the vector
of a token is the sum of its own row and the rows of its parts that are tokens themselves, so rare
tokens learn from common ones (as fastText does with character n-grams, Bojanowski et al. 2017,
arXiv:1607.04606). Afterwards the sums are written out, one row a token: no cost when encoding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Ids = NDArray[np.int64]

LENGTHS = (1, 2)
"""Characters of the parts that are shared."""


def sharing(vocabulary: Mapping[str, int], *, unknown: str) -> csr_matrix:
    """Which rows make up a token: itself and its parts. Shape (vocabulary, vocabulary).

    ``vocabulary`` maps a token to its number, 0 … n−1; ``unknown`` has no parts. The product with
    the trained rows is one vector a token.
    """
    rows: list[int] = []
    columns: list[int] = []
    for token, number in vocabulary.items():
        made_of = [number]
        if token != unknown:
            made_of += [
                vocabulary[token[i : i + n]]
                for n in LENGTHS
                if n < len(token)
                for i in range(len(token) - n + 1)
                if token[i : i + n] in vocabulary
            ]
        rows += [number] * len(made_of)
        columns += made_of
    size = len(vocabulary)
    ones = np.ones(len(rows), dtype=np.float32)
    return csr_matrix((ones, (rows, columns)), shape=(size, size))


def counts(texts: Sequence[Sequence[int]], vocabulary: int) -> csr_matrix:
    """How often each token stands in each text. Shape (texts, vocabulary)."""
    ends = np.cumsum([0, *(len(text) for text in texts)])
    flat = np.fromiter((i for text in texts for i in text), dtype=np.int32, count=int(ends[-1]))
    ones = np.ones(len(flat), dtype=np.float32)
    table = csr_matrix((ones, flat, ends), shape=(len(texts), vocabulary))
    table.sum_duplicates()
    return table
