"""query → terms → both halves within the scope → fuse → roll up to articles → explain."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import PassageRow
from kb.embed import Embedder
from kb.engine.protocol import Reader
from kb.law.validity import status
from kb.model import Kind, Scope
from kb.retrieve.exact import Names, exact
from kb.retrieve.fusion import FUSIONS
from kb.retrieve.highlight import highlights, snippet
from kb.retrieve.result import Hit, SearchResult, Why
from kb.retrieve.rewrite import Rewritten, rewrite
from kb.text.normalise import fold

EXACT = 100.0
"""Score of an article that the query names; no fused score comes near it."""

DEPTH = 300
"""Candidates taken from each half before fusion."""

WEAK_COSINE = 0.45
WEAK_COVERAGE = 0.5
"""Below both, the best hit does not answer the question (chosen on own questions)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article, its best passage, and what each half gave that passage."""

    id: str
    passage: str
    score: float
    keyword: float | None
    vector: float | None
    exact: bool = False


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
    ) -> None:
        self._rows = rows
        self._reader = reader
        self._embedder = embedder
        self._weight = weight
        self._fuse = FUSIONS[fusion]
        self._names: Names | None = None

    def rank(
        self, query: str | Rewritten, scope: Scope, limit: int, *, weight: float | None = None
    ) -> list[Ranked]:
        """The best ``limit`` articles. ``weight`` 0 is words only, 1 meaning only."""
        asked = rewrite(query) if isinstance(query, str) else query
        weight = self._weight if weight is None else weight
        depth = max(DEPTH, limit)
        keyword: Mapping[str, float] = {}
        vector: Mapping[str, float] = {}
        if weight < 1:
            keyword = {m.id: m.score for m in self._reader.keyword(asked.tree, scope, depth)}
        if weight > 0 and asked.words:
            row = self._embedder.encode_queries([asked.text])[0]
            vector = {m.id: m.score for m in self._reader.nearest(row, scope, depth)}
        fused = self._fuse(keyword, vector, weight)
        best = {r.id: r for r in self._exact(asked, scope)}
        for id_ in sorted(fused, key=lambda i: (-fused[i], i)):
            article = article_of(id_)
            if article not in best:
                best[article] = Ranked(article, id_, fused[id_], keyword.get(id_), vector.get(id_))
        return list(best.values())[:limit]

    def _exact(self, asked: Rewritten, scope: Scope) -> list[Ranked]:
        """Articles that the query names, above whatever words and meaning find."""
        if "第" not in asked.text or "条" not in asked.text:
            return []
        if self._names is None:
            # Names of everything, for every scope: what comes of them is looked up within it.
            self._names = Names.of(self._rows.names(Scope.everything(as_of=None)))
        ids = exact(asked.query, self._names, scope.as_of)
        rows = self._rows.passages(ids, scope)
        return [
            Ranked(id_, id_, EXACT - place, None, None, exact=True)
            for place, id_ in enumerate(id_ for id_ in ids if id_ in rows)
        ]

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
        asked = rewrite(query)
        ranked = self.rank(asked, scope, max(DEPTH, limit), weight=weight)
        rows = self._rows.passages([r.passage for r in ranked[:limit]], scope)
        hits = tuple(
            self._hit(r, rows[r.passage], asked, scope) for r in ranked[:limit] if r.passage in rows
        )
        took = (time.perf_counter() - began) * 1000
        return SearchResult(query, scope.as_of, took, len(ranked), hits, _weak(hits, asked))

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
            why=Why(words, ranked.keyword, ranked.vector, ranked.exact),
            status=on_day,
            version=version,
        )


def article_of(passage_id: str) -> str:
    """The article that a passage is, or (``~2``) is a part of."""
    head, mark, part = passage_id.rpartition("~")
    return head if mark and part.isdigit() else passage_id


def _matched(row: PassageRow, words: Sequence[str]) -> tuple[str, ...]:
    where = fold(" ".join((row.version.title, *row.passage.heading, row.passage.text)))
    return tuple(word for word in words if len(word) > 1 and word in where)


def _weak(hits: Sequence[Hit], asked: Rewritten) -> bool:
    if not hits:
        return True
    content = [word for word in asked.words if len(word) > 1]
    for hit in hits[:3]:
        if hit.why.exact:
            return False
        covered = len(hit.why.words) / len(content) if content else 0.0
        if covered >= WEAK_COVERAGE or (hit.why.vector or 0.0) >= WEAK_COSINE:
            return False
    return True
