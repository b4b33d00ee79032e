"""Known questions: what was asked before, and which article answered it.

A question like a known one lifts that article and, less, its paper; an article that the search did
not find is brought in, if the reader may see it and it holds on his day (`kb.retrieve.ranking`).
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kb.embed import Embedder
from kb.text.segment import bigrams

MEANING = 0.7
"""Of the likeness of two questions; the rest is the rare pairs of letters that both have."""

ALIKE = 0.35
"""Likeness below which two questions have nothing to do with each other."""

SAME = 0.9
"""Likeness from which it is the same question: what answered it stands first. (Fitted weights do
not say so: of the questions that they were fitted on no two are the same.)"""

LOOKED_AT = 20
FAINT = 0.2
"""Where something is alike, so many of the next likest questions down to here count for papers."""

LOOK_AGAIN = 1.0
"""Seconds between two looks at whether the list has changed."""


@dataclass(frozen=True, slots=True)
class Near:
    """What known questions say of a new one.

    ``articles``: article → (likeness of the likest question that it answers, sum of squared
    likenesses, likeness in words). ``papers``: path → (share of all likeness, the likest).
    """

    articles: Mapping[str, tuple[float, float, float]]
    papers: Mapping[str, tuple[float, float]]

    def __bool__(self) -> bool:
        return bool(self.articles)

    def alike(self) -> dict[str, float]:
        """Articles that a question alike was answered by, and how like it is."""
        return {article: best for article, (best, _, _) in self.articles.items() if best >= ALIKE}

    def same(self, article: str) -> bool:
        """Whether this very question was answered by it."""
        return self.articles.get(article, (0.0,))[0] >= SAME


NOTHING_NEAR = Near({}, {})


@dataclass(frozen=True)
class Known:
    """``vectors``: one row a question, unit length; ``articles``: what answered each."""

    questions: tuple[str, ...]
    vectors: NDArray[np.float32]
    articles: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], embedder: Embedder) -> Known:
        """From (question, article id) pairs."""
        answers: dict[str, set[str]] = {}
        for question, article in pairs:
            answers.setdefault(question, set()).add(article)
        vectors = embedder.encode_queries(list(answers))
        return cls(tuple(answers), vectors, tuple(frozenset(a) for a in answers.values()))

    def near(self, text: str, vector: NDArray[np.float32], *, but: str = "") -> Near:
        """What the questions like this one say; nothing where none is `ALIKE`.

        Args:
            text: the question; vector: its own, shape (dimensions,).
            but: a question that is not counted (for fitting, where each must not know itself).
        """
        if not self.questions:
            return NOTHING_NEAR
        shared = self._shared(text)
        like = MEANING * (self.vectors @ vector) + (1 - MEANING) * shared
        if but in self._place:
            like[self._place[but]] = -1.0
        first = np.argsort(-like, kind="stable")[:LOOKED_AT]
        first = first[like[first] >= FAINT]
        if not len(first) or like[first[0]] < ALIKE:
            return NOTHING_NEAR
        articles: dict[str, tuple[float, float, float]] = {}
        papers: defaultdict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        whole = sum(float(like[place]) ** 2 for place in first)
        for place in first.tolist():
            likeness, words = float(like[place]), float(shared[place])
            for article in self.articles[place]:
                best, total, worded = articles.get(article, (0.0, 0.0, 0.0))
                articles[article] = (
                    max(best, likeness),
                    total + likeness**2,
                    max(worded, words),
                )
            for paper in {article.partition("#")[0] for article in self.articles[place]}:
                share, best = papers[paper]
                papers[paper] = share + likeness**2 / whole, max(best, likeness)
        return Near(articles, dict(papers))

    def _shared(self, text: str) -> NDArray[np.float64]:
        """Cosine of the rare pairs that the questions share with ``text``, one each."""
        weights = {pair: self._rarity(pair) ** 2 for pair in set(bigrams(text))}
        found = np.zeros(len(self.questions))
        for pair, weight in weights.items():
            if (places := self._postings.get(pair)) is not None:
                found[places] += weight
        cosines: NDArray[np.float64] = found / (
            (math.sqrt(sum(weights.values())) or 1.0) * self._lengths
        )
        return cosines

    def _rarity(self, pair: str) -> float:
        count = len(self._postings.get(pair, ()))
        return math.log1p(len(self.questions) / (1 + count))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {question: place for place, question in enumerate(self.questions)}

    @cached_property
    def _pairs(self) -> list[frozenset[str]]:
        return [frozenset(bigrams(question)) for question in self.questions]

    @cached_property
    def _postings(self) -> dict[str, NDArray[np.int64]]:
        found: dict[str, list[int]] = {}
        for place, pairs in enumerate(self._pairs):
            for pair in pairs:
                found.setdefault(pair, []).append(place)
        return {pair: np.asarray(places) for pair, places in found.items()}

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        sums = [sum(self._rarity(pair) ** 2 for pair in pairs) for pairs in self._pairs]
        lengths: NDArray[np.float64] = np.sqrt(np.maximum(np.asarray(sums), 1e-9))
        return lengths


NOTHING_KNOWN = Known((), np.zeros((0, 0), np.float32), ())

Pairs = Callable[[], Sequence[tuple[str, str]]]
Stamp = Callable[[], Hashable]


class Follower:
    """The current `Known`, embedded again when the stored list has changed."""

    def __init__(self, pairs: Pairs, stamp: Stamp, embedder: Embedder) -> None:
        self._pairs = pairs
        self._stamp = stamp
        self._embedder = embedder
        self._held: tuple[Hashable, Known] = (None, NOTHING_KNOWN)
        self._looked = float("-inf")

    def current(self) -> Known:
        """What is known now; at most `LOOK_AGAIN` seconds old."""
        now = time.monotonic()
        if now - self._looked >= LOOK_AGAIN:
            stamp = self._stamp()
            if stamp != self._held[0]:
                self._held = stamp, Known.of(self._pairs(), self._embedder)
            self._looked = now
        return self._held[1]
