"""What a search gives back; `as_json` is the contract of ``kb search --json``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.catalogue.rows import VersionRow
from kb.model import Status


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found. Scores are as each half gave them; None: that half did not."""

    words: tuple[str, ...]
    keyword: float | None
    vector: float | None
    exact: bool = False
    fused: float = 0.0

    def in_words(self) -> str:
        """For people."""
        reasons = ["按条号找到"] if self.exact else []
        if self.words:
            reasons.append("含“" + "”“".join(self.words[:6]) + "”")
        if self.vector is not None and self.vector >= SAYS_SO:
            reasons.append("意思相近")
        return "；".join(reasons) or "意思较远"


SAYS_SO = 0.4
"""Cosine from which a likeness of meaning is worth telling."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article (or window of prose) that answers, best first."""

    id: str
    label: str
    heading: tuple[str, ...]
    text: str
    page: int | None
    score: float
    highlights: tuple[tuple[int, int], ...]
    snippet: tuple[int, int]
    why: Why
    status: Status | None
    version: VersionRow

    def as_json(self, *, explain: bool = False) -> dict[str, Any]:
        """The contract's form."""
        why: dict[str, Any] = {"text": self.why.in_words(), "words": list(self.why.words)}
        if explain:
            why |= {"keyword": self.why.keyword, "vector": self.why.vector, "fused": self.why.fused}
        return {
            "id": self.id,
            "path": self.version.path,
            "title": self.version.title,
            "label": self.label,
            "heading": list(self.heading),
            "kind": self.version.kind.value,
            "status": self.status.value if self.status else "",
            "tier": self.version.tier.value,
            "page": self.page,
            "score": round(self.score, 6),
            "text": self.text,
            "highlights": [list(span) for span in self.highlights],
            "why": why,
        }


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order. ``total``: distinct articles that came near enough to be ranked.

    ``weak``: no direct basis was found; what follows only comes near.
    """

    query: str
    as_of: date | None
    took_ms: float
    total: int
    hits: tuple[Hit, ...]
    weak: bool

    def as_json(self, *, explain: bool = False) -> dict[str, Any]:
        """The contract's form."""
        return {
            "query": self.query,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "took_ms": round(self.took_ms, 2),
            "total": self.total,
            "hits": [hit.as_json(explain=explain) for hit in self.hits],
            "weak": self.weak,
        }
