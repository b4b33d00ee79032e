"""One generation, pinned: both halves read the same rows and the same scope's mask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.admitted import KINDS, TIERS, Admissions
from kb.engine.embedded.generation import REBUILD, Manifest
from kb.engine.embedded.half import FOLDER, KeywordHalf
from kb.engine.embedded.naming import Naming
from kb.engine.embedded.nearest import nearest
from kb.engine.embedded.ranking import Found, best, joined
from kb.engine.embedded.rows import Rows
from kb.engine.protocol import Match, Vectors
from kb.engine.query import And, Everything, Field, Query
from kb.engine.stamp import stamp
from kb.errors import EngineError, IndexCorrupt, NotFound
from kb.model import Scope


class EmbeddedReader:
    """Implements `kb.engine.protocol.Reader`. Safe for several threads."""

    def __init__(
        self, where: Path, manifest: Manifest, half: KeywordHalf, damage: str = ""
    ) -> None:
        self._damage = damage
        self._generation = manifest.generation
        self._catalogue = manifest.catalogue
        self._rows = Rows(where, manifest.rows, manifest.versions.dimensions)
        self._keyword = half.reader(where / FOLDER, self._rows)
        self._admissions = Admissions(self._rows)
        self._open = True

    @property
    def generation(self) -> int:
        """The number of the published generation."""
        return self._generation

    @property
    def damage(self) -> str:
        """What is wrong with the generation that this one stands in for; "" for none."""
        return self._damage

    @property
    def catalogue(self) -> str:
        """The digest of the catalogue's state that belongs to it."""
        return self._catalogue

    def keyword(self, query: Query, scope: Scope, limit: int) -> list[Match]:
        """The best ``limit`` passages by BM25 among those the scope lets through."""
        return self._matches(self.keyword_rows(query, scope, limit))

    def keyword_rows(self, query: Query, scope: Scope, limit: int) -> Found:
        """`keyword` as scores and rows, see `kb.engine.protocol.Numbered`."""
        self._check()
        admitted = self._admissions.of(scope)
        if limit <= 0 or not admitted.count:
            return joined([])
        if (score := _same_for_all(query)) is not None:
            order = self._rows.order
            rows = order[admitted.mask[order]][:limit].astype(np.int64)
            return np.full(len(rows), score, np.float32), rows
        rank = self._rows.rank
        return best(lambda n: self._keyword.search(query, admitted, n), limit, rank)

    def nearest(
        self,
        vector: NDArray[np.float32],
        scope: Scope,
        limit: int,
        *,
        papers: frozenset[str] | None = None,
    ) -> list[Match]:
        """The best ``limit`` passages by cosine (shape (dimensions,)) within the scope, of these
        papers only.

        A zero vector is near nothing, and nothing is near it.

        Raises:
            ValueError: a vector of another shape, or not finite.
        """
        return self._matches(self.nearest_rows(vector, scope, limit, papers=papers))

    def nearest_rows(
        self,
        vector: NDArray[np.float32],
        scope: Scope,
        limit: int,
        *,
        papers: frozenset[str] | None = None,
    ) -> Found:
        """`nearest` as scores and rows, see `kb.engine.protocol.Numbered`."""
        self._check()
        return nearest(self._rows, vector, self._admissions.of(scope, papers), limit)

    @cached_property
    def naming(self) -> Naming:
        """What the rows are called."""
        return Naming(self._rows)

    def count(self, query: Query, scope: Scope) -> int:
        """How many passages match within the scope."""
        self._check()
        admitted = self._admissions.of(scope)
        if _same_for_all(query) is not None:
            return admitted.count
        return self._keyword.count(query, admitted)

    def terms(self, field: Field, scope: Scope, prefix: str = "") -> list[tuple[str, int]]:
        """Terms of a cut field within the scope, each with its passages, the commonest first."""
        self._check()
        if field is Field.NUMBER:
            raise ValueError("a number is not cut into terms")
        found = self._keyword.terms(field, self._admissions.of(scope), prefix)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Stored vectors of these passages, in order, dequantised. `NotFound` if one is absent."""
        return self._rows.vectors(self._all_of(ids))

    def stamps(self, ids: Sequence[str]) -> list[str]:
        """A digest of what is kept of each but its words. See the protocol."""
        rows, kept = self._all_of(ids), self._rows
        codes = kept.codes(rows)
        names = ("kind", "tier", "department", "valid_from", "valid_to", "has_vector")
        columns = [kept.column(name)[rows].tolist() for name in names]
        return [
            stamp(KINDS[kind], TIERS[tier], kept.departments[whom], start, end, bytes(code) * has)
            for kind, tier, whom, start, end, has, code in zip(*columns, codes, strict=True)
        ]

    def _all_of(self, ids: Sequence[str]) -> NDArray[np.int64]:
        self._check()
        rows = self._rows.find(ids)
        if (rows < 0).any():
            absent = ids[int(np.flatnonzero(rows < 0)[0])]
            raise NotFound(f"索引中没有条目：{absent}")
        return rows

    def ids(self) -> Iterable[str]:
        """Every passage id, ascending, for checks."""
        self._check()
        return self._rows.ids()

    def check_counts(self) -> None:
        """Both halves hold as many passages.

        Raises:
            IndexCorrupt: they do not; the message gives both numbers.
        """
        words, vectors = self._keyword.documents(), len(self._rows)
        if words != vectors:
            raise IndexCorrupt(
                f"第 {self._generation} 代索引的关键词部分有 {words} 条，向量部分有 {vectors} 条",
                hint=REBUILD,
            )

    def close(self) -> None:
        """Release files. Idempotent."""
        if self._open:
            self._open = False
            self._keyword.close()

    def _check(self) -> None:
        if not self._open:
            raise EngineError(f"第 {self._generation} 代索引的读取已经关闭")

    def _matches(self, found: Found) -> list[Match]:
        scores, rows = found
        return list(map(Match, self._rows.ids_of(rows), scores.tolist()))


def _same_for_all(query: Query) -> float | None:
    """The score of a query that every passage matches alike; None of any other."""
    if isinstance(query, Everything):
        return 1.0
    return 0.0 if query == And(()) else None
