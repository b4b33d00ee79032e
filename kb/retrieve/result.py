"""What a search gives back; `as_json` is the contract of ``kb search --json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.catalogue.rows import VersionRow
from kb.engine.query import Query
from kb.model import Status
from kb.retrieve.reading import Reading
from kb.retrieve.tree import tree_lines

SAYS_SO = 0.37
"""Cosine from which a likeness of meaning is worth telling."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found. Scores are as each half gave them; None: that half did not.

    ``words``: the question's, in the text, its headings or the title; ``titled``: those of the
    title only. ``named``: 文件名 or 文号, where the question names the paper. ``added``: (words
    asked, word found), a synonym. ``amounts``: quantities asked that the text has a threshold
    for. ``known``: a question like it was answered by this article. ``parts``: what each
    feature gave it in the ranking, where that was asked for.
    """

    words: tuple[str, ...]
    keyword: float | None
    vector: float | None
    exact: bool = False
    fused: float = 0.0
    named: str = ""
    titled: tuple[str, ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    amounts: tuple[str, ...] = ()
    known: bool = False
    parts: Mapping[str, float] = field(default_factory=dict)

    def in_words(self) -> str:
        """For people."""
        reasons = ["按条号找到"] if self.exact else []
        if self.named:
            reasons.append(f"{self.named}相符")
        if within := [word for word in self.words if word not in self.titled]:
            reasons.append("含“" + "”“".join(within[:6]) + "”")
        if self.titled:
            reasons.append("文件名含“" + "”“".join(self.titled[:4]) + "”")
        if self.added:
            reasons.append("同义：" + "、".join(f"“{a}”即“{b}”" for a, b in self.added[:3]))
        if self.amounts:
            reasons.append(f"{'、'.join(self.amounts)}在本条所定范围内")
        if self.known:
            reasons.append("曾有相似问题以本条作答")
        if self.vector is not None and self.vector >= SAYS_SO:
            reasons.append("意思相近")
        return "；".join(reasons) or "意思较远"

    def as_json(self, *, explain: bool = False) -> dict[str, Any]:
        """``why`` of a hit."""
        shown: dict[str, Any] = {"text": self.in_words(), "words": list(self.words)}
        if not explain:
            return shown
        return shown | {
            "keyword": self.keyword,
            "vector": self.vector,
            "fused": self.fused,
            "exact": self.exact,
            "named": self.named,
            "title": list(self.titled),
            "synonyms": [list(pair) for pair in self.added],
            "amounts": list(self.amounts),
            "known": self.known,
            "features": {name: round(value, 6) for name, value in self.parts.items()},
        }


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended a paper, and where that lies; empty where it is not known, or not to be seen."""

    day: date | None
    title: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Same:
    """A passage that says the same as a hit and was folded into it."""

    id: str
    title: str
    label: str

    @property
    def shown(self) -> str:
        """《某办法》第三条"""
        return f"《{self.title}》{self.label}"


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
    same: tuple[Same, ...] = ()
    ended: Ended | None = None

    @property
    def relevant(self) -> bool:
        """Whether it holds a word of the question or a synonym, or means nearly the same. Retrieval
        by meaning always gives something; what shares nothing with the question is noise."""
        why = self.why
        told = why.words or why.exact or why.named or why.added or why.known
        return bool(told) or (why.vector or 0.0) >= SAYS_SO

    def as_json(self, *, explain: bool = False) -> dict[str, Any]:
        """The contract's form; ``same`` and ``ended`` where there is any."""
        shown: dict[str, Any] = {
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
            "why": self.why.as_json(explain=explain),
        }
        if self.same:
            shown["same"] = [same.id for same in self.same]
        if self.ended is not None:
            day = self.ended.day
            shown["ended"] = {
                "day": day.isoformat() if day else None,
                "by": self.ended.title,
                "path": self.ended.path,
            }
        return shown


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order. ``total``: distinct articles that came near enough to be ranked, or that a
    query of the language matches.

    ``weak``: no direct basis was found; what follows only comes near. ``tree``: what the keyword
    half was asked, where that was asked for.
    """

    query: str
    as_of: date | None
    took_ms: float
    total: int
    hits: tuple[Hit, ...]
    weak: bool
    reading: Reading = field(default_factory=Reading)
    tree: Query | None = None

    def as_json(self, *, explain: bool = False) -> dict[str, Any]:
        """The contract's form; ``reading`` where it was more than plain words."""
        shown: dict[str, Any] = {
            "query": self.query,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "took_ms": round(self.took_ms, 2),
            "total": self.total,
            "hits": [hit.as_json(explain=explain) for hit in self.hits],
            "weak": self.weak,
        }
        if self.reading.says_something:
            shown["reading"] = self.reading.as_json()
        if explain and self.tree is not None:
            shown["tree"] = tree_lines(self.tree)
        return shown
