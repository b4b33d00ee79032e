"""What the ranker looks at: one row of numbers a candidate, all of them cheap.

`NAMES` is the order of the columns; the fitted weights name them, so that weights for other
features are never applied by mistake.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb.model import Kind
from kb.retrieve.quantities import covered, quantities
from kb.retrieve.rewrite import Rewritten
from kb.retrieve.wants import wanted
from kb.text.normalise import fold

NAMES = (
    "fused",
    "keyword",
    "vector",
    "cosine",
    "keyword_rank",
    "vector_rank",
    "rare_pairs",
    "words",
    "added",
    "wanted",
    "quantity",
    "precedent",
    "note",
)
"""Tried and dropped, as they helped one kind of base and harmed the other: title and heading
match by themselves (BM25 has them), length, how many candidates the paper has, «第一条»."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that one of the halves found. ``fused``, ``keyword`` and ``vector`` are scores
    (None: that half did not find it); ranks count from 1 (0: not found)."""

    id: str
    text: str
    title: str
    heading: str
    kind: Kind
    fused: float
    keyword: float | None
    vector: float | None
    keyword_rank: int = 0
    vector_rank: int = 0


def features(asked: Rewritten, found: Sequence[Candidate]) -> NDArray[np.float64]:
    """Shape (len(found), len(NAMES))."""
    texts = [folded(c.text) for c in found]
    wholes = [
        f"{folded(c.title)} {folded(c.heading)} {text}"
        for c, text in zip(found, texts, strict=True)
    ]
    rare = _rarity(asked.pairs, wholes)
    words = dict.fromkeys((word for word in asked.words if len(word) > 1), 1.0)
    added = _rarity(asked.added, wholes)
    asks, amounts = wanted(asked.text), quantities(asked.text)
    best_k = max((c.keyword or 0.0 for c in found), default=0.0) or 1.0
    best_v = max((c.vector or 0.0 for c in found), default=0.0) or 1.0
    rows = [
        (
            c.fused,
            (c.keyword or 0.0) / best_k,
            (c.vector or 0.0) / best_v,
            c.vector or 0.0,
            1 / (5 + c.keyword_rank) if c.keyword_rank else 0.0,
            1 / (5 + c.vector_rank) if c.vector_rank else 0.0,
            _share(rare, whole),
            _share(words, whole),
            _share(added, whole),
            asks.given(text),
            covered(amounts, text) if amounts else 0.0,
            float(asks.precedent and c.kind is Kind.EXPERIENCE),
            float(not asks.precedent and c.kind is Kind.EXPERIENCE),
        )
        for c, text, whole in zip(found, texts, wholes, strict=True)
    ]
    return np.asarray(rows, dtype=np.float64).reshape(len(found), len(NAMES))


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """A passage's text as questions are folded; remembered, as the same ones come up again."""
    return fold(text)


def _rarity(terms: Sequence[str], texts: Sequence[str]) -> Mapping[str, float]:
    """Term → weight: the fewer of the candidates have it, the more it tells them apart."""
    found = {term: sum(term in text for text in texts) for term in terms}
    return {term: math.log1p((len(texts) + 1) / (1 + count)) for term, count in found.items()}


def _share(terms: Mapping[str, float], text: str) -> float:
    total = sum(terms.values())
    return sum(weight for term, weight in terms.items() if term in text) / total if total else 0.0
