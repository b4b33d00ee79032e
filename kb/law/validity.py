"""When each version holds, decided from all versions together.

Pure: facts in, ranges out. A version ends by what comes first: a later version of the same
document, a repeal, an amendment, its own term, or what a manifest says it is replaced by. 废止 ends
from a day, 撤销 from the start (立法法 2023, 107-108). What is not known is not guessed: an unknown
start is 未核实, an ambiguous repeal ends nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kb.law.names import (
    bare_key,
    is_draft,
    is_national,
    is_specific,
    makers,
    number_key,
    title_key,
)
from kb.model import Kind, Mention, Status, Validity

__all__ = ["VersionFacts", "alone", "resolve", "starts", "status", "title_key"]

_RETROACTIVE = timedelta(days=366)
"""A paper may hold from some time before it was issued; more than this before, the clause was
carried over from its first version."""

_HOW: Mapping[str, Status] = {
    "repeals": Status.REPEALED,
    "revokes": Status.REPEALED,
    "amends": Status.AMENDED,
}


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What has to be known of a version. ``id`` is any number that names it.

    ``expires`` is the last day on which it holds. ``replaces`` names what a manifest says this
    one takes the place of: a path, a title or a number; ``replaces_how`` is ``repeals`` (also if
    empty), ``amends``, or ``revokes`` (撤销: never in force). ``source`` is where ``path`` lies.
    """

    id: int
    title: str
    issuer: str = ""
    number: str = ""
    effective: date | None = None
    issued: date | None = None
    expires: date | None = None
    repeals: tuple[Mention, ...] = ()
    amends: tuple[Mention, ...] = ()
    replaces: str = ""
    replaces_how: str = ""
    path: str = ""
    kind: Kind = Kind.REGULATION
    source: str = ""


@dataclass(frozen=True, slots=True)
class _End:
    day: date
    how: Status
    by: str


def status(validity: Validity, on: date) -> Status:
    """The status on a day: 尚未生效 before the start, ``ended_as`` from the end on."""
    if validity.ended_as is Status.DRAFT:
        return Status.DRAFT
    if validity.end is not None and on >= validity.end:
        return validity.ended_as or Status.EXPIRED
    if validity.start is None:
        return Status.UNVERIFIED
    return Status.PENDING if on < validity.start else Status.IN_FORCE


def starts(effective: date | None, issued: date | None) -> date | None:
    """From when a version's text holds.

    An amended law repeats the commencement of its first version («自1996年10月1日起施行» in a text
    of 2017): that text cannot have held before it was issued.
    """
    if effective is not None and issued is not None and issued - effective > _RETROACTIVE:
        return issued
    return effective


def alone(
    title: str,
    effective: date | None,
    issued: date | None = None,
    expires: date | None = None,
) -> Validity:
    """When a version holds by its own words, as if there were no other."""
    if is_draft(title):
        return Validity(ended_as=Status.DRAFT)
    start = starts(effective, issued)
    if expires is None:
        return Validity(start=start)
    return Validity(start=start, end=expires + timedelta(days=1), ended_as=Status.EXPIRED)


def resolve(versions: Sequence[VersionFacts]) -> dict[int, Validity]:
    """The validity of every version, by its id.

    Versions of one document are those whose normalised title and issuer agree, or of which a
    manifest says that one replaces the other. Experience notes and reference papers are dated
    like regulations; only papers that say so end others.
    """
    living = [v for v in versions if not is_draft(v.title)]
    found = _Finder(living)
    begin = _starts(living, found)
    ends: dict[int, list[_End]] = defaultdict(list)
    for group in found.groups():
        for earlier, later in _pairs(group, begin):
            day = begin[later.id]
            if day is not None:
                how = Status.REPEALED if _names(later.repeals, earlier) else Status.AMENDED
                ends[earlier.id].append(_End(day, how, later.title))
    for version in living:
        for target, end in _ended_by(version, found, begin):
            ends[target.id].append(end)
    resolved: dict[int, Validity] = {}
    for v in versions:
        if is_draft(v.title):
            resolved[v.id] = Validity(ended_as=Status.DRAFT)
            continue
        if v.expires is not None:
            ends[v.id].append(_End(v.expires + timedelta(days=1), Status.EXPIRED, ""))
        # Of ends on one day a repeal says more than a successor, a successor more than a term.
        best = min(ends[v.id], key=lambda end: (end.day, _ORDER[end.how], end.by), default=None)
        resolved[v.id] = (
            Validity(start=begin[v.id])
            if best is None
            else Validity(begin[v.id], best.day, best.how, best.by)
        )
    return resolved


_ORDER = {Status.REPEALED: 0, Status.AMENDED: 1, Status.EXPIRED: 2}


def _starts(versions: Iterable[VersionFacts], found: _Finder) -> dict[int, date | None]:
    begin = {v.id: starts(v.effective, v.issued) for v in versions}
    for group in found.groups():
        if len(group) == 1:
            continue
        by_issue = sorted((v for v in group if v.issued), key=lambda v: (v.issued, v.id))
        latest: VersionFacts | None = None
        for v in by_issue:
            day, before = begin[v.id], begin[latest.id] if latest else None
            if latest and day and before and day <= before and v.issued != latest.issued:
                # It was issued later and repeats the commencement: a new text of an old rule.
                begin[v.id] = v.issued
            latest = v
    return begin


