"""The tree over one fetched passage: whether it matches, and its score.

Scores are worked out here: milvus-lite counts its statistics a segment and gives negative ones, and
a score must not depend on which server, or which of its nodes, was asked. BM25 as in Robertson and
Zaragoza (2009), k1 = 1.2, b = 0.75, with the never negative idf that tantivy and Lucene have:
``ln(1 + (N - n + 0.5) / (n + 0.5))``. A phrase counts its places and takes the sum of its terms'
idf.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from kb.engine.milvus.encode import BIGRAMS, COLUMN, WORDS, read, term_of, token
from kb.engine.milvus.meta import Terms
from kb.engine.milvus.server import Row
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
    paper_of,
)

K1, B = 1.2, 0.75

NEEDED = ("id", WORDS, BIGRAMS)
"""Columns that matching looks at."""


class Passage:
    """A fetched row."""

    def __init__(self, row: Row) -> None:
        self.id = read(str(row["id"]))
        self._row = row

    def tokens(self, field: Field) -> list[str]:
        """Of a field, in order."""
        return self._fields.get(COLUMN[field][1], [])

    @cached_property
    def _fields(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for column in (WORDS, BIGRAMS):
            for one in str(self._row[column]).split():
                found.setdefault(one[0], []).append(one)
        return found


@dataclass(frozen=True, slots=True)
class Matcher:
    """Evaluates trees over passages of one generation of ``size`` passages."""

    terms: Terms
    size: int

    def score(self, query: Query, of: Passage) -> float | None:
        """None where it does not match."""
        match query:
            case Everything():
                return 1.0
            case Term(field, text, boost):
                return self._phrase(of, field, (text,), boost)
            case Phrase(field, texts, boost):
                return self._phrase(of, field, texts, boost)
            case Prefix(field, text):
                head = token(field, text)
                return 1.0 if any(t.startswith(head) for t in of.tokens(field)) else None
            case Pattern(field, _):
                fits = _regex(query).match
                return 1.0 if any(fits(term_of(t)) for t in of.tokens(field)) else None
            case Papers(paths):
                return 0.0 if paper_of(of.id) in paths else None
            case Or(children):
                found = [s for c in children if (s := self.score(c, of)) is not None]
                return sum(found) if found else None
            case And(children):
                whole = 0.0
                for child in children:
                    if (part := self.score(child, of)) is None:
                        return None
                    whole += part
                return whole
            case Not(child):
                return 0.0 if self.score(child, of) is None else None

    def _phrase(
        self, of: Passage, field: Field, texts: tuple[str, ...], boost: float
    ) -> float | None:
        if not texts or not all(texts) or (field is Field.NUMBER and len(texts) > 1):
            return None
        wanted = [token(field, text) for text in texts]
        tokens = of.tokens(field)
        if len(wanted) == 1:
            times = tokens.count(wanted[0])
        else:
            width = len(wanted)
            times = sum(tokens[i : i + width] == wanted for i in range(len(tokens) - width + 1))
        if not times:
            return None
        average = self.terms.lengths[COLUMN[field][1]] / max(self.size, 1)
        share = 1 - B + B * rounded(len(tokens)) / (average or 1.0)
        return boost * sum(map(self._idf, wanted)) * times * (K1 + 1) / (times + K1 * share)

    def _idf(self, one: str) -> float:
        having = self.terms.having[one]
        return math.log1p((self.size - having + 0.5) / (having + 0.5))


def rounded(length: int) -> int:
    """A length as tantivy and Lucene keep it, in one byte: exact up to 40, of more the first four
    bits above 24. So that both engines give a passage the same score."""
    beyond = length - 24
    shift = max(beyond.bit_length() - 4, 0)
    return length if beyond <= 0 else 24 + (beyond >> shift << shift)


@lru_cache(maxsize=256)
def _regex(pattern: Pattern) -> re.Pattern[str]:
    return re.compile(pattern.regex() + r"\Z", re.DOTALL)


def any_of(query: Query) -> bool:
    """Whether a tree asks for terms of which one is enough: a search by tokens finds all of it."""
    match query:
        case Term(_, text):
            return bool(text)
        case Or(children):
            return bool(children) and all(map(any_of, children))
    return False


def sought(query: Query) -> dict[str, list[str]]:
    """Tokens that earn a score, by column: what a BM25 search is asked for."""
    found: dict[str, list[str]] = {}
    match query:
        case Term(field, text) if text:
            found[COLUMN[field][0]] = [token(field, text)]
        case Phrase(field, texts):
            found[COLUMN[field][0]] = [token(field, text) for text in texts if text]
        case Or(children) | And(children):
            for child in children:
                for column, tokens in sought(child).items():
                    found.setdefault(column, []).extend(tokens)
    return {column: tokens for column, tokens in found.items() if tokens}
