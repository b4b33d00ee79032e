"""Both halves asked, their passages rolled up to articles, in fused order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from kb.embed import Embedder
from kb.retrieve.fusion import Scores
from kb.retrieve.order import Found
from kb.retrieve.rewrite import Rewritten

ADDED_SHARE = 0.4
"""Of the synonyms' vector, against the question's own."""


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
    for less, id_ in sorted([(-score, id_) for id_, score in fused.items()]):
        article = article_of(id_) if "~" in id_ else id_
        if article not in found:
            word, meaning = keyword.get(id_), vector.get(id_)
            ranks = by_word.get(id_, 0), by_meaning.get(id_, 0)
            found[article] = Found(article, id_, -less, word, meaning, *ranks)
    return list(found.values())


def article_of(passage_id: str) -> str:
    """The article that a passage is, or (``~2``) is a part of."""
    head, mark, part = passage_id.rpartition("~")
    return head if mark and part.isdigit() else passage_id
