"""Versions that were read lately. A generation never changes, so they stay true while it is pinned.

A page of hits comes from a few dozen papers, and the same ones come up again; reading their rows
(with what is stored as JSON) took longer than reading the passages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from threading import Lock

from kb.catalogue.rows import VersionRow
from kb.model import Scope

MOST = 2048
"""Versions held: about 3 KB each."""


class Held:
    """By version and by what the reader may see: that decides what a row tells of other papers."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Scope, int], VersionRow] = {}
        self._lock = Lock()

    def rows(
        self,
        ids: Collection[int],
        scope: Scope,
        read: Callable[[list[int]], Iterable[VersionRow]],
    ) -> dict[int, VersionRow]:
        """Rows by id; ``read`` is asked for those that are not held."""
        sight = replace(scope, reader="", as_of=None)
        found = {i: row for i in ids if (row := self._rows.get((sight, i))) is not None}
        if missing := sorted(set(ids) - found.keys()):
            fresh = {row.id: row for row in read(missing)}
            found |= fresh
            with self._lock:
                if len(self._rows) + len(fresh) > MOST:
                    self._rows.clear()
                self._rows.update(((sight, i), row) for i, row in fresh.items())
        return found
