"""Narrowing and ordering a list of hits. Each choice tells what it would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kb.catalogue.rows import VersionRow
from kb.model import Force, Status
from kb.retrieve import Hit

NONE = "未标明"


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow: ``key`` is its name in the address, ``of`` a hit's value."""

    key: str
    name: str
    of: Callable[[Hit], str]
    order: Callable[[str], object]


def folder_of(version: VersionRow) -> str:
    """The first folder of a paper's path: where its keeper put it."""
    head, slash, _ = version.path.partition("/")
    return head if slash else "（根目录）"


def year_of(version: VersionRow) -> str:
    """The year it took effect, else was issued."""
    day = version.effective or version.issued
    return str(day.year) if day else NONE


def _rank(names: Iterable[str]) -> Callable[[str], object]:
    places = {name: place for place, name in enumerate(names)}
    return lambda value: (places.get(value, len(places)), value)


FACETS: tuple[Facet, ...] = (
    Facet(
        "st",
        "状态",
        lambda h: h.status.value if h.status else h.version.kind.label,
        _rank(s.value for s in (Status.IN_FORCE, *Status)),
    ),
    Facet("lv", "效力层级", lambda h: h.version.force.value, _rank(f.value for f in Force)),
    Facet("dp", "部门", lambda h: h.version.department or h.version.issuer or NONE, _rank(())),
    Facet(
        "yr",
        "年份",
        lambda h: year_of(h.version),
        lambda year: -int(year) if year.isdigit() else 1,
    ),
    Facet("fd", "来源", lambda h: folder_of(h.version), _rank(())),
)

SORTS: dict[str, str] = {
    "": "按相关程度",
    "new": "按日期，新的在前",
    "old": "按日期，旧的在前",
    "force": "按效力层级",
    "title": "按文件名",
}
"""Value in the address → what a person reads."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen, by facet key; empty values choose nothing."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return any(self.chosen.values())

    def address(self) -> dict[str, str]:
        """As it stands in a link."""
        return {k: v for k, v in {**self.chosen, "sort": self.sort}.items() if v}


def narrow(hits: Sequence[Hit], filters: Filters, *, but: str = "") -> list[Hit]:
    """The hits that every chosen facet lets through; the facet ``but`` is passed over."""
    active = [f for f in FACETS if f.key != but and filters.chosen.get(f.key)]
    return [h for h in hits if all(f.of(h) == filters.chosen[f.key] for f in active)]


def options(hits: Sequence[Hit], facet: Facet, filters: Filters) -> dict[str, str]:
    """Value → «value（n）», the empty value first; n is what the choice would leave, the other
    choices standing. A chosen value is there even if nothing has it."""
    counted = Counter(facet.of(h) for h in narrow(hits, filters, but=facet.key))
    values = set(counted) | {v for v in (filters.chosen.get(facet.key),) if v}
    shown = {"": f"{facet.name}：全部"}
    for value in sorted(values, key=facet.order):  # type: ignore[arg-type]
        shown[value] = f"{value}（{counted[value]}）"
    return shown


def ordered(hits: Sequence[Hit], sort: str) -> list[Hit]:
    """In the order chosen; hits of one place in it keep theirs."""
    if sort == "new":
        return sorted(hits, key=lambda h: -_day(h).toordinal())
    if sort == "old":
        return sorted(hits, key=lambda h: (_day(h) == date.min, _day(h)))
    if sort == "force":
        return sorted(hits, key=lambda h: h.version.force.rank)
    if sort == "title":
        return sorted(hits, key=lambda h: h.version.title)
    return list(hits)


def _day(hit: Hit) -> date:
    return hit.version.effective or hit.version.issued or date.min
