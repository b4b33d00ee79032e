"""What the ranker looks at: one row of numbers a candidate, all of them cheap.

The weights name their features (`kb.retrieve.ranker`), so that weights for other features are
never applied by mistake. `COARSE` needs no text and is worked out for every candidate; the rest
reads the few that are near.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb.catalogue.rows import PassageRow
from kb.law.validity import status
from kb.model import Kind, Status, Validity
from kb.retrieve.known import Near
from kb.retrieve.order import Found
from kb.retrieve.quantities import covered, quantities
from kb.retrieve.rewrite import Rewritten
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
    if not found:
        return np.zeros((0, len(COARSE) + (len(KNOWN) if near else 0)))
    keyword = np.asarray([f.keyword or 0.0 for f in found])
    cosines = [f.vector for f in found if f.vector is not None]
    last = min(cosines, default=0.0)
    cosine = np.asarray([last if f.vector is None else f.vector for f in found])
    columns = [
        np.asarray([f.fused for f in found]),
        keyword / (keyword.max() or 1.0),
        cosine / (max(cosine.max(), 0.0) or 1.0),
        cosine,
        np.asarray([1 / (5 + f.keyword_rank) if f.keyword_rank else 0.0 for f in found]),
        np.asarray([1 / (5 + f.vector_rank) if f.vector_rank else 0.0 for f in found]),
        np.asarray([cited.get(f.article.partition("#")[0], 0.0) for f in found]),
    ]
    table = np.stack(columns, axis=1)
    return np.hstack([table, _known(found, near)]) if near else table


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
    wholes = [c.whole for c in looked]
    rare, pairs_of = _rarity([(pair,) for pair in asked.pairs], wholes)
    concepts, said_of = _rarity(asked.concepts, wholes)
    added, added_of = _rarity([(word,) for word in asked.added], wholes)
    # What none of the candidates has tells nothing apart: of concepts it weighs nothing.
    told = {n for said in said_of for n, _ in said}
    all_concepts = sum(concepts[n] for n in told) or 1.0
    all_rare, all_added = sum(rare) or 1.0, sum(added) or 1.0
    words = dict.fromkeys((word for word in asked.words if len(word) > 1), 1.0)
    asks, amounts = wanted(asked.text), quantities(asked.text)
    years = frozenset(_YEAR.findall(asked.text))
    ago = bool(_PAST.search(asked.text))
    rows = []
    for c, have_pairs, have_said, have_added in zip(
        looked, pairs_of, said_of, added_of, strict=True
    ):
        note = c.kind is Kind.EXPERIENCE
        over = status(c.validity, day) in _OVER
        meant = over and (ago or _began(c.validity) in years)
        # What the whole lacks no part of it has: parts are asked for the rest only.
        pairs = [(there, rare[n]) for n, there in have_pairs]
        said = [(there, concepts[n]) for n, there in have_said]
        best, answer = _parts(c.parts, pairs, said, asks)
        rows.append(
            (
                sum(w for _, w in pairs) / all_rare,
                best / all_rare,
                _share(words, c.whole),
                sum(added[n] for n, _ in have_added) / all_added,
                sum(w for _, w in said) / all_concepts,
                answer / all_concepts,
                asks.given(c.text),
                covered(amounts, c.text) if amounts else 0.0,
                float(asks.precedent and note),
                float(not asks.precedent and note),
                float(over and not meant),
                float(meant),
            )
        )
    return np.asarray(rows, dtype=np.float64).reshape(len(looked), len(FINE) - len(COARSE))


Said = Sequence[tuple[tuple[str, ...], float]]
"""What a text has of a question: the ways in which it is said there, and its weight."""


def _parts(parts: Sequence[str], pairs: Said, said: Said, asks: Wanted) -> tuple[float, float]:
    """The most that one part has of the rare pairs, and of what is asked and answered there."""
    best = answer = 0.0
    for part in parts:
        best = max(best, sum(weight for (pair,), weight in pairs if pair in part))
        have = sum(w for some, w in said if any(word in part for word in some))
        if have > answer:
            answer = max(answer, have * asks.given(part))
    return best, answer


def _began(validity: Validity) -> str:
    return str(validity.start.year) if validity.start else ""


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """A passage's text as questions are folded; remembered, as the same ones come up again."""
    return fold(text)


def _rarity(
    terms: Sequence[tuple[str, ...]], texts: Sequence[str]
) -> tuple[list[float], list[list[tuple[int, tuple[str, ...]]]]]:
    """A weight a term, the more the fewer of the texts have it, and for each text which terms it
    has (by number), and in which of the ways that a term may be said."""
    found = [
        [
            (number, there)
            for number, term in enumerate(terms)
            if (there := tuple(said for said in term if said in text))
        ]
        for text in texts
    ]
    counts = [0] * len(terms)
    for have in found:
        for number, _ in have:
            counts[number] += 1
    return [math.log1p((len(texts) + 1) / (1 + count)) for count in counts], found


def _share(terms: Mapping[str, float], text: str) -> float:
    total = sum(terms.values())
    return sum(weight for term, weight in terms.items() if term in text) / total if total else 0.0
