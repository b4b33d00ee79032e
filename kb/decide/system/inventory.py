"""What a person should look at: rules expired or soon to be, whose basis has gone or changed, due
for review, never cited, or naming bodies and laws that are no more.

Each finding rests on what a paper says (a date, a basis, a word at a place); nothing is judged.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from kb.catalogue.rows import PassageRow, VersionRow
from kb.law.names import bare_key, title_key
from kb.law.validity import status
from kb.model import Force, Kind, Status

_TERMS = Path(__file__).with_name("terms.toml")
_GONE = (Status.REPEALED, Status.EXPIRED)


class FindingKind(StrEnum):
    """What was found; the value is its name in the report."""

    EXPIRED = "已失效"
    EXPIRING = "即将到期"
    BASIS_GONE = "依据已废止或失效"
    BASIS_CHANGED = "依据已修订"
    REVIEW = "到期复核"
    UNCITED = "未被引用"
    OLD_TERM = "用语陈旧"
    NO_OWNER = "没有责任处室"
    UNVERIFIED = "施行日期未核实"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: ``place`` is a path or passage id, ``why`` says it in words with the
    fact that it rests on, ``other`` the path of the paper concerned beside it."""

    kind: FindingKind
    place: str
    title: str
    why: str
    other: str = ""


def inventory(
    versions: Sequence[VersionRow],
    passages: Iterable[PassageRow],
    cited: Iterable[str],
    day: date,
    *,
    soon: int = 180,
) -> list[Finding]:
    """Everything found, by kind and place.

    Args:
        versions: every version that the reader may see; only the office's own rules (本单位制度)
            are reported on, the others serve as their bases.
        passages: passages of the own rules, for their wording.
        cited: paths of versions that another paper cites.
        day: the day to judge by.
        soon: days ahead that count as soon.
    """
    own = [v for v in versions if v.kind is Kind.REGULATION and v.force is Force.INTERNAL]
    holding = [v for v in own if status(v.validity, day) is Status.IN_FORCE]
    found: list[Finding] = []
    for version in own:
        found += _standing(version, day, soon)
    shelf = by_name(versions)
    named = set(cited)
    for version in holding:
        found += _bases(version, shelf, day)
        if version.review is not None and version.review <= day + timedelta(days=soon):
            late = "已过" if version.review < day else "将到"
            found.append(_of(FindingKind.REVIEW, version, f"复核日期 {version.review}，{late}"))
        if version.path not in named:
            found.append(_of(FindingKind.UNCITED, version, "没有其他文件引用它的条文"))
        if not (version.department or version.owner):
            found.append(_of(FindingKind.NO_OWNER, version, "没有登记责任处室或责任人"))
    paths = {version.path for version in holding}
    found += _terms((row for row in passages if row.version.path in paths), day)
    order = list(FindingKind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.place))


def _of(kind: FindingKind, version: VersionRow, why: str, other: str = "") -> Finding:
    return Finding(kind, version.path, version.title, why, other)


def _standing(version: VersionRow, day: date, soon: int) -> list[Finding]:
    now = status(version.validity, day)
    end = version.validity.end
    if now is Status.EXPIRED and version.validity.ended_as is Status.EXPIRED and end is not None:
        return [_of(FindingKind.EXPIRED, version, f"有效期至 {end - timedelta(days=1)}")]
    if now is Status.UNVERIFIED:
        return [_of(FindingKind.UNVERIFIED, version, "文件里没有读到施行日期，也没有人填写")]
    if now is Status.IN_FORCE and end is not None and end <= day + timedelta(days=soon):
        left = (end - day).days
        last = end - timedelta(days=1)
        return [_of(FindingKind.EXPIRING, version, f"有效至 {last}，还有 {left} 天")]
    return []


def by_name(versions: Iterable[VersionRow]) -> dict[str, list[VersionRow]]:
    """Name (with and without the issuer's in front) → versions that bear it."""
    shelf: dict[str, list[VersionRow]] = {}
    for version in versions:
        for key in {title_key(version.title), bare_key(version.title, version.issuer)}:
            shelf.setdefault(key, []).append(version)
    return shelf


def _bases(version: VersionRow, shelf: dict[str, list[VersionRow]], day: date) -> list[Finding]:
    found = []
    for mention in version.mentions("bases"):
        named = shelf.get(title_key(mention.title)) or shelf.get(bare_key(mention.title, ""), [])
        held = [one for one in named if one.path != version.path]
        if not held:
            continue
        good = [one for one in held if status(one.validity, day) is Status.IN_FORCE]
        if not good:
            gone = [one for one in held if status(one.validity, day) in _GONE]
            if gone:
                last = max(gone, key=lambda one: one.validity.end or date.min)
                how = status(last.validity, day)
                why = f"依据《{mention.title}》{last.validity.end} 起{how}"
                found.append(_of(FindingKind.BASIS_GONE, version, why, last.path))
            continue
        newest = max(good, key=lambda one: one.validity.start or date.min)
        start, since = newest.validity.start, version.validity.start
        if start and since and start > since:
            why = f"依据《{mention.title}》{start} 起施行新版本，本文件 {since} 施行"
            found.append(_of(FindingKind.BASIS_CHANGED, version, why, newest.path))
    return found


@dataclass(frozen=True, slots=True)
class _Term:
    old: str
    now: str
    since: date


@cache
def _known_terms() -> tuple[tuple[_Term, ...], re.Pattern[str]]:
    entries = tomllib.loads(_TERMS.read_text(encoding="utf-8"))["term"]
    terms = tuple(_Term(e["old"], e["now"], date.fromisoformat(e["since"])) for e in entries)
    # The longest first: 国家税务局 must not be read as 税务局.
    names = sorted((re.escape(term.old) for term in terms), key=len, reverse=True)
    return terms, re.compile("|".join(names))


def _terms(passages: Iterable[PassageRow], day: date) -> list[Finding]:
    terms, pattern = _known_terms()
    by_name = {term.old: term for term in terms}
    found = []
    for row in passages:
        text = row.passage.text
        for word in dict.fromkeys(match.group() for match in pattern.finditer(text)):
            term = by_name[word]
            if term.since > day:
                continue
            why = f"“{word}”自 {term.since} 起为“{term.now}”，请核对"
            found.append(Finding(FindingKind.OLD_TERM, row.passage.id, row.version.title, why))
    return found
