"""query → terms → both halves within the scope → fuse → roll up to articles → rank → explain."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import PassageRow
from kb.embed import Embedder
from kb.engine.protocol import Reader
from kb.law.validity import status
from kb.model import Kind, Scope
from kb.retrieve.candidates import Found, question_vector, roll_up
from kb.retrieve.exact import Names, exact
from kb.retrieve.fusion import FUSIONS
from kb.retrieve.highlight import highlights, snippet
from kb.retrieve.known import Follower
from kb.retrieve.ranker import Ranker, shipped_ranker
from kb.retrieve.result import Hit, SearchResult, Why
from kb.retrieve.rewrite import Rewritten, rewrite
from kb.retrieve.weak import is_weak
from kb.text.normalise import fold
from kb.text.synonyms import Synonyms, shipped

EXACT = 100.0
"""Score of an article that the query names; no fused score comes near it."""

DEPTH = 300
"""Candidates taken from each half before fusion."""

RERANKED = 50
"""Of the fused order's best, looked at closely by the ranker; the rest keep their order."""

MOST_NAMES = 32
"""Scopes whose names are kept."""


@dataclass(frozen=True, slots=True)
class Stages:
    """Which parts of the search are on; all of them, but in an ablation (``kb eval --without``)."""

    synonyms: bool = True
    ranker: bool = True
    known: bool = True


