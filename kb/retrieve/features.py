"""What the ranker looks at: one row of numbers a candidate, all of them cheap.

The weights name their features (`kb.retrieve.ranker`), so that weights for other features are
never applied by mistake. `COARSE` needs no text and is worked out for every candidate; the rest
reads the few that are near.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.catalogue.rows import PassageRow
from kb.law.validity import status
from kb.model import Kind, Status, Validity
from kb.retrieve.known import Near
from kb.retrieve.order import Found
from kb.retrieve.pool import Pool
from kb.retrieve.quantities import covered, quantities
from kb.retrieve.rewrite import Rewritten
from kb.retrieve.said import Said, rarity, weighed
from kb.retrieve.wants import Wanted, wanted
from kb.text.normalise import fold

COARSE = ("fused", "keyword", "vector", "cosine", "keyword_rank", "vector_rank", "cited")
FINE = (
    *COARSE,
    "rare_pairs",
    "best_part",
    "words",
    "added",
    "concepts",
    "answer_part",
    "wanted",
    "quantity",
    "precedent",
    "note",
    "replaced",
    "past",
)
KNOWN = ("known", "known_sum", "known_words", "known_share", "known_paper")
"""Beside either, where a question like this one was answered before."""

_OVER = frozenset((Status.AMENDED, Status.REPEALED))
_PAST = re.compile(r"旧|老(?!百姓|师|人|年|是|板|大|一)|原来|以前|之前|当年|废止前|修订前|修改前")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage's text as it is looked at: ``whole`` is title, headings and text, folded."""

    text: str
    whole: str
    parts: tuple[str, ...]
    kind: Kind
    validity: Validity

    @classmethod
    def of(cls, row: PassageRow) -> Candidate:
        """From a row of the catalogue."""
        text = fold(row.passage.text)
        head = fold(f"{row.version.title} {' '.join(row.passage.heading)}")
        return cls(
            text,
            f"{head} {text}",
            tuple(text.split("\n")),
            row.version.kind,
            row.version.validity,
        )


def coarse(
    found: Sequence[Found], cited: Mapping[str, float], near: Near | None = None
) -> NDArray[np.float64]:
    """Shape (len(found), len(COARSE)), or with `KNOWN` beside where something is ``near``.

    A passage that the vector half did not give is no nearer than the last one that it gave.
    ``cited``: path → how often the paper is cited, as a logarithm.
    """
    if not len(found):
        return np.zeros((0, len(COARSE) + (len(KNOWN) if near else 0)))
    if isinstance(found, Pool):
        fused, words, cosines = found.fused, found.words, found.cosines
        word_ranks, ranks = found.word_ranks.astype(float), found.ranks.astype(float)
        often = found.by_paper(cited)
    else:
        articles, _, *given = zip(*found, strict=True)
        # What was not found becomes NaN.
        fused, words, cosines, word_ranks, ranks = (np.asarray(c, np.float64) for c in given)
        often = np.asarray([cited.get(article.partition("#")[0], 0.0) for article in articles])
    keyword = np.nan_to_num(words)
    nowhere = np.isnan(cosines)
    last = float(np.min(cosines, initial=np.inf, where=~nowhere))
    cosine = np.where(nowhere, last if np.isfinite(last) else 0.0, cosines)
    columns = [
        fused,
        keyword / (keyword.max() or 1.0),
        cosine / (max(cosine.max(), 0.0) or 1.0),
        cosine,
        _by_rank(word_ranks),
        _by_rank(ranks),
        often,
    ]
    table = np.stack(columns, axis=1)
    return np.hstack([table, _known(found, near)]) if near else table


def _by_rank(places: NDArray[Any]) -> NDArray[np.float64]:
    """From 1/6 for the first downwards; 0 for what was not found (rank 0)."""
    given: NDArray[np.float64] = np.where(places > 0, 1 / (5 + places), 0.0)
    return given


def _known(found: Sequence[Found], near: Near) -> NDArray[np.float64]:
    nothing = (0.0, 0.0, 0.0)
    return np.asarray(
        [
            (
                *near.articles.get(f.article, nothing),
                *near.papers.get(f.article.partition("#")[0], (0.0, 0.0)),
            )
            for f in found
        ]
    )


def fine(asked: Rewritten, looked: Sequence[Candidate], day: date) -> NDArray[np.float64]:
    """Shape (len(looked), len(FINE) - len(COARSE)): what their text says.

    ``day``: on which a version must hold that is not to count as replaced.
    """
    words = [(word,) for word in dict.fromkeys(asked.words) if len(word) > 1]
    pairs, added = [(pair,) for pair in asked.pairs], [(word,) for word in asked.added]
    everything = chain.from_iterable((*words, *pairs, *added, *asked.concepts))
    wholes = Said(everything, [c.whole for c in looked])
    # What the whole lacks no part of it has.
    parts = Said(wholes.somewhere(), [part for c in looked for part in c.parts])
    have_pairs, have_said, have_added = map(wholes.of, (pairs, asked.concepts, added))
    rare, concepts, further = map(rarity, (have_pairs, have_said, have_added))
    # What none of the candidates has tells nothing apart: of concepts it weighs nothing.
    all_concepts = concepts[have_said.any(axis=0)].sum() or 1.0
    all_rare = rare.sum() or 1.0
    tables = [
        weighed(have_pairs, rare) / all_rare,
        wholes.of(words).sum(axis=1) / max(len(words), 1),
        weighed(have_added, further) / (further.sum() or 1.0),
        weighed(have_said, concepts) / all_concepts,
    ]
    in_parts = (weighed(parts.of(pairs), rare) / all_rare).tolist()
    said_in_parts = (weighed(parts.of(asked.concepts), concepts) / all_concepts).tolist()
    asks, amounts = wanted(asked.text), quantities(asked.text)
    years = frozenset(_YEAR.findall(asked.text))
    ago = bool(_PAST.search(asked.text))
    rows, done = [], 0
    for c, pairs_told, words_told, added_told, concepts_told in zip(
        looked, *(table.tolist() for table in tables), strict=True
    ):
        note = c.kind is Kind.EXPERIENCE
        over = status(c.validity, day) in _OVER
        meant = over and (ago or _began(c.validity) in years)
        here = slice(done, done := done + len(c.parts))
        rows.append(
            (
                pairs_told,
                max(in_parts[here], default=0.0),
                words_told,
                added_told,
                concepts_told,
                _answers(c.parts, said_in_parts[here], asks),
                asks.given(c.text),
                covered(amounts, c.text) if amounts else 0.0,
                float(asks.precedent and note),
                float(not asks.precedent and note),
                float(over and not meant),
                float(meant),
            )
        )
    return np.asarray(rows, dtype=np.float64).reshape(len(looked), len(FINE) - len(COARSE))


def _answers(parts: Sequence[str], said: Sequence[float], asks: Wanted) -> float:
    """The most that one part has both of what is asked and of what is wanted for an answer."""
    most = 0.0
    for part, have in zip(parts, said, strict=True):
        # No part gives more than the whole of what it has: most need not be looked at.
        if have > most:
            most = max(most, have * asks.given(part))
    return most


def _began(validity: Validity) -> str:
    return str(validity.start.year) if validity.start else ""


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """A passage's text as questions are folded; remembered, as the same ones come up again."""
    return fold(text)
