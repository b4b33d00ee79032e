"""Results kept for a while: bounded, keyed by who asks and by the generation that answers."""

from __future__ import annotations

import threading
from collections import OrderedDict

from kb.base import KnowledgeBase
from kb.model import Scope
from kb.retrieve import SearchResult

Key = tuple[int, Scope, str, int]
"""Generation, scope (the reader, the day, what he may see), query, limit."""


class Results:
    """The last ``size`` searches of one base. Safe for several threads.

    The scope is part of the key: nobody is ever answered from what another was shown. Results of
    a generation that is no longer served go at once.
    """

    def __init__(self, base: KnowledgeBase, size: int = 256) -> None:
        self._base = base
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, SearchResult] = OrderedDict()

    def search(self, query: str, scope: Scope, limit: int) -> SearchResult:
        """As `KnowledgeBase.search`."""
        shot = self._base.snapshot()
        key = (shot.generation, scope, query, limit)
        with self._lock:
            for old in [k for k in self._kept if k[0] != shot.generation]:
                del self._kept[old]
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = shot.retriever.search(query, scope, limit=limit)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return found

    def __len__(self) -> int:
        return len(self._kept)
