"""Known questions: what was asked before, and which article answered it.

A question like a known one lifts that article among what was found for it. It never brings in what
the search did not find: so scope, day and permissions hold without a second check.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.embed import Embedder

ALIKE = 0.45
"""Cosine below which two questions have nothing to do with each other."""

LOOK_AGAIN = 1.0
"""Seconds between two looks at whether the list has changed."""


@dataclass(frozen=True, slots=True)
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

    def lifts(self, vector: NDArray[np.float32], *, but: str = "") -> dict[str, float]:
        """Article → likeness (0 to 1) of the most alike known question that it answers.

        ``but``: a question that is not counted (for fitting, where each must not know itself).
        """
        found: dict[str, float] = {}
        if not self.questions:
            return found
        likeness = self.vectors @ vector
        for place in np.flatnonzero(likeness >= ALIKE):
            if self.questions[place] == but:
                continue
            lift = (float(likeness[place]) - ALIKE) / (1 - ALIKE)
            for article in self.articles[place]:
                found[article] = max(found.get(article, 0.0), lift)
        return found


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
