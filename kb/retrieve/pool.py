"""What both halves found as columns of numbers, where the reader numbers its passages.

The same articles in the same order as `kb.retrieve.candidates.roll_up` gives (a test holds the one
to the other), without an object and two strings for each of the five hundred: a `Found` is made of
those that are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from kb.engine.protocol import Best, Naming
from kb.retrieve.candidates import article_of
from kb.retrieve.fusion import convex_columns
from kb.retrieve.order import Found

Column = NDArray[np.float64]
Whole = NDArray[np.int64]

NONE: Best = (np.zeros(0, np.float32), np.zeros(0, np.int64))
"""What a half that was not asked found."""

AT_ONCE = 64
"""Articles made at once for who walks through them."""


class Pool(Sequence[Found]):
    """Articles, best first. ``rows``: each one's best passage; ``articles``: the row that its
    article is ordered by; scores that a half did not give are NaN, their ranks 0."""

    def __init__(
        self,
        naming: Naming,
        rows: Whole,
        articles: Whole,
        scores: tuple[Column, Column, Column],
        ranks: tuple[Whole, Whole],
    ) -> None:
        self.naming = naming
        self.rows = rows
        self.articles = articles
        self.fused, self.words, self.cosines = scores
        self.word_ranks, self.ranks = ranks

    @classmethod
    def of(cls, naming: Naming, keyword: Best, vector: Best, weight: float) -> Pool:
        """Fuse both halves (`convex`) and roll their passages up to articles."""
        many = len(keyword[1])
        rows, places = np.unique(np.concatenate([keyword[1], vector[1]]), return_inverse=True)
        words, word_ranks = _spread(keyword[0], places[:many], len(rows))
        cosines, ranks = _spread(vector[0], places[many:], len(rows))
        fused = convex_columns(words, cosines, weight)
        order = np.lexsort((naming.order(rows), -fused))
        order = order[: len(order) - np.count_nonzero(np.isnan(fused))]
        articles = naming.articles_of(rows)
        if (articles != rows).any():
            _, first = np.unique(articles[order], return_index=True)
            order = order[np.sort(first)]
        whole = articles.astype(np.int64)
        pool = cls(naming, rows, whole, (fused, words, cosines), (word_ranks, ranks))
        return pool.taken(order)

    def taken(self, places: Whole) -> Pool:
        """Those at these places, in this order."""
        return Pool(
            self.naming,
            self.rows[places],
            self.articles[places],
            (self.fused[places], self.words[places], self.cosines[places]),
            (self.word_ranks[places], self.ranks[places]),
        )

    def order(self) -> NDArray[np.int32]:
        """Numbers that sort as the articles' ids do."""
        return self.naming.order(self.articles)

    def by_paper(self, values: Mapping[str, float]) -> Column:
        """The value of each one's paper; 0 where it has none."""
        numbers, places = np.unique(self.naming.papers_of(self.rows), return_inverse=True)
        papers = self.naming.papers
        found = [values.get(papers[number], 0.0) for number in numbers.tolist()]
        column: Column = np.asarray(found, np.float64)[places]
        return column

    def found(self) -> list[Found]:
        """All of them, made."""
        columns = (self.fused, self.words, self.cosines, self.word_ranks, self.ranks)
        return [
            Found(
                article_of(id_) if "~" in id_ else id_,
                id_,
                fused,
                # NaN is not itself.
                word if word == word else None,
                cosine if cosine == cosine else None,
                word_rank,
                rank,
            )
            for id_, fused, word, cosine, word_rank, rank in zip(
                self.naming.ids(self.rows), *(c.tolist() for c in columns), strict=True
            )
        ]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Found: ...

    @overload
    def __getitem__(self, place: slice) -> list[Found]: ...

    def __getitem__(self, place: int | slice) -> Found | list[Found]:
        where = np.arange(len(self))[place]
        some = self.taken(np.atleast_1d(where)).found()
        return some if isinstance(place, slice) else some[0]

    def __iter__(self) -> Iterator[Found]:
        for start in range(0, len(self), AT_ONCE):
            yield from self[start : start + AT_ONCE]


def _spread(scores: NDArray[np.float32], places: Whole, size: int) -> tuple[Column, Whole]:
    """One half's scores and its ranks from 1, each at its place."""
    column, ranks = np.full(size, np.nan), np.zeros(size, np.int64)
    column[places] = scores
    ranks[places] = np.arange(1, len(scores) + 1)
    return column, ranks
