"""From a query as typed to hits: read it, search, see whether the filters helped, explain."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from kb.catalogue.rows import PassageRow
from kb.model import Scope
from kb.retrieve import by_language
from kb.retrieve.facts import Facts, holds
from kb.retrieve.features import folded
from kb.retrieve.hits import HitMaker
from kb.retrieve.language import Fault, is_language, plain_words
from kb.retrieve.named import Named, paths
from kb.retrieve.order import EVERY_STAGE, Ranked
from kb.retrieve.reading import EVERY_FILTER, How, Mode, Reading
from kb.retrieve.result import Hit, SearchResult
from kb.retrieve.rewrite import Rewritten
from kb.retrieve.same import folded_same
from kb.retrieve.spelling import spelled
from kb.retrieve.suggest import suggest
from kb.retrieve.understand import Understood, understand
from kb.retrieve.weak import is_weak
from kb.text.segment import words

if TYPE_CHECKING:
    from kb.retrieve.search import Retriever

DEPTH = 300

NAMED = 10.0
"""Score of an article whose paper the query names: above every ranked one."""

LISTED = "时间或状态"

NAMED_MOST = 5
"""Articles of a named paper that stand first; the rest stand where the words put them."""

ENDED = 0.6
"""Of the best keyword score in force, that what is not in force must have to be told of."""

LOOKED_AT = 10
"""Hits whose text is looked at for words of the question that occur nowhere."""


@dataclass(frozen=True, slots=True)
class _Made:
    """The answer to one reading of a query; ``total`` articles came near or match."""

    hits: list[Hit]
    total: int
    asked: Rewritten
    weak: bool


def answer(
    retriever: Retriever, query: str, scope: Scope, limit: int, weight: float | None, how: How
) -> SearchResult:
    """See `kb.retrieve.Retriever.search`."""
    began = time.perf_counter()
    made, reading = _answer(retriever, query, scope, limit, weight, how)
    took = (time.perf_counter() - began) * 1000
    hits = tuple(made.hits[:limit])
    tree = made.asked.tree if how.explain else None
    return SearchResult(query, scope.as_of, took, made.total, hits, made.weak, reading, tree)


def _answer(
    retriever: Retriever, query: str, scope: Scope, limit: int, weight: float | None, how: How
) -> tuple[_Made, Reading]:
    if how.plain or not is_language(query):
        return _plain(retriever, query, scope, limit, weight, how)
    made, faults = _by_language(retriever, query, scope, limit)
    if made.hits:
        return made, Reading(Mode.LANGUAGE, faults)
    as_words = replace(how, without=EVERY_FILTER)
    made, reading = _plain(retriever, plain_words(query), scope, limit, weight, as_words)
    return made, replace(reading, mode=Mode.WORDS, faults=faults)


def answer_ended(
    retriever: Retriever, query: str, scope: Scope, limit: int, how: How
) -> tuple[Hit, ...]:
    """See `kb.retrieve.Retriever.ended`."""
    if scope.as_of is None:
        return ()
    known = retriever.papers.of(scope)
    over = known.facts.not_in_force(scope.as_of)
    any_day = replace(scope, as_of=None)
    if not over:
        return ()
    if not how.plain and is_language(query):
        compiled, asked = by_language.read(query, known.facts, scope.as_of)
        if compiled.any_day:
            return ()
        found, _ = by_language.matching(retriever, compiled, asked, any_day, DEPTH)
        some = [f.ranked(f.fused) for f in found if f.article.rpartition("#")[0] in over]
        maker = _maker(retriever, asked, scope)
        return tuple(folded_same(_hits(retriever, some[:limit], {}, maker, any_day)))
    understood = understand(spelled(query), scope.as_of, how.without)
    chosen = understood.papers(known.facts)
    over = over if chosen is None else over & chosen
    if understood.any_day or not over:
        return ()
    asked = retriever.asked(understood.query, EVERY_STAGE)
    order = retriever.order(asked, any_day, limit, None, EVERY_STAGE, over)
    # Worth telling is what would have stood among the first, had it not ended.
    best = max((m.score for m in retriever.reader.keyword(asked.tree, scope, 1)), default=0.0)
    some = [r for r in order.ranked if (r.keyword or 0.0) >= ENDED * best]
    hits = _hits(retriever, some, order.rows, _maker(retriever, asked, scope), any_day)
    return tuple(folded_same([hit for hit in hits if hit.relevant]))


def _by_language(
    retriever: Retriever, query: str, scope: Scope, limit: int
) -> tuple[_Made, tuple[Fault, ...]]:
    facts = retriever.papers.of(scope).facts
    compiled, asked = by_language.read(query, facts, scope.as_of or date.today())
    where = replace(scope, as_of=None) if compiled.any_day else scope
    depth = max(DEPTH, limit)
    found, total = by_language.matching(retriever, compiled, asked, where, depth)
    if not asked.words:
        found = by_language.newest_first(found, facts)
    some = [f.ranked(f.fused) for f in found[: _more(limit)]]
    hits = folded_same(_hits(retriever, some, {}, _maker(retriever, asked, scope), where))
    return _Made(hits, total, asked, weak=False), tuple(compiled.faults)


def _plain(
    retriever: Retriever, query: str, scope: Scope, limit: int, weight: float | None, how: How
) -> tuple[_Made, Reading]:
    query = spelled(query)
    understood = understand(query, scope.as_of or date.today(), how.without)
    made = _search(retriever, understood, scope, limit, weight, how)
    filters = understood.filters
    if filters and (made.weak or not any(hit.relevant for hit in made.hits[:LOOKED_AT])):
        # The days or the status leave no direct basis: perhaps they were not meant so.
        other = _search(retriever, Understood(query, query), scope, limit, weight, how)
        if not any(hit.relevant for hit in made.hits) or not other.weak:
            made, filters = other, tuple(replace(f, applied=False) for f in filters)
    papers = retriever.papers
    suggestions = suggest(
        made.asked,
        [_whole(hit) for hit in made.hits[:LOOKED_AT]],
        retriever.reader,
        scope,
        lambda: retriever.vocabularies.of(scope, lambda: papers.of(scope).names.titles),
    )
    return made, Reading(filters=filters, suggestions=suggestions)


def _search(
    retriever: Retriever,
    understood: Understood,
    scope: Scope,
    limit: int,
    weight: float | None,
    how: How,
) -> _Made:
    known = retriever.papers.of(scope)
    asked = retriever.asked(understood.query, EVERY_STAGE)
    where = replace(scope, as_of=None) if understood.any_day else scope
    papers = understood.papers(known.facts)
    if papers is not None and understood.lists:
        return _listed(retriever, known.facts, papers, asked, where, limit)
    named = known.names.named(understood.query)
    # Where the query names a paper, its articles are taken out of the order wherever they stand.
    wide = max(DEPTH, limit)
    most = min(_more(limit), wide) if named is None else wide
    order = retriever.order(asked, where, most, weight, EVERY_STAGE, papers)
    ranked, rows, total = order.ranked, order.rows, min(order.total, wide)
    if named is not None:
        chosen = paths(named.facts) if papers is None else paths(named.facts) & papers
        first, first_rows = _of_named(retriever, asked, where, named, chosen)
        ids = {found.id for found in first}
        exact = [r for r in ranked if r.exact and r.id not in ids]
        ranked = [*exact, *first, *(r for r in ranked if not r.exact and r.id not in ids)]
        rows, total = rows | first_rows, len(ranked)
    maker = _maker(retriever, asked, scope)
    maker.known = order.known
    if how.explain:
        maker.parts = order.weighed.parts()
    hits = folded_same(_hits(retriever, ranked[: _more(limit)], rows, maker, where))
    if named is not None and hits and hits[0].why.named and not words(named.rest):
        weak = False
    else:
        bare = understood.bare
        plain = asked if bare == understood.query else retriever.asked(bare, EVERY_STAGE)
        weak = is_weak(plain, hits)
    return _Made(hits, total, asked, weak)


def _listed(
    retriever: Retriever,
    facts: Facts,
    papers: frozenset[str],
    asked: Rewritten,
    where: Scope,
    limit: int,
) -> _Made:
    """«近三年出台的制度»: nothing but papers is asked for; the newest first, each at its
    beginning."""
    day = where.as_of
    chosen = [facts.by_path[path] for path in papers]
    chosen = [f for f in chosen if day is None or holds(f.validity, day)]
    chosen.sort(key=lambda f: (-(f.dated.toordinal() if f.dated else 0), f.path))
    versions = retriever.rows.versions(where, paths=[f.path for f in chosen[:limit]])
    rows = {v.path: next(iter(retriever.rows.passages_of(v, where)), None) for v in versions}
    found = [row for f in chosen if (row := rows.get(f.path)) is not None]
    maker = _maker(retriever, asked, where)
    hits = [
        maker.hit(Ranked(r.passage.article_id, r.passage.id, 1.0, None, None, named=LISTED), r)
        for r in found
    ]
    return _Made(hits, len(chosen), asked, weak=False)


def _of_named(
    retriever: Retriever, asked: Rewritten, where: Scope, named: Named, chosen: frozenset[str]
) -> tuple[list[Ranked], dict[str, PassageRow]]:
    """The first articles of the papers that a query names; of one that holds no more, too, where
    no other bears the name."""
    found = retriever.found(asked, where, DEPTH, papers=chosen)
    most = NAMED_MOST
    if not found and where.as_of is not None:
        where = replace(where, as_of=None)
        found = retriever.found(asked, where, DEPTH, papers=chosen)
        # A question about a paper that ended is often answered by the one that ended it.
        most = 1 if words(named.rest) else most
    if words(named.rest):
        found = found[:most]
    rows = retriever.rows.passages([f.passage for f in found], where)
    found = [f for f in found if f.passage in rows]
    if not words(named.rest):
        # Nothing is asked of it: as it reads, from its beginning.
        found.sort(key=lambda f: (f.article.rpartition("#")[0], rows[f.passage].passage.ordinal))
    first = found[:most]
    return [f.ranked(NAMED - n / 100, named.by) for n, f in enumerate(first)], rows


def _maker(retriever: Retriever, asked: Rewritten, scope: Scope) -> HitMaker:
    papers = retriever.papers
    return HitMaker(asked, scope.as_of, retriever.synonyms, names=lambda: papers.of(scope).names)


def _hits(
    retriever: Retriever,
    ranked: Iterable[Ranked],
    rows: dict[str, PassageRow],
    maker: HitMaker,
    scope: Scope,
) -> list[Hit]:
    some = list(ranked)
    if unread := [r.passage for r in some if r.passage not in rows]:
        rows = rows | retriever.rows.passages(unread, scope)
    return [maker.hit(r, rows[r.passage]) for r in some if r.passage in rows]


def _more(limit: int) -> int:
    """Hits to make, so that enough are left when the same ones are folded."""
    return limit + max(2, limit // 4)


def _whole(hit: Hit) -> str:
    return folded(" ".join((hit.version.title, *hit.heading, hit.text)))
