"""When a version holds, decided from all papers together; and its status on a day.

Sources: 立法法 2023 (修改, 废止, 生效), DESIGN.md («two files are versions of one document when…»).
Nothing is guessed: a repeal that could mean two documents of different makers ends neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.model import Kind, Mention, Status, Validity
from kb.text.normalise import fold
from kb.text.numbers import find_numbers

DRAFT = re.compile(r"[（(](?:征求意见稿|送审稿|草案|讨论稿|草稿)[^）)]*[)）]$")
EDITION = re.compile(
    r"[（(](?:\d{4}(?:年|-\d{1,2}-\d{1,2})?(?:第?[一二三四五六七八九十\d]+次)?(?:修[订正改]本?|版|本)?"
    r"|(?:第?[一二三四五六七八九十\d]+次)?修[订正改]本?)[)）]$"
)
STRENGTH = {Status.DRAFT: 0, Status.REPEALED: 1, Status.AMENDED: 2, Status.EXPIRED: 3}
"""Which of two ends on the same day is told."""


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What is known of one version. ``expires`` is the last day on which it holds."""

    id: int
    title: str
    issuer: str
    number: str
    effective: date | None
    issued: date | None
    expires: date | None
    repeals: Sequence[Mention]
    amends: Sequence[Mention]
    replaces: str
    replaces_how: str
    path: str
    kind: Kind
    source: str = ""

    @property
    def start(self) -> date | None:
        """The day from which it holds; the day of issue where no other is known."""
        return self.effective or self.issued


@dataclass(frozen=True, slots=True)
class _End:
    day: date
    status: Status
    by: str


def title_key(title: str) -> str:
    """A title without what differs between versions and spellings of one document's name."""
    key = re.sub(r"[\s《》〈〉“”\"「」]", "", fold(title))
    while (shorter := EDITION.sub("", key)) != key:
        key = shorter
    return key


def resolve(versions: Sequence[VersionFacts]) -> dict[int, Validity]:
    """The validity of each version, by its id.

    A version ends on the first of these days: a newer version of the same document begins
    (已修改); a document that repeals it begins (已废止); the day after it expires (失效).
    ``start`` is the effective day alone: where only the day of issue is known, from when a rule
    holds is unverified.
    """
    ends: defaultdict[int, list[_End]] = defaultdict(list)
    for found in (_newer(versions), _repealed(versions), _replaced(versions)):
        for version, end in found:
            ends[version.id].append(end)
    resolved: dict[int, Validity] = {}
    for version in versions:
        if version.expires is not None:
            day = version.expires + timedelta(days=1)
            ends[version.id].append(_End(day, Status.EXPIRED, ""))
        if version.kind is Kind.REGULATION and DRAFT.search(version.title):
            ends[version.id] = [_End(date.min, Status.DRAFT, "")]
        first = min(
            ends[version.id], key=lambda end: (end.day, STRENGTH[end.status], end.by), default=None
        )
        resolved[version.id] = Validity(
            start=version.effective,
            end=first.day if first else None,
            ended_as=first.status if first else None,
            ended_by=first.by if first else "",
        )
    return resolved


def status(validity: Validity, on: date) -> Status:
    """Status on a day. Without a known beginning, what has not ended is 未核实."""
    if validity.end is not None and on >= validity.end:
        return validity.ended_as or Status.EXPIRED
    if validity.start is None:
        return Status.UNVERIFIED
    return Status.PENDING if on < validity.start else Status.IN_FORCE


def _newer(versions: Sequence[VersionFacts]) -> Iterator[tuple[VersionFacts, _End]]:
    """Versions of one document: each ends where the next begins."""
    groups: defaultdict[tuple[str, str], list[tuple[date, VersionFacts]]] = defaultdict(list)
    for version in versions:
        if version.kind is Kind.REGULATION and version.start and not DRAFT.search(version.title):
            groups[title_key(version.title), version.issuer].append((version.start, version))
    for group in groups.values():
        group.sort(key=lambda pair: (pair[0], pair[1].id))
        for start, version in group:
            later = next(((day, v) for day, v in group if day > start), None)
            if later is not None:
                yield version, _End(later[0], Status.AMENDED, later[1].title)


def _repealed(versions: Sequence[VersionFacts]) -> Iterator[tuple[VersionFacts, _End]]:
    """«《X》…同时废止»: what is named ends where the naming document begins."""
    by_number: defaultdict[str, list[VersionFacts]] = defaultdict(list)
    by_title: defaultdict[str, list[VersionFacts]] = defaultdict(list)
    for version in versions:
        if version.kind is not Kind.REGULATION:
            continue
        by_title[title_key(version.title)].append(version)
        for number in find_numbers(version.number):
            by_number[str(number.key)].append(version)
    for version in versions:
        if version.start is None or DRAFT.search(version.title):
            continue
        for mention in version.repeals:
            numbers = [str(number.key) for number in find_numbers(mention.number)]
            named = [v for number in numbers for v in by_number[number]]
            for target in _one_document(version, named or by_title[title_key(mention.title)]):
                yield target, _End(version.start, Status.REPEALED, version.title)


def _one_document(by: VersionFacts, candidates: Sequence[VersionFacts]) -> list[VersionFacts]:
    """The candidates that began before ``by``, if they are versions of one document; of several
    documents, the one that ``by``'s own maker issued."""
    before = [
        v
        for v in candidates
        if v.id != by.id and (v.start is None or by.start is None or v.start < by.start)
    ]
    for several in (before, [v for v in before if v.issuer == by.issuer]):
        if len({(title_key(v.title), v.issuer) for v in several}) == 1:
            return several
    return []


def _replaced(versions: Sequence[VersionFacts]) -> Iterator[tuple[VersionFacts, _End]]:
    """What a manifest says: this one replaces the one at that path."""
    by_path = {(version.source, version.path): version for version in versions}
    for version in versions:
        target = by_path.get((version.source, version.replaces)) if version.replaces else None
        if target is None or version.start is None or target.id == version.id:
            continue
        how = Status.REPEALED if version.replaces_how == "repeals" else Status.AMENDED
        yield target, _End(version.start, how, version.title)
