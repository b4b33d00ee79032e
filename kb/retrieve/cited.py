"""How often each paper is cited by others: what many papers rest on is asked about more often.

Counted anew for each scope, from the papers that its reader may see: a citation in one that he may
not see must not tell by the order of his hits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from kb.catalogue.reader import IndexReader
from kb.model import Scope
from kb.retrieve.exact import Names

MOST_SCOPES = 32
"""Scopes whose counts are kept."""


class CitedInScopes:
    """Path → logarithm of one and the number of citing papers, for each scope. Thread-safe."""

    def __init__(self, rows: IndexReader) -> None:
        self._rows = rows
        self._held: dict[Scope, Mapping[str, float]] = {}

    def of(self, scope: Scope) -> Mapping[str, float]:
        """The counts for a scope, on any day."""
        key = replace(scope, reader="", as_of=None)
        if (held := self._held.get(key)) is None:
            if len(self._held) >= MOST_SCOPES:
                self._held.clear()
            held = self._held[key] = self._counted(key)
        return held

    def _counted(self, scope: Scope) -> dict[str, float]:
        cited = self._rows.cited_keys(scope)
        if not cited:
            return {}
        names = Names.of(self._rows.names(scope))
        counts: Counter[str] = Counter()
        for key, papers in cited:
            for path in {row.path for row in names.ending(key)}:
                counts[path] += papers
        return {path: math.log1p(count) for path, count in counts.items()}
