"""Which of a question's words stand in which of the candidates' texts, as tables.

A question has some thirty words and pairs, and sixty candidates with some two hundred parts are
looked at: each word is looked for once in each text, the rest is sums over rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Terms = Sequence[tuple[str, ...]]
"""What a question asks for, each with the ways in which it may be said."""

Table = NDArray[np.bool_]
Weights = NDArray[np.float64]


class Said:
    """``words`` looked for in ``texts``, all of them folded."""

    def __init__(self, words: Iterable[str], texts: Sequence[str]) -> None:
        distinct = dict.fromkeys(words)
        self._column = {word: number for number, word in enumerate(distinct)}
        rows = [[word in text for word in distinct] for text in texts]
        self._there = np.asarray(rows, np.bool_).reshape(len(texts), len(distinct))

    def somewhere(self) -> list[str]:
        """The words that any of the texts has."""
        words = list(self._column)
        return [words[n] for n in np.flatnonzero(self._there.any(axis=0)).tolist()]

    def of(self, terms: Terms) -> Table:
        """Which text has which term, in any of its ways: shape (texts, terms). A word that was not
        looked for is nowhere."""
        found = np.zeros((len(self._there), len(terms)), np.bool_)
        for number, ways in enumerate(terms):
            for way in ways:
                if (column := self._column.get(way)) is not None:
                    found[:, number] |= self._there[:, column]
        return found


def rarity(found: Table) -> Weights:
    """A weight a term, the more the fewer of the texts have it: shape (terms,)."""
    texts = found.shape[0]
    weights: Weights = np.log1p((texts + 1) / (1 + np.count_nonzero(found, axis=0)))
    return weights


def weighed(found: Table, weights: Weights) -> Weights:
    """The weight of what each text has: shape (texts,). Summed row by row, not as a product of
    matrices: rows that are alike must come out alike to the last bit, as ties are broken by id."""
    sums: Weights = (found * weights).sum(axis=1)
    return sums
