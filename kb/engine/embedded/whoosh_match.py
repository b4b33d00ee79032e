"""The query tree over one Whoosh segment: its postings, phrases and scores, our booleans.

Whoosh's own combining matchers are not used: `AndNotMatcher` lets through what it should refuse
(where the refused begin before the needed), `ArrayUnionMatcher` loses matches with a score of 0.
Arrays over the segment's documents are exact, and faster than matchers that step in Python.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.half import path_term
from kb.engine.query import (
    And,
    Everything,
    Field,
    Not,
    Or,
    Papers,
    Pattern,
    Phrase,
    Prefix,
    Query,
    Term,
)

with warnings.catch_warnings():
    # Escapes in its strings that newer Pythons warn of; nobody mends them any more.
    warnings.simplefilter("ignore")
    from whoosh import query as whoosh


@dataclass(frozen=True, slots=True)
class Matched:
    """Which documents match, and their scores (0 where they do not)."""

    mask: NDArray[np.bool_]
    scores: NDArray[np.float32]


class Segment:
    """One leaf of a searcher."""

    def __init__(self, leaf: Any) -> None:
        self._leaf = leaf
        self._size: int = leaf.reader().doc_count_all()
        self._live = np.zeros(self._size, bool)
        self._live[list(leaf.reader().all_doc_ids())] = True

    def match(self, query: Query, context: Any) -> Matched:
        """Evaluate the tree; ``context`` is the parent searcher's."""
        match query:
            case Everything():
                return self._constant(self._live, 1.0)
            case Term(field, text, boost):
                return self._posted(whoosh.Term(field.value, text, boost=boost), context)
            case Phrase(field, (text,), boost):
                return self.match(Term(field, text, boost), context)
            case Phrase(field, texts, boost):
                if not texts or field is Field.NUMBER:
                    return self._nothing()
                return self._posted(whoosh.Phrase(field.value, list(texts), boost=boost), context)
            case Prefix(field, text):
                found = self._posted(whoosh.Prefix(field.value, text), context)
                return self._constant(found.mask, 1.0)
            case Pattern(field, _):
                # Not Whoosh's own: its wildcards read [ as the beginning of a set.
                fits = re.compile(query.regex() + r"\Z", re.DOTALL).match
                prefix = re.split(r"[*?]", query.text, maxsplit=1)[0]
                mask = np.zeros(self._size, bool)
                for term, places in self.terms(field, prefix):
                    if fits(term):
                        mask[places] = True
                return self._constant(mask & self._live, 1.0)
            case Papers(paths):
                found_in = [self._posted(_paper(p), context).mask for p in sorted(paths)]
                return self._constant(reduce(np.logical_or, found_in, self._none()), 0.0)
            case Or(children):
                parts = [self.match(child, context) for child in children]
                return reduce(_either, parts, self._nothing())
            case And(children):
                parts = [self.match(child, context) for child in children]
                return reduce(_both, parts, self._constant(self._live, 0.0))
            case Not(child):
                return self._constant(self._live & ~self.match(child, context).mask, 0.0)

    def terms(self, field: Field, prefix: str) -> Iterator[tuple[str, list[int]]]:
        """Terms of a field that begin with ``prefix``, and the living documents of each."""
        reader = self._leaf.reader()
        for raw in reader.expand_prefix(field.value, prefix):
            postings = reader.postings(field.value, raw)
            yield raw.decode("utf-8"), list(postings.all_ids())

    def _posted(self, query: Any, context: Any) -> Matched:
        mask, scores = np.zeros(self._size, bool), np.zeros(self._size, np.float32)
        scored = context.weighting is not None
        matcher = query.matcher(self._leaf, context)
        while matcher.is_active():
            place = matcher.id()
            mask[place] = True
            if scored:
                scores[place] = matcher.score()
            matcher.next()
        return Matched(mask, scores)

    def _nothing(self) -> Matched:
        return self._constant(self._none(), 0.0)

    def _none(self) -> NDArray[np.bool_]:
        return np.zeros(self._size, bool)

    @staticmethod
    def _constant(mask: NDArray[np.bool_], score: float) -> Matched:
        return Matched(mask, mask * np.float32(score))


def _either(one: Matched, other: Matched) -> Matched:
    return Matched(one.mask | other.mask, one.scores + other.scores)


def _both(one: Matched, other: Matched) -> Matched:
    mask = one.mask & other.mask
    return Matched(mask, (one.scores + other.scores) * mask)


def _paper(path: str) -> Any:
    return whoosh.Term("paper", path_term(path))
