"""Candidates put in order: a coarse order of all, then the first of it read and weighed finely."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import PassageRow
from kb.engine.protocol import Reader
from kb.model import Scope
from kb.retrieve.facts import holds
from kb.retrieve.features import Candidate, coarse, fine
from kb.retrieve.known import Near
from kb.retrieve.order import Found, Weighed
from kb.retrieve.pool import Pool
from kb.retrieve.ranker import Ranker, shown
from kb.retrieve.rewrite import Rewritten

READ = 60
"""Of the coarse order's best, read and weighed; the rest keep their order."""

BROUGHT = 0.5
"""Likeness from which a known question brings in what the search did not find."""

SURE = 10.0
"""Added to what answered this very question: more than all features make together."""

HELD = 8192
"""Passages whose text is kept ready, a generation."""


@dataclass(slots=True)
class Shelf:
    """Texts that were looked at, ready to be looked at again. Asked only for ids that a search
    within the reader's scope gave: what he may not see is not in them."""

    _held: OrderedDict[str, Candidate] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(
        self, ids: Sequence[str], rows: IndexReader, scope: Scope
    ) -> tuple[dict[str, Candidate], dict[str, PassageRow]]:
        """Candidates by passage id, and the rows that had to be read for them."""
        with self._lock:
            ready = {id_: self._held[id_] for id_ in ids if id_ in self._held}
            for id_ in ready:
                self._held.move_to_end(id_)
        read = rows.passages([id_ for id_ in ids if id_ not in ready], scope)
        made = {id_: Candidate.of(row) for id_, row in read.items()}
        with self._lock:
            self._held.update(made)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return ready | made, read


@dataclass(frozen=True, slots=True)
class Ordered:
    """``found`` in order; the first ``scores`` belong to those that were read and ``weighed``.
    ``rows``: what was read on the way, by passage."""

    found: Sequence[Found]
    scores: list[float]
    rows: dict[str, PassageRow]
    weighed: Weighed


def ordered(
    asked: Rewritten,
    found: Sequence[Found],
    scope: Scope,
    *,
    ranker: Ranker,
    cited: Mapping[str, float],
    near: Near,
    rows: IndexReader,
    shelf: Shelf,
) -> Ordered:
    """Put candidates in order."""
    table = coarse(found, cited, near or None)
    same = np.zeros(len(found))
    if near:
        same += [SURE * near.same(f.article) for f in found]
    order = _coarse_order(ranker.first(table) + same, found)
    first = order[:READ]
    near_by = taken(found, first)
    texts, rows_read = shelf.take([f.passage for f in near_by], rows, scope)
    kept = [n for n, f in enumerate(near_by) if f.passage in texts]
    head, looked = first[kept], [near_by[n] for n in kept]
    read = fine(asked, [texts[f.passage] for f in looked], scope.as_of or date.today())
    articles = [f.article for f in looked]
    weighed = ranker.weighed(articles, table[head], read)
    last = weighed.table @ weighed.weights + same[head]
    best = _best_first(last.tolist(), articles)
    done = np.zeros(len(found), np.bool_)
    done[head] = True
    places = np.concatenate([head[best], order[~done[order]]])
    put = found.taken(places) if isinstance(found, Pool) else taken(found, places)
    return Ordered(put, shown(last[best]) if best else [], rows_read, weighed)


def _coarse_order(scores: NDArray[np.float64], found: Sequence[Found]) -> NDArray[np.int64]:
    """Places by falling score; what scores alike by its article's id."""
    if isinstance(found, Pool):
        return np.lexsort((found.order(), -scores))
    return np.asarray(_best_first(scores.tolist(), [f.article for f in found]), np.int64)


def taken(found: Sequence[Found], places: NDArray[np.int64]) -> list[Found]:
    """Those at these places, in this order."""
    if isinstance(found, Pool):
        return found.taken(places).found()
    return [found[place] for place in places.tolist()]


def _best_first(scores: Sequence[float], articles: Sequence[str]) -> list[int]:
    """Places by falling score; what scores alike by its id."""
    keyed = sorted(zip([-score for score in scores], articles, range(len(articles)), strict=True))
    return [place for _, _, place in keyed]


def bring(
    near: Near,
    found: Sequence[Found],
    vector: NDArray[np.float32],
    scope: Scope,
    rows: IndexReader,
    reader: Reader,
    weight: float,
) -> list[Found]:
    """Articles that known questions name and the search did not find: those that the reader may
    see and that hold on his day."""
    have = {f.article for f in found}
    wanted = [
        article
        for article, (like, _, _) in near.articles.items()
        if like >= BROUGHT and article not in have
    ]
    if not wanted:
        return []
    seen = rows.passages(wanted, scope)
    day = scope.as_of
    kept = [
        a for a in wanted if a in seen and (day is None or holds(seen[a].version.validity, day))
    ]
    cosines = (reader.vectors(kept) @ vector).tolist() if kept else []
    best = max((f.vector or 0.0 for f in found), default=0.0) or 1.0
    return [
        Found(article, article, weight * max(cosine, 0.0) / best, None, cosine, 0, 0)
        for article, cosine in zip(kept, cosines, strict=True)
    ]
