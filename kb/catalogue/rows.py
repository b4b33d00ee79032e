"""What the catalogue gives back: a version with its validity, a passage with its version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from kb.model import Cited, Force, Kind, Mention, Passage, Tier, Validity


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One live version in the pinned generation."""

    id: int
    document_id: int
    path: str
    digest: str
    format: str
    pages: int | None
    title: str
    kind: Kind
    number: str
    issuer: str
    department: str
    owner: str
    force: Force
    tier: Tier
    issued: date | None
    effective: date | None
    expires: date | None
    review: date | None
    origin: str
    described: dict[str, Any]
    report: dict[str, Any]
    validity: Validity
    persons: tuple[str, ...] = ()

    def mentions(self, what: str) -> tuple[Mention, ...]:
        """``bases``, ``repeals`` or ``amends``, as described."""
        return tuple(Mention(m["title"], m.get("number", "")) for m in self.described.get(what, ()))


@dataclass(frozen=True, slots=True)
class NamedRow:
    """What a version is called, when it holds and whose it is: enough to find it, and to choose
    by, without the JSON that a whole row has."""

    path: str
    title: str
    number: str
    issuer: str
    validity: Validity
    id: int = 0
    issued: date | None = None
    effective: date | None = None
    kind: Kind = Kind.REFERENCE
    force: Force = Force.NONE
    department: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage and the version it stands in."""

    passage: Passage
    version: VersionRow


class ArticleRow(NamedTuple):
    """A 条 without its text. ``spans`` is JSON, not yet read: most are never asked for
    (`kb.catalogue.codec.to_spans`)."""

    ordinal: int
    label: str
    spans: str


@dataclass(frozen=True, slots=True)
class CitationRow:
    """A place that a version cites; ``ordinal`` counts the version's citations from 0."""

    version_id: int
    ordinal: int
    cited: Cited


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as the last run saw it; ``failure`` says why nothing of it is indexed, ``mark``
    (`kb.model.Mark`) whether that is a mark of secrecy."""

    id: int
    source_id: int
    path: str
    relative: str
    digest: str
    size: int
    mtime_ns: int
    overrides: str
    failure: str
    hint: str
    mark: str = ""
    born: int = 0


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A folder (or file) that was indexed; ``name`` is its last path component."""

    id: int
    root: str
    name: str
