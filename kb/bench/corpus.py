"""Passages to index and questions to ask: a home's own, and as many more as are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.base import KnowledgeBase
from kb.engine.protocol import NO_END, NO_START, Entry
from kb.evaluate import read_queries
from kb.model import Kind, Scope, audience
from kb.text.segment import bigrams, words

EVERYTHING = Scope.everything(as_of=None)
CHANGED = 0.15
"""Share of a varied passage's words, and of its vector's length, that is another's."""

Vectors = NDArray[np.float32]


@dataclass(slots=True)
class Corpus:
    """Entries as the engine takes them, with their vectors, shape (len(entries), dimensions)."""

    entries: list[Entry]
    vectors: Vectors

    def grown(self, wanted: int, batch: int = 4096) -> Iterator[tuple[list[Entry], Vectors]]:
        """``wanted`` passages in batches: these, then variations of them.

        A variation takes a share of its words from another passage and leans its vector towards
        noise, so that neither postings nor distances repeat.
        """
        random = np.random.default_rng(0)
        for start in range(0, wanted, batch):
            numbers = range(start, min(start + batch, wanted))
            entries = [self._entry(n, random) for n in numbers]
            vectors = self.vectors[np.asarray(numbers) % len(self.entries)]
            varied = np.asarray(numbers) >= len(self.entries)
            if varied.any():
                noise = random.normal(size=vectors.shape).astype(np.float32)
                noise *= CHANGED**0.5 / np.linalg.norm(noise, axis=1, keepdims=True)
                vectors = np.where(varied[:, None], vectors + 2 * noise, vectors)
                vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
            yield entries, vectors.astype(np.float32)

    def _entry(self, n: int, random: np.random.Generator) -> Entry:
        copy, at = divmod(n, len(self.entries))
        own = self.entries[at]
        if not copy:
            return own
        other = self.entries[int(random.integers(len(self.entries)))]
        return replace(
            own,
            id=f"{copy}/{own.id}",
            words=_mixed(own.words, other.words),
            bigrams=_mixed(own.bigrams, other.bigrams),
        )


def _mixed(own: Sequence[str], other: Sequence[str]) -> list[str]:
    mine, theirs = list(own), list(other)
    return mine[int(len(mine) * CHANGED) :] + theirs[: int(len(mine) * CHANGED)]


def of_home(base: KnowledgeBase, most: int | None = None) -> Corpus:
    """What a home has indexed, cut again from its catalogue's text. Terms are shared strings."""
    shot = base.snapshot()
    ids = list(shot.reader.ids())[:most]
    shared: dict[str, str] = {}

    def share(terms: list[str]) -> list[str]:
        return [shared.setdefault(term, term) for term in terms]

    entries: list[Entry] = []
    headings: dict[str, list[str]] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        rows = shot.rows.passages(some, EVERYTHING)
        for id_ in some:
            passage, version = rows[id_].passage, rows[id_].version
            for text in (version.title, " ".join(passage.heading)):
                headings.setdefault(text, share(words(text)))
            text = passage.lead + passage.text
            start_, end = version.validity.start, version.validity.end
            entries.append(
                Entry(
                    id=id_,
                    words=share(words(text)),
                    bigrams=share(bigrams(text)),
                    title=headings[version.title],
                    heading=headings[" ".join(passage.heading)],
                    number=version.number,
                    kind=Kind(version.kind),
                    tier=version.tier,
                    department=audience(version.department, version.persons),
                    valid_from=start_.toordinal() if start_ else NO_START,
                    valid_to=end.toordinal() if end else NO_END,
                )
            )
    return Corpus(entries, shot.reader.vectors(ids))


def questions(path: Path, most: int) -> list[str]:
    """The texts of a BEIR file of queries. Raises `EvaluationError` as `read_queries` does."""
    return list(read_queries(path).values())[:most]
