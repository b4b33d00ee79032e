"""Which rows a scope lets through, decided once and remembered for the scopes in use."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.rows import Rows
from kb.engine.protocol import day
from kb.model import Kind, Scope, Tier

REMEMBERED = 32
"""Scopes kept: 18 KB each at 147,000 passages."""

KINDS: tuple[Kind, ...] = (Kind.REGULATION, Kind.EXPERIENCE, Kind.REFERENCE)
TIERS: tuple[Tier, ...] = (Tier.PUBLIC, Tier.INTERNAL, Tier.SENSITIVE)
"""A record stores the place in these. Append only: the order is part of the layout."""

ScopeKey = tuple[object, ...]


@dataclass(slots=True, eq=False)
class Admitted:
    """``mask`` over all rows; ``count`` of them are let through, of ``living`` there are.

    ``choices`` is where the vector half keeps its own form of the mask, one a segment.
    """

    scope: Scope
    mask: NDArray[np.bool_]
    count: int
    living: int
    choices: list[Any] | None = None

    @property
    def share(self) -> float:
        """Of the living rows, 0 to 1."""
        return self.count / self.living if self.living else 0.0

    @property
    def whole(self) -> bool:
        """Nothing is left out."""
        return self.count == self.living


def admit(rows: Rows, scope: Scope, papers: frozenset[str] | None = None) -> Admitted:
    """Work out what a scope lets through, of these papers only. Who reads does not matter, only
    what may be read."""
    mask = rows.alive.copy()
    mask &= np.isin(rows.column("kind"), [KINDS.index(k) for k in scope.kinds])
    if not scope.sees_all and rows.departments:
        # One look-up a row: is this tier for this audience within the scope?
        seen = np.array([[scope.admits(t, whom) for t in TIERS] for whom in rows.departments])
        mask &= seen[rows.column("department"), rows.column("tier")]
    if (on := day(scope.as_of)) is not None:
        mask &= (rows.column("valid_from") <= on) & (on < rows.column("valid_to"))
    if papers is not None:
        mask &= rows.of_papers(papers)
    return Admitted(scope, mask, int(np.count_nonzero(mask)), len(rows))


class Admissions:
    """The last scopes asked for, of one generation. Safe for several threads."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._lock = Lock()
        self._known: OrderedDict[ScopeKey, Admitted] = OrderedDict()

    def of(self, scope: Scope, papers: frozenset[str] | None = None) -> Admitted:
        """What the scope lets through, of these papers only."""
        key = (
            scope.as_of,
            scope.kinds,
            scope.tiers,
            scope.departments,
            scope.open_tiers,
            scope.persons,
            papers,
        )
        with self._lock:
            if (known := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return known
        found = admit(self._rows, scope, papers)
        with self._lock:
            self._known[key] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found