EVERY_STAGE = Stages()
NO_SYNONYMS = Synonyms()


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article, its best passage, and what each half gave that passage.

    ``score`` decides the order: above 1 where the ranker looked, the fused score below that.
    """

    id: str
    passage: str
    score: float
    keyword: float | None
    vector: float | None
    exact: bool = False
    fused: float = 0.0


class Retriever:
    """Searches one pinned generation. Safe for several threads."""

    def __init__(
        self,
        rows: IndexReader,
        reader: Reader,
        embedder: Embedder,
        *,
        weight: float,
        fusion: str = "convex",
        synonyms: Synonyms | None = None,
        ranker: Ranker | None = None,
        known: Follower | None = None,
    ) -> None:
        self._rows = rows
        self._reader = reader
        self._embedder = embedder
        self._weight = weight
        self._fuse = FUSIONS[fusion]
        self._synonyms = synonyms or shipped()
        self._ranker = ranker or shipped_ranker()
        self._known = known
        self._names: dict[Scope, Names] = {}

    def rank(
        self,
        query: str,
        scope: Scope,
        limit: int,
        *,
        weight: float | None = None,
        stages: Stages = EVERY_STAGE,
    ) -> list[Ranked]:
        """The best ``limit`` articles. ``weight`` 0 (words) and 1 (meaning) are not ranked."""
        return self._ranked(self._asked(query, stages), scope, limit, weight, stages)[0]

    def _asked(self, query: str, stages: Stages) -> Rewritten:
        return rewrite(query, self._synonyms if stages.synonyms else NO_SYNONYMS)

    def _ranked(
        self, asked: Rewritten, scope: Scope, limit: int, weight: float | None, stages: Stages
    ) -> tuple[list[Ranked], dict[str, PassageRow]]:
        """The order, and the rows that were read on the way."""
        found = self.found(asked, scope, limit, weight)
        best = {r.id: r for r in self._exact(asked, scope)}
        rows: dict[str, PassageRow] = {}
        if stages.ranker and weight not in (0, 1):
            known = self._lifts(asked) if stages.known else {}
            near = found[:RERANKED] + [f for f in found[RERANKED:] if f.article in known]
            rows = self._rows.passages([f.passage for f in near], scope)
            near = [f for f in near if f.passage in rows]
            scores = self._ranker.scores(
                asked,
                [f.candidate(rows[f.passage]) for f in near],
                [known.get(f.article, 0.0) for f in near] if known else (),
            )
            for i in sorted(range(len(near)), key=lambda i: (-scores[i], near[i].article)):
                best.setdefault(near[i].article, _ranked(near[i], 1 + scores[i]))
        for f in found:
            best.setdefault(f.article, _ranked(f, f.fused))
        return list(best.values())[:limit], rows

    def _lifts(self, asked: Rewritten) -> dict[str, float]:
        if self._known is None or not (known := self._known.current()).questions:
            return {}
        return known.lifts(self._embedder.encode_queries([asked.text])[0])

    def found(
        self, asked: Rewritten, scope: Scope, limit: int, weight: float | None = None
    ) -> list[Found]:
        """What both halves find, fused, before it is ranked."""
        weight = self._weight if weight is None else weight
        depth = max(DEPTH, limit)
        keyword: Mapping[str, float] = {}
        vector: Mapping[str, float] = {}
        if weight < 1:
            keyword = {m.id: m.score for m in self._reader.keyword(asked.tree, scope, depth)}
        if weight > 0 and (asked.words or asked.pairs):
            row = question_vector(self._embedder, asked)
            vector = {m.id: m.score for m in self._reader.nearest(row, scope, depth)}
        return roll_up(keyword, vector, weight, self._fuse)

    def _exact(self, asked: Rewritten, scope: Scope) -> list[Ranked]:
        """Articles that the query names, above whatever words and meaning find."""
        if "第" not in asked.text or "条" not in asked.text:
            return []
        ids = exact(asked.query, self._names_in(scope), scope.as_of)
        rows = self._rows.passages(ids, scope)
        return [
            Ranked(id_, id_, EXACT - place, None, None, exact=True)
            for place, id_ in enumerate(id_ for id_ in ids if id_ in rows)
        ]

    def _names_in(self, scope: Scope) -> Names:
        """What is called how within a scope, on any day. A name that the reader may not see must
        not stand before a shorter one that he may."""
        key = replace(scope, reader="", as_of=None)
        if (known := self._names.get(key)) is None:
            known = Names.of(self._rows.names(key))
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            self._names[key] = known
        return known

    def search(
        self,
        query: str,
        scope: Scope,
        *,
        limit: int,
        weight: float | None = None,
    ) -> SearchResult:
        """The best ``limit`` articles with all that a person needs to judge them."""
        began = time.perf_counter()
        asked = self._asked(query, EVERY_STAGE)
        ranked, rows = self._ranked(asked, scope, max(DEPTH, limit), weight, EVERY_STAGE)
        if unread := [r.passage for r in ranked[:limit] if r.passage not in rows]:
            rows |= self._rows.passages(unread, scope)
        hits = tuple(
            self._hit(r, rows[r.passage], asked, scope) for r in ranked[:limit] if r.passage in rows
        )
        took = (time.perf_counter() - began) * 1000
        return SearchResult(query, scope.as_of, took, len(ranked), hits, is_weak(asked, hits))

    def _hit(self, ranked: Ranked, row: PassageRow, asked: Rewritten, scope: Scope) -> Hit:
        text = row.passage.text
        spans = highlights(text, asked.words)
        words = _matched(row, asked.words)
        version = row.version
        on_day = (
            status(version.validity, scope.as_of)
            if version.kind is Kind.REGULATION and scope.as_of is not None
            else None
        )
        return Hit(
            id=ranked.id,
            label=row.passage.label,
            heading=row.passage.heading,
            text=text,
            page=row.passage.page,
            score=ranked.score,
            highlights=tuple(spans),
            snippet=snippet(text, spans),
            why=Why(words, ranked.keyword, ranked.vector, ranked.exact, ranked.fused),
            status=on_day,
            version=version,
        )


def _ranked(found: Found, score: float) -> Ranked:
    return Ranked(
        found.article, found.passage, score, found.keyword, found.vector, fused=found.fused
    )


def _matched(row: PassageRow, words: Sequence[str]) -> tuple[str, ...]:
    where = fold(" ".join((row.version.title, *row.passage.heading, row.passage.text)))
    return tuple(word for word in words if len(word) > 1 and word in where)
