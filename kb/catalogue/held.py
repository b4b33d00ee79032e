"""Passages and versions that were read lately. A generation never changes, so they stay true while
it is pinned.

A page of hits comes from a few dozen papers, and the same ones come up again; asking for their rows
(with what is stored as JSON) took longer than ranking them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from threading import Lock

from kb.catalogue.rows import NamedRow, PassageRow, VersionRow
from kb.model import Passage, Scope

MOST = 2048
"""Versions held: about 3 KB each."""

MOST_PASSAGES = 8192
"""Passages held: 1 to 2 KB each."""


class Held:
    """Versions by what the reader may see: that decides what a row tells of other papers. A passage
    is handed out only with a version that was read for the same sight."""

    def __init__(self) -> None:
        self._rows: dict[Scope, dict[int, VersionRow]] = {}
        self._passages: dict[str, tuple[int, Passage]] = {}
        self._names: tuple[Scope, list[NamedRow]] | None = None
        self._lock = Lock()

    def names(self, scope: Scope) -> list[NamedRow] | None:
        """What the versions of the last sight asked for are called; None of any other."""
        kept = self._names
        return list(kept[1]) if kept is not None and kept[0] == sight_of(scope) else None

    def keep_names(self, scope: Scope, read: list[NamedRow]) -> list[NamedRow]:
        """Hold what was read, and give it back."""
        self._names = sight_of(scope), read
        return list(read)

    def rows(
        self,
        ids: Collection[int],
        scope: Scope,
        read: Callable[[list[int]], Iterable[VersionRow]],
    ) -> dict[int, VersionRow]:
        """Rows by id; ``read`` is asked for those that are not held."""
        sight = sight_of(scope)
        held = self._rows.get(sight, {})
        found = {i: row for i in ids if (row := held.get(i)) is not None}
        if missing := sorted(set(ids) - found.keys()):
            fresh = {row.id: row for row in read(missing)}
            found |= fresh
            with self._lock:
                if sum(map(len, self._rows.values())) + len(fresh) > MOST:
                    # Put away, never emptied: another thread may be reading one.
                    self._rows = {}
                self._rows.setdefault(sight, {}).update(fresh)
        return found

    def passages(self, ids: Collection[str], scope: Scope) -> dict[str, PassageRow]:
        """Those that are held, of versions that this reader is known to see."""
        versions = self._rows.get(sight_of(scope))
        if not versions:
            return {}
        known, found = self._passages, dict[str, PassageRow]()
        for id_ in ids:
            owner, passage = known.get(id_, (0, None))
            if passage is not None and (version := versions.get(owner)) is not None:
                found[id_] = PassageRow(passage, version)
        return found

    def keep(self, read: Mapping[str, PassageRow]) -> None:
        """Hold what was read."""
        with self._lock:
            if len(self._passages) + len(read) > MOST_PASSAGES:
                self._passages = {}
            self._passages.update((i, (row.version.id, row.passage)) for i, row in read.items())


def sight_of(scope: Scope) -> Scope:
    """What of a scope decides which rows are seen: not who reads, nor on which day."""
    return replace(scope, reader="", as_of=None)
