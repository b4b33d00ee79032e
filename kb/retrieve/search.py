"""query → terms → both halves within the scope → fuse → roll up to articles → rank → explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import PassageRow
from kb.embed import Embedder
from kb.engine.protocol import Numbered, Reader
from kb.engine.query import And, Papers
from kb.model import Scope
from kb.retrieve.answer import answer, answer_ended
from kb.retrieve.candidates import question_vector, roll_up
from kb.retrieve.cited import CitedInScopes
from kb.retrieve.exact import Names, exact
from kb.retrieve.facts import holds
from kb.retrieve.fusion import FUSIONS
from kb.retrieve.known import NOTHING_NEAR, Follower, Near
from kb.retrieve.named import PapersOfScopes
from kb.retrieve.order import EVERY_STAGE, Found, Order, Ranked, Stages, Weighed
from kb.retrieve.pool import NONE, Pool
from kb.retrieve.ranker import Ranker, shipped_ranker
from kb.retrieve.ranking import Shelf, bring, ordered
from kb.retrieve.reading import AS_READ, How
from kb.retrieve.result import Hit, SearchResult
from kb.retrieve.rewrite import Rewritten, rewrite, within_fields
from kb.retrieve.similar import Similar, similar
from kb.retrieve.spelling import spelled
from kb.retrieve.suggest import VocabulariesOfScopes
from kb.text.synonyms import Synonyms, shipped

EXACT = 100.0
"""Score of an article that the query names; no fused score comes near it."""

DEPTH = 300
"""Candidates taken from each half before fusion."""

MOST_NAMES = 32
"""Scopes whose names are kept."""


NO_SYNONYMS = Synonyms()


LETTER = 120
"""Characters from which a text is a letter, not a question: of the questions that the ranker was
fitted on one is longer, and it made letters worse (taidi, mrr@10 0.675 to 0.638)."""

LETTER_WEIGHT = 0.5
"""Weight of meaning for a letter: it has words enough to find by (chosen on taidi's 500)."""


def letter(text: str) -> bool:
    """Whether somebody put a whole letter into the box."""
    return len(text) > LETTER


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
        self.rows = rows
        self.reader = reader
        self.embedder = embedder
        self.weight = weight
        self.fuse = FUSIONS[fusion]
        self._numbered = reader if fusion == "convex" and isinstance(reader, Numbered) else None
        self.synonyms = synonyms or shipped()
        self.ranker = ranker or shipped_ranker()
        self._known = known
        self._cited = CitedInScopes(rows)
        self._shelf = Shelf()
        self._names: dict[Scope, Names] = {}
        self.papers = PapersOfScopes(rows)
        self.vocabularies = VocabulariesOfScopes(reader)

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
        return self.order(self.asked(query, stages), scope, limit, weight, stages).ranked

    def asked(self, query: str, stages: Stages) -> Rewritten:
        """The terms that a question is searched by."""
        read = rewrite(spelled(query), self.synonyms if stages.synonyms else NO_SYNONYMS)
        return read if stages.fields is None else within_fields(read, stages.fields)

    def order(
        self,
        asked: Rewritten,
        scope: Scope,
        limit: int,
        weight: float | None,
        stages: Stages,
        papers: frozenset[str] | None = None,
    ) -> Order:
        """The best articles, of these papers only (None: of any), and what was read on the way."""
        found = self.found(asked, scope, limit, weight, papers)
        best = {r.id: r for r in self._exact(asked, scope) if papers is None}
        exact = frozenset(best)
        rows: dict[str, PassageRow] = {}
        weighed, known = Weighed(), dict[str, float]()
        if stages.ranker and weight not in (0, 1) and not letter(asked.text):
            near, brought = self._near(asked, found, scope, stages, papers)
            order = ordered(
                asked,
                [*found, *brought] if brought else found,
                scope,
                ranker=self.ranker,
                cited=self._cited.of(scope),
                near=near,
                rows=self.rows,
                shelf=self._shelf,
            )
            found, rows, weighed, known = order.found, order.rows, order.weighed, near.alike()
            for f, score in zip(found[:limit], order.scores, strict=False):
                best.setdefault(f.article, f.ranked(1 + score))
        total = len(found) + (len(exact - {f.article for f in found}) if exact else 0)
        for f in found:
            if len(best) >= limit:
                break
            if f.article not in best:
                best[f.article] = f.ranked(f.fused)
        return Order(list(best.values())[:limit], total, rows, weighed, known)

    def _near(
        self,
        asked: Rewritten,
        found: Sequence[Found],
        scope: Scope,
        stages: Stages,
        papers: frozenset[str] | None,
    ) -> tuple[Near, list[Found]]:
        """What known questions say, and what they bring in."""
        if not stages.known or self._known is None:
            return NOTHING_NEAR, []
        if not (known := self._known.current()).questions:
            return NOTHING_NEAR, []
        vector = self.embedder.encode_queries([asked.text])[0]
        near = known.near(asked.text, vector)
        more = bring(near, found, vector, scope, self.rows, self.reader, self.weight)
        if papers is not None:
            more = [f for f in more if f.article.partition("#")[0] in papers]
        return near, more

    def found(
        self,
        asked: Rewritten,
        scope: Scope,
        limit: int,
        weight: float | None = None,
        papers: frozenset[str] | None = None,
    ) -> Sequence[Found]:
        """What both halves find in these papers (None: in any), fused, before it is ranked."""
        if weight is None:
            weight = min(self.weight, LETTER_WEIGHT) if letter(asked.text) else self.weight
        depth = max(DEPTH, limit)
        tree = asked.tree if papers is None else And((asked.tree, Papers(papers)))
        meant = weight > 0 and (asked.words or asked.pairs)
        row = question_vector(self.embedder, asked) if meant else None
        if (reader := self._numbered) is not None:
            words = reader.keyword_rows(tree, scope, depth) if weight < 1 else NONE
            nearest = NONE
            if row is not None:
                nearest = reader.nearest_rows(row, scope, depth, papers=papers)
            return Pool.of(reader.naming, words, nearest, weight)
        keyword = dict(self.reader.keyword(tree, scope, depth)) if weight < 1 else {}
        vector: Mapping[str, float] = {}
        if row is not None:
            vector = dict(self.reader.nearest(row, scope, depth, papers=papers))
        return roll_up(keyword, vector, weight, self.fuse)

    def _exact(self, asked: Rewritten, scope: Scope) -> list[Ranked]:
        """Articles that the query names, above whatever words and meaning find."""
        if "第" not in asked.text or "条" not in asked.text:
            return []
        names = self._names_in(scope)
        if not (ids := exact(asked.query, names, scope.as_of)):
            written = self.papers.of(scope).names.written_out(asked.query)
            ids = exact(written, names, scope.as_of) if written != asked.query else []
        rows = self.rows.passages(ids, scope)
        if scope.as_of is not None:
            # Of the versions that bear the name those that hold on the day; where none does, all.
            over = {i for i, row in rows.items() if not holds(row.version.validity, scope.as_of)}
            rows = {i: row for i, row in rows.items() if i not in over} or rows
        return [
            Ranked(id_, id_, EXACT - place, None, None, exact=True)
            for place, id_ in enumerate(id_ for id_ in ids if id_ in rows)
        ]

    def _names_in(self, scope: Scope) -> Names:
        """What is called how within a scope, on any day. A name that the reader may not see must
        not stand before a shorter one that he may."""
        key = replace(scope, reader="", as_of=None)
        if (known := self._names.get(key)) is None:
            known = Names.of(self.rows.names(key))
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
        how: How = AS_READ,
    ) -> SearchResult:
        """The best ``limit`` articles with all that a person needs to judge them."""
        return answer(self, query, scope, limit, weight, how)

    def ended(self, query: str, scope: Scope, *, limit: int, how: How = AS_READ) -> tuple[Hit, ...]:
        """What answers, but is not in force on the scope's day: left out of `search`."""
        return answer_ended(self, query, scope, limit, how)

    def similar(self, passage_id: str, scope: Scope, *, limit: int) -> tuple[Similar, ...]:
        """Provisions of other papers that say much the same; see `kb.retrieve.similar`."""
        return similar(self.rows, self.reader, passage_id, scope, limit)
