"""A search as its address tells it: the page and the export make the same list of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kb.model import ALL_KINDS, Kind, Scope
from kb.retrieve import EVERY_FILTER, Hit, How, SearchResult
from kb.retrieve.reading import AS_READ
from kb.ui import links, state
from kb.ui.cache import Results
from kb.ui.filters import FACETS, SORTS, Filters, narrow, ordered
from kb.ui.hits import relevant

DEPTH = 120
"""Hits fetched: what a person may want to narrow and to page through."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Question, kind, day and filters."""

    query: str
    kind: str = ""
    day: date | None = None
    filters: Filters = field(default_factory=Filters)
    how: How = AS_READ

    @classmethod
    def of(cls, address: Mapping[str, str]) -> Asked:
        """From the parameters of a link; what is no kind, day or order is passed over."""
        kind, sort = address.get(state.KIND, ""), address.get(state.SORT, "")
        day = state.day_of(address.get(state.AS_OF, ""))
        chosen = {f.key: address[f.key] for f in FACETS if address.get(f.key)}
        return cls(
            address.get(state.QUERY, "").strip(),
            kind if kind in {k.value for k in Kind} else "",
            day,
            Filters(chosen, sort if sort in SORTS else ""),
            how_of(address),
        )

    @property
    def link(self) -> str:
        """Its address in the page."""
        return links.search(self.query, kind=self.kind, day=self.day, more=self._more())

    def _more(self) -> dict[str, str]:
        plain = {state.PLAIN: "1"} if self.how.plain else {}
        kept = {state.WITHOUT: ",".join(sorted(self.how.without))} if self.how.without else {}
        return {**self.filters.address(), **plain, **kept}


def how_of(address: Mapping[str, str]) -> How:
    """How the person wants his words read."""
    without = frozenset(address.get(state.WITHOUT, "").split(",")) & EVERY_FILTER
    return How(plain=address.get(state.PLAIN) == "1", without=without)


@dataclass(frozen=True, slots=True)
class Listing:
    """What is shown: ``hits`` narrowed and ordered out of ``all_hits`` (of the chosen kind)."""

    found: SearchResult
    all_hits: tuple[Hit, ...]
    hits: tuple[Hit, ...]


def listing(results: Results, asked: Asked, scope: Scope) -> Listing:
    """Search and narrow. A weak result is the nearest few, whatever is chosen beside the kind."""
    kinds = frozenset({Kind(asked.kind)}) if asked.kind else ALL_KINDS
    found = results.search(asked.query, scope.narrowed(kinds=kinds), DEPTH, asked.how)
    hits = relevant(found.hits, weak=found.weak)
    kept = ordered(narrow(hits, asked.filters), asked.filters.sort)
    return Listing(found, tuple(hits), tuple(kept))
