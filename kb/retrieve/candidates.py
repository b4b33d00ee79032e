"""Both halves asked, their passages rolled up to articles, in fused order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.catalogue.rows import PassageRow
from kb.embed import Embedder
from kb.retrieve.features import Candidate
from kb.retrieve.fusion import Scores
from kb.retrieve.order import Ranked
from kb.retrieve.rewrite import Rewritten

ADDED_SHARE = 0.4
"""Of the synonyms' vector, against the question's own."""


@dataclass(frozen=True, slots=True)
class Found:
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
        return Ranked(
            self.article,
            self.passage,
            score,
            self.keyword,
            self.vector,
            fused=self.fused,
            named=named,
        )

    def candidate(self, row: PassageRow) -> Candidate:
        """With its text, for the ranker."""
        return Candidate(
            id=self.article,
            text=row.passage.text,
            title=row.version.title,
            heading=" ".join(row.passage.heading),
            kind=row.version.kind,
            fused=self.fused,
            keyword=self.keyword,
            vector=self.vector,
            keyword_rank=self.keyword_rank,
            vector_rank=self.vector_rank,
        )


def question_vector(embedder: Embedder, asked: Rewritten) -> NDArray[np.float32]:
    """Shape (dimensions,): the question's, leaning towards its synonyms'."""
    if not asked.added:
        alone: NDArray[np.float32] = embedder.encode_queries([asked.text])[0]
        return alone
    own, added = embedder.encode_queries([asked.text, " ".join(asked.added)])
    mixed = own + ADDED_SHARE * added
    unit: NDArray[np.float32] = mixed / max(float(np.linalg.norm(mixed)), 1e-9)
    return unit.astype(np.float32)


def roll_up(
    keyword: Scores,
    vector: Scores,
    weight: float,
    fuse: Callable[[Scores, Scores, float], Mapping[str, float]],
) -> list[Found]:
    """Articles, best first; parts (``~2``) of a long one count as it, at their best."""
    fused = fuse(keyword, vector, weight)
    by_word = {id_: rank for rank, id_ in enumerate(keyword, start=1)}
    by_meaning = {id_: rank for rank, id_ in enumerate(vector, start=1)}
    found: dict[str, Found] = {}
    for id_ in sorted(fused, key=lambda i: (-fused[i], i)):
        article = article_of(id_)
        if article not in found:
            found[article] = Found(
                article,
                id_,
                fused[id_],
                keyword.get(id_),
                vector.get(id_),
                by_word.get(id_, 0),
                by_meaning.get(id_, 0),
            )
    return list(found.values())


def article_of(passage_id: str) -> str:
    """The article that a passage is, or (``~2``) is a part of."""
    head, mark, part = passage_id.rpartition("~")
    return head if mark and part.isdigit() else passage_id
