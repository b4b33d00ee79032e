"""Papers in memory that citations can be resolved against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kb.law.citations import Article, Here
from kb.law.names import bare_key, title_key
from kb.text.citations import article_label


@dataclass(slots=True)
class Shelf:
    """A `Lookup` over papers in memory: what the indexer has of a run, or a test of a few."""

    here: Here
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    titles: dict[str, list[int]] = field(default_factory=dict)
    papers: dict[int, dict[str, list[Article]]] = field(default_factory=dict)
    days: dict[int, date | None] = field(default_factory=dict)

    def put(
        self,
        version: int,
        title: str,
        issuer: str,
        articles: Sequence[Article],
        issued: date | None = None,
    ) -> None:
        """Add a paper."""
        self.days[version] = issued
        for key in {title_key(title), bare_key(title, issuer)}:
            self.titles.setdefault(key, []).append(version)
        placed: dict[str, list[Article]] = {}
        for article in articles:
            placed.setdefault(article_label(article.label), []).append(article)
        self.papers[version] = placed

    def documents(self, title: str) -> Sequence[int]:
        """See `Lookup`."""
        found = self.titles.get(title_key(title)) or self.titles.get(bare_key(title, "")) or []
        return tuple(dict.fromkeys(found))

    def labels(self, version: int) -> Sequence[str]:
        """See `Lookup`."""
        return tuple(self.papers.get(version, ()))

    def articles(self, version: int, label: str) -> Sequence[Article]:
        """See `Lookup`."""
        return self.papers.get(version, {}).get(label, ())

    def issued(self, version: int) -> date | None:
        """See `Lookup`."""
        return self.days.get(version)
