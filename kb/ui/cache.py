"""Results kept for a while: bounded, keyed by who asks and by the generation that answers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from kb import meter
from kb.base import KnowledgeBase
from kb.catalogue.rows import NamedRow
from kb.model import Scope
from kb.retrieve import How, SearchResult
from kb.retrieve.reading import AS_READ

Key = tuple[int, Scope, str, int, How]
"""Generation, scope (the reader, the day, what he may see), query, limit, and how it is read."""


class Results:
    """The last ``size`` searches of one base. Safe for several threads.

    The scope is part of the key: nobody is ever answered from what another was shown. Results of
    a generation that is no longer served go at once.
    """

    def __init__(self, base: KnowledgeBase, size: int = 256) -> None:
        self._base = base
        self._size = size
        self._lock = threading.Lock()
        self._names: dict[tuple[int, Scope], list[NamedRow]] = {}
        self._kept: OrderedDict[Key, SearchResult] = OrderedDict()

    def search(self, query: str, scope: Scope, limit: int, how: How = AS_READ) -> SearchResult:
        """As `KnowledgeBase.search`."""
        shot = self._base.snapshot()
        key = (shot.generation, scope, query, limit, how)
        with self._lock:
            for old in [k for k in self._kept if k[0] != shot.generation]:
                del self._kept[old]
            if key in self._kept:
                self._kept.move_to_end(key)
                meter.kept()
                return self._kept[key]
        found = shot.retriever.search(query, scope, limit=limit, how=how)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return found

    def names(self, scope: Scope) -> list[NamedRow]:
        """What every paper within the scope is called; the day does not matter for that."""
        shot = self._base.snapshot()
        key = (shot.generation, replace(scope, as_of=None))
        with self._lock:
            if key in self._names:
                return self._names[key]
        found = shot.rows.names(scope)
        with self._lock:
            kept = {k: v for k, v in self._names.items() if k[0] == shot.generation}
            self._names = dict(list(kept.items())[-self._size :]) | {key: found}
        return found

    def clear(self) -> None:
        """Forget everything: what answers has changed although the generation has not."""
        with self._lock:
            self._kept.clear()
            self._names.clear()

    def __len__(self) -> int:
        return len(self._kept)
