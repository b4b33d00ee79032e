"""How well each file was read: what the reader noted, and how many of its citations are sure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import VersionRow
from kb.law.cited import Library, Link
from kb.law.described import corrected
from kb.model import Scope

UNREADABLE = 0.01
"""Share of unreadable characters from which a file is doubtful."""
CONFIDENT = 0.9
"""Mean confidence of OCR below which a file is doubtful."""


CONVERTED = "经"


@dataclass(frozen=True, slots=True)
class FileReading:
    """The reading report of one version.

    ``unreadable`` is a share of ``characters``; ``confidence`` is that of OCR, None without it;
    ``unresolved`` counts paragraphs whose automatic number is unknown; ``resolved`` and
    ``abstained`` count citations of a 条, 款 or 项, ``reasons`` why those were not resolved;
    ``corrected`` names what a person corrected in the page, with who, when and why.
    """

    path: str
    title: str
    format: str
    pages: int | None
    characters: int
    unreadable: float
    confidence: float | None
    articles: int
    tables: int
    passages: int
    gaps: tuple[str, ...]
    unresolved: int
    notes: tuple[str, ...]
    resolved: int = 0
    abstained: int = 0
    documents: int = 0
    documents_resolved: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    corrected: tuple[str, ...] = ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a person should look at, in Chinese; empty where nothing."""
        found: list[str] = []
        if self.unreadable > UNREADABLE:
            found.append(f"{self.unreadable:.1%} 的字无法辨认")
        if self.confidence is not None and self.confidence < CONFIDENT:
            found.append(f"文字识别置信度 {self.confidence:.0%}")
        if self.gaps:
            found.append(f"条文序号有 {len(self.gaps)} 处不连续")
        if self.unresolved:
            found.append(f"{self.unresolved} 段自动编号不明")
        # That a file was converted is worth knowing, and no doubt.
        return (*found, *(note for note in self.notes if not note.startswith(CONVERTED)))

    def in_words(self) -> str:
        """One line in Chinese."""
        parts = [f"{self.format}，{self.characters} 字"]
        if self.pages:
            parts.append(f"{self.pages} 页")
        if self.articles:
            parts.append(f"{self.articles} 条")
        if self.tables:
            parts.append(f"表格 {self.tables} 个")
        if self.resolved + self.abstained:
            parts.append(f"条款引用 {self.resolved + self.abstained} 处，确定 {self.resolved} 处")
        if self.corrected:
            parts.append(f"人工改正 {len(self.corrected)} 项")
        return "，".join([*parts, *self.doubts])

    def as_json(self) -> dict[str, Any]:
        """One entry of ``reading`` in ``kb index --json --report``."""
        return {
            "path": self.path,
            "title": self.title,
            "format": self.format,
            "pages": self.pages,
            "characters": self.characters,
            "unreadable": round(self.unreadable, 4),
            "confidence": self.confidence,
            "articles": self.articles,
            "tables": self.tables,
            "passages": self.passages,
            "gaps": list(self.gaps),
            "unresolved": self.unresolved,
            "notes": list(self.notes),
            "corrected": list(self.corrected),
            "citations": {
                "resolved": self.resolved,
                "abstained": self.abstained,
                "reasons": self.reasons,
                "documents": self.documents,
                "documents_resolved": self.documents_resolved,
            },
        }


def readings(rows: IndexReader, library: Library, scope: Scope) -> list[FileReading]:
    """The reading report of every version within the scope, by path.

    What the reader noted is stored; citations are counted here, because another paper's coming or
    going changes what they mean although this paper did not change.
    """
    links: dict[int, list[Link]] = defaultdict(list)
    library.read_everything()
    for link in library.links(rows.citations(scope)):
        links[link.version].append(link)
    return [_reading(version, links[version.id]) for version in rows.versions(scope)]


def reading_of(version: VersionRow) -> FileReading:
    """What the reader noted of a version, no citation counted: quick, for lists."""
    return _reading(version, ())


def one_reading(
    rows: IndexReader, library: Library, version: VersionRow, scope: Scope
) -> FileReading:
    """The reading report of one version."""
    return _reading(version, library.links(rows.citations(scope, version_id=version.id)))


def _reading(version: VersionRow, links: Sequence[Link]) -> FileReading:
    report = version.report
    characters = int(report.get("characters", 0))
    places = [link for link in links if link.is_place]
    documents = [link for link in links if not link.is_place]
    resolved = sum(1 for link in places if link.target)
    return FileReading(
        path=version.path,
        title=version.title,
        format=version.format,
        pages=version.pages,
        characters=characters,
        unreadable=int(report.get("unreadable", 0)) / max(characters, 1),
        confidence=report.get("confidence"),
        articles=int(report.get("articles", 0)),
        tables=int(report.get("tables", 0)),
        passages=int(report.get("passages", 0)),
        gaps=tuple(report.get("gaps", ())),
        unresolved=int(report.get("unresolved", 0)),
        notes=tuple(report.get("notes", ())),
        resolved=resolved,
        abstained=len(places) - resolved,
        documents=len(documents),
        documents_resolved=sum(1 for link in documents if link.target),
        reasons=dict(Counter(link.reason for link in places if not link.target)),
        corrected=corrected(version),
    )
