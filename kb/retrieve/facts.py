"""What is known of each paper, to choose papers by: title, kind, number, days, status, level.

An index knows words; «类型:经验» or «2023年以来» is asked here, of the papers that the reader may
see, and becomes the set of their paths (`kb.engine.query.Papers`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from kb.catalogue.rows import NamedRow
from kb.law.names import number_key
from kb.law.validity import status
from kb.model import Force, Kind, Status, Validity
from kb.text.normalise import fold
from kb.text.periods import Period

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
        return self.paths(lambda fact: not holds(fact.validity, day))


def holds(validity: Validity, day: date) -> bool:
    """Whether a search as of ``day`` finds the paper: as the index has it, what is not known to
    begin or to end holds."""
    started = validity.start is None or validity.start <= day
    return started and (validity.end is None or day < validity.end)


def _in(day: date | None, period: Period) -> bool:
    return (
        day is not None
        and (period.first is None or period.first <= day)
        and (period.last is None or day <= period.last)
    )


def fact_of(row: NamedRow) -> Fact:
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