def _pairs(
    group: list[VersionFacts], begin: Mapping[int, date | None]
) -> Iterator[tuple[VersionFacts, VersionFacts]]:
    """Neighbours in time. Copies of one version (same start) do not end each other."""
    dated: dict[date, list[VersionFacts]] = defaultdict(list)
    for version in group:
        if (day := begin[version.id]) is not None:
            dated[day].append(version)
    days = sorted(dated)
    for day, after in pairwise(days):
        later = min(dated[after], key=lambda v: (v.path, v.id))
        for earlier in dated[day]:
            yield earlier, later


def _ended_by(
    version: VersionFacts, found: _Finder, begin: Mapping[int, date | None]
) -> Iterator[tuple[VersionFacts, _End]]:
    day = begin[version.id]
    if version.replaces:
        how = _HOW.get(version.replaces_how, Status.REPEALED)
        for target in found.replaced(version):
            since = begin[target.id] if version.replaces_how == "revokes" else day
            if since is not None:
                yield target, _End(since, how, version.title)
    if day is None:
        return
    for mention in version.repeals:
        for target in found.named(mention, version):
            start = begin[target.id]
            if start is None or start < day:
                yield target, _End(day, Status.REPEALED, version.title)
    for mention in version.amends:
        for target in found.named(mention, version):
            # A text issued after the decision to amend has it in already.
            if _issued_before(target, version, begin):
                yield target, _End(day, Status.AMENDED, version.title)


def _issued_before(
    target: VersionFacts, version: VersionFacts, begin: Mapping[int, date | None]
) -> bool:
    ours, theirs = version.issued or begin[version.id], target.issued or begin[target.id]
    return ours is not None and theirs is not None and theirs < ours


def _names(mentions: Iterable[Mention], version: VersionFacts) -> bool:
    key, number = bare_key(version.title, version.issuer), number_key(version.number)
    for mention in mentions:
        theirs = number_key(mention.number)
        if number and theirs:
            if number == theirs:
                return True
        elif key and bare_key(mention.title, version.issuer) == key:
            return True
    return False


class _Finder:
    """Versions by title, by number and by path."""

    def __init__(self, versions: Iterable[VersionFacts]) -> None:
        self._groups: dict[tuple[str, frozenset[str]], list[VersionFacts]] = defaultdict(list)
        self._by_title: dict[str, list[VersionFacts]] = defaultdict(list)
        self._by_number: dict[str, list[VersionFacts]] = defaultdict(list)
        self._by_path: dict[str, list[VersionFacts]] = defaultdict(list)
        for v in versions:
            bare = bare_key(v.title, v.issuer)
            # The congress and its committee both pass texts of one national law.
            who = frozenset[str]() if is_national(v.title) else makers(v.issuer)
            self._groups[bare, who].append(v)
            for key in {bare, title_key(v.title)}:
                self._by_title[key].append(v)
            if number := number_key(v.number):
                self._by_number[number].append(v)
            self._by_path[v.path].append(v)

    def groups(self) -> Iterable[list[VersionFacts]]:
        """Versions of one document each."""
        return [group for (title, _), group in self._groups.items() if title]

    def named(self, mention: Mention, by: VersionFacts) -> list[VersionFacts]:
        """The versions that a mention means: by number if it gives one, else by title.

        A title that several makers could have given means the paper of ``by``'s maker, or none.
        """
        number = number_key(mention.number)
        if number and (numbered := [v for v in self._by_number.get(number, ()) if v.id != by.id]):
            return numbered
        keys = {title_key(mention.title), bare_key(mention.title, by.issuer)} - {""}
        titled = {v.id: v for key in keys for v in self._by_title.get(key, ()) if v.id != by.id}
        return [
            v
            for v in titled.values()
            # It has a number and bears another: not the one that is meant.
            if not (number and number_key(v.number)) and _may_mean(mention.title, v, by)
        ]

    def replaced(self, by: VersionFacts) -> list[VersionFacts]:
        """What a manifest's ``replaces`` names: a path, else a number, else a title."""
        name = by.replaces.strip()
        at_path = [v for v in self._at(name, by) if v.id != by.id]
        if at_path:
            return at_path
        return self.named(Mention(name.strip("《》"), name if number_key(name) else ""), by)

    def _at(self, name: str, by: VersionFacts) -> list[VersionFacts]:
        """At a path: as written, or below the folders that ``by`` lies in (its source's root)."""
        name = name.replace("\\", "/").removeprefix("./")
        parts = by.path.split("/")
        for depth in range(len(parts)):
            if here := self._by_path.get("/".join((*parts[:depth], name))):
                return here
        return []


def _may_mean(title: str, target: VersionFacts, by: VersionFacts) -> bool:
    """Whether ``by``, naming a title, can mean ``target``: its own maker's paper, or one whose
    full title no other maker's paper bears."""
    ours, theirs = makers(by.issuer), makers(target.issuer)
    if ours & theirs or not (ours or theirs):
        return True
    full = title_key(title) == title_key(target.title)
    return (full or is_national(target.title)) and is_specific(target.title, target.issuer)
