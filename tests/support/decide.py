"""A knowledge base in memory: enough of `KnowledgeBase` for packs, without an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.catalogue.rows import PassageRow, VersionRow
from kb.decide.sentences import covered, grams, likeness
from kb.errors import NotFound
from kb.model import Force, Kind, Passage, Scope, Status, Tier, Validity
from kb.retrieve import Hit, SearchResult, Why

DAY = date(2025, 5, 1)


@dataclass(frozen=True)
class Opened:
    version: VersionRow
    passages: list[PassageRow]


@dataclass
class FakeBase:
    """Papers added by `add`; search by likeness of character pairs."""

    generation: int = 3
    rows: list[PassageRow] = field(default_factory=list)

    def add(
        self,
        path: str,
        title: str,
        articles: dict[str, str] | Sequence[tuple[str, str]],
        *,
        kind: Kind = Kind.REGULATION,
        force: Force = Force.INTERNAL,
        number: str = "某管〔2024〕5号",
        bases: Sequence[str] = (),
        tier: Tier = Tier.INTERNAL,
    ) -> FakeBase:
        version = VersionRow(
            id=len(self.rows) + 1,
            document_id=len(self.rows) + 1,
            path=path,
            digest="ab" * 32,
            format="markdown",
            pages=None,
            title=title,
            kind=kind,
            number=number if kind is Kind.REGULATION else "",
            issuer="某局",
            department="",
            owner="",
            force=force,
            tier=tier,
            issued=date(2024, 3, 18),
            effective=date(2024, 5, 1) if kind is Kind.REGULATION else None,
            expires=None,
            review=None,
            origin="",
            described={"bases": [{"title": t, "number": ""} for t in bases]},
            report={},
            validity=Validity(start=date(2024, 5, 1)),
        )
        pairs = articles.items() if isinstance(articles, dict) else articles
        for ordinal, (label, text) in enumerate(pairs):
            article = label.startswith("第")
            passage = Passage(
                id=f"{path}#{label if article else f'p{ordinal + 1}'}",
                ordinal=ordinal,
                node=ordinal,
                label=label if article else "",
                heading=(title, "第一章　总则") if article else (title, label),
                text=text,
            )
            self.rows.append(PassageRow(passage, version))
        return self

    def search(self, query: str, scope: Scope, *, limit: int = 10) -> SearchResult:
        wanted = grams(query)
        rated: list[tuple[float, PassageRow]] = []
        for row in self.rows:
            if row.version.kind in scope.kinds and row.version.tier in scope.tiers:
                near = likeness(wanted, grams(row.version.title + row.passage.text))
                if near > 0:
                    rated.append((near, row))
        rated.sort(key=lambda pair: (-pair[0], pair[1].passage.id))
        best = rated[0][0] if rated else 1.0
        weak = not any(covered(wanted, grams(row.passage.text)) >= 0.3 for _, row in rated[:3])
        hits = tuple(_hit(row, near / best, near) for near, row in rated[:limit])
        return SearchResult(query, scope.as_of, 0.1, len(rated), hits, weak)

    def passages(self, ids: Sequence[str], scope: Scope) -> dict[str, PassageRow]:
        wanted = set(ids)
        return {
            r.passage.id: r
            for r in self.rows
            if r.passage.id in wanted and r.version.kind in scope.kinds
        }

    def document(self, path: str, scope: Scope) -> Opened:
        rows = [r for r in self.rows if r.version.path == path]
        if not rows:
            raise NotFound(f"没有找到文件：{path}")
        return Opened(rows[0].version, rows)


def _hit(row: PassageRow, score: float, near: float) -> Hit:
    regulation = row.version.kind is Kind.REGULATION
    return Hit(
        id=row.passage.article_id,
        label=row.passage.label,
        heading=row.passage.heading,
        text=row.passage.text,
        page=None,
        score=score,
        highlights=(),
        snippet=(0, len(row.passage.text)),
        why=Why((), near, near),
        status=Status.IN_FORCE if regulation else None,
        version=row.version,
    )


def everything() -> Scope:
    return Scope.everything(as_of=DAY)


def texts_of(base: FakeBase) -> dict[str, Any]:
    return {row.passage.id: row.passage.text for row in base.rows}
