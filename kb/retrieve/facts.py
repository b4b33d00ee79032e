"""What is known of each paper, to choose papers by: title, kind, number, days, status, level.

An index knows words; «类型:经验» or «2023年以来» is asked here, of the papers that the reader may
see, and becomes the set of their paths (`kb.engine.query.Papers`).
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import VersionRow
from kb.law.names import number_key
from kb.law.validity import status
from kb.model import Force, Kind, Scope, Status, Validity
from kb.text.normalise import fold
from kb.text.periods import Period

REMEMBERED = 8
"""Scopes whose papers are kept."""

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Fact:
    """One version. ``name`` is its title in index form; ``years`` those that its title names."""

    path: str
    title: str
    name: str
    kind: Kind
    number: str
    number_key: str
    force: Force
    issuer: str
    offices: tuple[str, ...]
    issued: date | None
    effective: date | None
    validity: Validity
    years: tuple[int, ...]

    @property
    def dated(self) -> date | None:
        """The day a person would give it: when it was issued, else when it took effect."""
        return self.issued or self.effective

    def status(self, day: date) -> Status | None:
        """On a day; None where it is no regulation."""
        return status(self.validity, day) if self.kind is Kind.REGULATION else None

    def within(self, period: Period) -> bool:
        """Whether it was issued, or took effect, in a period, or is named after a year in it: the
        statistics of 2025 were issued in 2026."""
        return any(_in(d, period) for d in (self.issued, self.effective)) or any(
            _in(date(year, 1, 1), period) and _in(date(year, 12, 31), period) for year in self.years
        )


class Facts:
    """The papers of one scope."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.all: tuple[Fact, ...] = tuple(facts)
        self.by_path = {fact.path: fact for fact in self.all}

    def paths(self, chosen: Callable[[Fact], bool]) -> frozenset[str]:
        """Paths of the papers that are chosen."""
        return frozenset(fact.path for fact in self.all if chosen(fact))

    def not_in_force(self, day: date) -> frozenset[str]:
        """Papers that a search as of ``day`` leaves out."""
        return self.paths(lambda fact: not _held(fact.validity, day))


def _held(validity: Validity, day: date) -> bool:
    started = validity.start is None or validity.start <= day
    return started and (validity.end is None or day < validity.end)


def _in(day: date | None, period: Period) -> bool:
    return (
        day is not None
        and (period.first is None or period.first <= day)
        and (period.last is None or day <= period.last)
    )


class FactsOfScopes:
    """The facts of one generation, by scope; the last few are kept. Safe for several threads."""

    def __init__(self, rows: IndexReader) -> None:
        self._rows = rows
        self._lock = threading.Lock()
        self._kept: OrderedDict[Scope, Facts] = OrderedDict()

    def of(self, scope: Scope) -> Facts:
        """Of every version that the reader may see, of whatever day."""
        key = replace(scope, as_of=None)
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        found = Facts(map(fact, self._rows.versions(key)))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return found


def fact(row: VersionRow) -> Fact:
    """What is known of a version."""
    offices = dict.fromkeys(fold(o) for o in (row.department, row.owner, row.issuer) if o)
    return Fact(
        path=row.path,
        title=row.title,
        name=fold(row.title),
        kind=row.kind,
        number=row.number,
        number_key=number_key(row.number) if row.number else "",
        force=row.force,
        issuer=row.issuer,
        offices=tuple(offices),
        issued=row.issued,
        effective=row.effective,
        validity=row.validity,
        years=tuple(int(year) for year in _YEAR.findall(row.title)),
    )
