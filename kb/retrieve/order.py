"""What ranking gives: articles in order, and what was read on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.catalogue.rows import PassageRow
from kb.engine.query import Field


@dataclass(frozen=True, slots=True)
class Stages:
    """Which parts of the search are on; all of them, but in an ablation (``kb eval --without``).
    ``fields``: the only ones that words are looked for in; None: all."""

    synonyms: bool = True
    ranker: bool = True
    known: bool = True
    fields: frozenset[Field] | None = None


EVERY_STAGE = Stages()


class Ranked(NamedTuple):
    """An article, its best passage, and what each half gave that passage. (A tuple, as `Found`:
    hundreds are made for each question.)

    ``score`` decides the order: above 1 where the ranker looked, the fused score below that.
    ``exact``: the question names the article; ``named``: its paper (文件名, 文号).
    """

    id: str
    passage: str
    score: float
    keyword: float | None
    vector: float | None
    exact: bool = False
    fused: float = 0.0
    named: str = ""


class Found(NamedTuple):
    """An article at its best passage, with what each half gave it (None, rank 0: not found)."""

    article: str
    passage: str
    fused: float
    keyword: float | None
    vector: float | None
    keyword_rank: int
    vector_rank: int

    def ranked(self, score: float, named: str = "") -> Ranked:
        """With the score that decides its place."""
        article, passage, fused, keyword, vector, _, _ = self
        return Ranked(article, passage, score, keyword, vector, False, fused, named)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the ranker looked at: ``table`` (len(articles), len(names)) and the weights."""

    articles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    table: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def parts(self) -> dict[str, dict[str, float]]:
        """Article → what each feature gave it (weight times value), for ``--explain``."""
        given = (self.table * self.weights).tolist() if self.articles else []
        return {
            article: dict(zip(self.names, row, strict=True))
            for article, row in zip(self.articles, given, strict=True)
        }


@dataclass(frozen=True, slots=True)
class Order:
    """What `Retriever.order` gives: the best of ``total`` articles, ``rows`` (by passage) that were
    read on the way, what was ``weighed``, ``known``: how like the question is to a known one that
    the article answers."""

    ranked: list[Ranked]
    total: int
    rows: dict[str, PassageRow]
    weighed: Weighed
    known: dict[str, float]
