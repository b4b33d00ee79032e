"""A pinned generation on Milvus: the scope is part of every search, scores are worked out here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.codec import Codec
from kb.engine.milvus.compile import Filter, both, compiled, papers_filter, scope_filter
from kb.engine.milvus.encode import COLUMN, key, read, term_of, token
from kb.engine.milvus.match import NEEDED, Matcher, Passage, any_of, sought
from kb.engine.milvus.meta import Lease, Manifest, Meta, Terms
from kb.engine.milvus.schema import SPARSE, VECTOR
from kb.engine.milvus.server import SECONDS, Row, Server
from kb.engine.protocol import Match, Vectors
from kb.engine.query import Field, Query
from kb.engine.stamp import stamp
from kb.errors import EngineError, IndexCorrupt, NotFound
from kb.model import Kind, Scope, Tier

FETCHED = 2000
"""Up to so many that a filter lets through are all fetched and scored; of more, the best by the
server's own BM25 are candidates, in each column at least half as many and four times what was
asked for. These at once for terms of which one is enough, asked of the whole base."""

MOST = 16_384
"""Hits that Milvus gives at once."""

MOST_IN_VIEW = 32_768
"""The largest ``ef`` that Milvus takes."""

CLOSE = 6
"""Decimals of a cosine that count: below it, which node worked it out decides."""


class MilvusReader:
    """Implements `kb.engine.protocol.Reader`."""

    def __init__(self, server: Server, meta: Meta, manifest: Manifest, terms: Terms) -> None:
        self._server = server
        self._manifest = manifest
        self._collection = meta.collection(manifest.generation)
        self._terms = terms
        self._matcher = Matcher(terms, manifest.passages)
        self._lease = Lease(meta, manifest.generation)
        self._lock = Lock()
        self._closed = False
        self._using()

    @property
    def generation(self) -> int:
        """The number of the published generation."""
        return self._manifest.generation

    @property
    def damage(self) -> str:
        """Milvus keeps its own copies: no older generation stands in."""
        return ""

    @property
    def catalogue(self) -> str:
        """The digest of the catalogue's state that belongs to it."""
        return self._manifest.catalogue

    def keyword(self, query: Query, scope: Scope, limit: int) -> list[Match]:
        """The best ``limit`` passages by BM25 among those the scope lets through."""
        self._using()
        within = self._within(scope)
        where = both([compiled(query).most, within])
        if where is False or limit <= 0:
            return []
        tokens, enough = sought(query), any_of(query)
        if not tokens:
            return self._best(query, self._every(where), limit)
        # A filter costs the server more than the search, and a search by tokens finds what any
        # one of them makes match.
        if within is not True or not enough:
            first = list(self._every(where, limit=FETCHED + 1))
            if len(first) <= FETCHED:
                return self._best(query, first, limit)
        likely = self._likely(tokens, within if enough else where, limit)
        found = self._best(query, likely, limit)
        return found if len(found) == limit else self._best(query, self._every(where), limit)

    def nearest(
        self,
        vector: NDArray[np.float32],
        scope: Scope,
        limit: int,
        *,
        papers: frozenset[str] | None = None,
    ) -> list[Match]:
        """The best ``limit`` passages by cosine within the scope. See the protocol."""
        self._using()
        dimensions = self._manifest.versions.dimensions
        if vector.shape != (dimensions,):
            raise ValueError(f"a vector of shape {vector.shape}, expected {(dimensions,)}")
        length = float(np.linalg.norm(vector))
        among = True if papers is None else papers_filter(papers)
        where = both(["has_vector == true", self._within(scope), among])
        if where is False or limit <= 0 or not length:
            return []
        asked = (vector / length).astype(np.float32).tolist()
        fetched = min(limit + 1, MOST)
        while True:
            found = [
                Match(read(str(hit["id"])), round(float(score), CLOSE))
                for score, hit in self._search(VECTOR, asked, where, ("id",), fetched)
            ]
            # Where the last one is as near as the next, which of them belongs is decided by id.
            tied = len(found) == fetched and found[-1].score == found[min(limit, fetched) - 1].score
            if not tied or fetched == MOST:
                return sorted(found, key=lambda m: (-m.score, m.id))[:limit]
            fetched = min(fetched * 4, MOST)

    def count(self, query: Query, scope: Scope) -> int:
        """How many passages match within the scope."""
        self._using()
        filters = compiled(query)
        where = both([filters.most, self._within(scope)])
        if where is False:
            return 0
        if filters.exact:
            return self._server.count(self._collection, "" if where is True else where)
        return sum(self._matcher.score(query, p) is not None for p in self._every(where))

    def terms(self, field: Field, scope: Scope, prefix: str = "") -> list[tuple[str, int]]:
        """The terms of a cut field within the scope. See the protocol. Within a part of the base
        every passage of that part is read: Milvus counts no terms."""
        self._using()
        if field is Field.NUMBER:
            raise ValueError("only cut fields have terms")
        within, column = self._within(scope), COLUMN[field][0]
        head = token(field, prefix)
        having: Counter[str] = Counter()
        if within is True:
            having = self._terms.having
        elif within is not False:
            for row in self._server.rows(self._collection, str(within), [column]):
                having.update({t for t in str(row[column]).split() if t.startswith(head)})
        found = [(term_of(t), n) for t, n in having.items() if t.startswith(head)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Stored vectors of these passages, in order. `NotFound` if one is absent."""
        self._using()
        found = {str(row["id"]): row[VECTOR] for row in self.by_ids(ids, ("id", VECTOR)).values()}
        by_id = {read(stored): vector for stored, vector in found.items()}
        if absent := [i for i in ids if i not in by_id]:
            raise NotFound(f"索引中没有条目：{absent[0]}")
        rows = np.asarray([by_id[i] for i in ids], np.float32)
        return rows.reshape(len(ids), self._manifest.versions.dimensions)

    def stamps(self, ids: Sequence[str]) -> list[str]:
        """A digest of what is kept of each but its words. See the protocol."""
        self._using()
        fields = ("id", "kind", "tier", "audience", "valid_from", "valid_to", "has_vector", VECTOR)
        found = list(self.by_ids(ids, fields).values())
        rows = {read(str(row["id"])): row for row in found}
        if absent := [i for i in ids if i not in rows]:
            raise NotFound(f"索引中没有条目：{absent[0]}")
        if not ids:
            return []
        vectors = np.asarray([rows[i][VECTOR] for i in ids], np.float32)
        codes = Codec(self._manifest.versions.dimensions).encode(vectors, stored=True)
        return [
            stamp(
                Kind(row["kind"]),
                Tier(row["tier"]),
                read(str(row["audience"])),
                int(row["valid_from"]),
                int(row["valid_to"]),
                bytes(code) * bool(row["has_vector"]),
            )
            for row, code in zip((rows[i] for i in ids), codes, strict=True)
        ]

    def ids(self) -> Iterable[str]:
        """Every passage id, ascending."""
        self._using()
        rows = self._server.rows(self._collection, "", ["id"])
        return iter(sorted(read(str(row["id"])) for row in rows))

    def check_counts(self) -> None:
        """Raises `IndexCorrupt` where there are more or fewer than were published."""
        self._using()
        there = self._server.count(self._collection, "")
        if there != self._manifest.passages:
            raise IndexCorrupt(
                f"Milvus 中第 {self.generation} 代索引有 {there} 个单元，"
                f"发布时是 {self._manifest.passages} 个",
                hint="运行 kb index --full 重建",
            )

    def close(self) -> None:
        """Let go of the generation. Idempotent."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._lease.end()
                self._server.close()

    def by_ids(self, ids: Iterable[str], fields: Sequence[str]) -> dict[str, Row]:
        """Rows of passages that are there, by key."""
        keys, found = [*dict.fromkeys(map(key, ids))], {}
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            rows = self._server.ask(
                "读取",
                partial(
                    self._server.client.query,
                    self._collection,
                    ids=some,
                    output_fields=["key", *fields],
                    timeout=SECONDS,
                ),
                of=self._collection,
            )
            found.update({str(row["key"]): row for row in rows})
        return found

    def _using(self) -> None:
        if self._closed:
            raise EngineError("索引已经关闭")
        with self._lock:
            self._lease.renew()

    def _within(self, scope: Scope) -> Filter:
        return scope_filter(scope, self._manifest.circles)

    def _best(self, query: Query, among: Iterable[Passage], limit: int) -> list[Match]:
        scored = ((p.id, self._matcher.score(query, p)) for p in among)
        found = [Match(id_, score) for id_, score in scored if score is not None]
        return sorted(found, key=lambda m: (-m.score, m.id))[:limit]

    def _every(self, where: Filter, *, limit: int | None = None) -> Iterator[Passage]:
        filter_ = "" if where is True else str(where)
        rows = self._server.rows(self._collection, filter_, NEEDED, limit=limit)
        return map(Passage, rows)

    def _likely(self, tokens: dict[str, list[str]], where: Filter, limit: int) -> Iterator[Passage]:
        many = min(max(FETCHED // 2, 4 * limit), MOST)
        seen: set[str] = set()
        for column, asked in tokens.items():
            for _, row in self._search(SPARSE[column], " ".join(asked), where, NEEDED, many):
                if row["id"] not in seen:
                    seen.add(str(row["id"]))
                    yield Passage(row)

    def _search(
        self, field: str, asked: Any, where: Filter, wanted: Sequence[str], limit: int
    ) -> list[tuple[float, Row]]:
        metric = "IP" if field == VECTOR else "BM25"
        hits = self._server.ask(
            "检索",
            lambda: self._server.client.search(
                self._collection,
                data=[asked],
                anns_field=field,
                filter="" if where is True else str(where),
                limit=limit,
                output_fields=list(wanted),
                search_params={"metric_type": metric, "params": _effort(field, limit)},
                timeout=SECONDS,
            ),
            of=self._collection,
        )
        return [(hit["distance"], dict(hit["entity"])) for hit in hits[0]]


def _effort(field: str, limit: int) -> dict[str, int]:
    """Of HNSW: how many it keeps in view. Of 300 near ones of 57,059, 1 to 17 were missing with as
    many in view as were asked for, 1 to 7 with four times as many, 0 to 7 with eight times."""
    return {"ef": min(max(400, 4 * limit), MOST_IN_VIEW)} if field == VECTOR else {}
