"""What a provision cites, and what cites it, within a reader's scope and as of his day.

Resolved when asked for, from the places that the indexer stored as read. A stored answer would be
wrong for the next reader (he may not see the cited paper), for another day (another version holds)
and after the next run (a second paper of that title makes the name ambiguous).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.catalogue.codec import to_spans
from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import ArticleRow, CitationRow, NamedRow
from kb.law.citations import Abstention, Article, Here, Target, resolve
from kb.law.names import bare_key, title_key
from kb.law.validity import status
from kb.model import Cited, Node, Scope, Status
from kb.text.citations import Citation, article_label

OVER = frozenset((Status.DRAFT, Status.PENDING, Status.AMENDED, Status.EXPIRED, Status.REPEALED))
NATION = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Link:
    """One citation: who cites (``path``, ``node``), in which words' place, and what is meant.

    ``target_path`` is empty where nothing is named; then ``reason`` says why, in Chinese.
    ``start``/``end`` are offsets of the meant place in its article; None for all of it.
    ``newer``: the cited text was issued after the citing one: its numbers may have moved.
    """

    version: int
    cited: Cited
    target: int = 0
    target_path: str = ""
    target_title: str = ""
    label: str = ""
    locator: str = ""
    start: int | None = None
    end: int | None = None
    newer: bool = False
    reason: str = ""

    @property
    def id(self) -> str:
        """What `kb show` takes; a document's path where it is cited as a whole."""
        return f"{self.target_path}#{self.label}{self.locator}" if self.label else self.target_path

    @property
    def shown(self) -> str:
        """《某办法》第三条第二款; empty where nothing is named."""
        return f"《{self.target_title}》{self.label}{self.locator}" if self.target_path else ""

    @property
    def is_place(self) -> bool:
        """Whether a 条, 款, 项 or 目 is cited, not a document as a whole."""
        c = self.cited
        return bool(c.label or c.relative or c.paragraph or c.item or c.point)


class Library:
    """The papers that a reader may see, as `kb.law.citations.Lookup` asks for them."""

    def __init__(self, rows: IndexReader, scope: Scope) -> None:
        self._rows = rows
        self._scope = scope
        self._papers: dict[int, NamedRow] = {}
        self._titles: dict[str, list[int]] = {}
        self._outlines: dict[int, _Outline] = {}
        self.here = Here(0, "")
        self.abbreviations: Mapping[str, str] = {}
        for row in rows.names(scope):
            self._papers[row.id] = row
            for key in {title_key(row.title), bare_key(row.title, row.issuer)}:
                self._titles.setdefault(key, []).append(row.id)

    def documents(self, title: str) -> Sequence[int]:
        """Versions of that title; where there are several, those that hold on the scope's day."""
        found = self._titles.get(title_key(title)) or self._titles.get(bare_key(title, "")) or []
        day = self._scope.as_of
        if len(found) > 1 and day is not None:
            holding = [v for v in found if status(self._papers[v].validity, day) not in OVER]
            return holding or found
        return found

    def labels(self, version: int) -> Sequence[str]:
        """Labels of a version's articles in reading order."""
        return self._of(version).labels()

    def articles(self, version: int, label: str) -> Sequence[Article]:
        """The articles of that label."""
        return self._of(version).articles(label)

    def read_everything(self) -> None:
        """Read every outline at once: for a report over the whole base."""
        self._outlines = {version: _Outline() for version in self._papers}
        for version, row in self._rows.every_article(self._scope):
            self._outlines[version].add(row)

    def issued(self, version: int) -> date | None:
        """When a version was issued."""
        return self._papers[version].issued

    def links(self, rows: Iterable[CitationRow]) -> list[Link]:
        """Each citation with what it means. Those of one version should stand together."""
        return [self._link(row) for row in rows]

    def cites(self, version: int, nodes: Iterable[int]) -> list[Link]:
        """What these nodes of a version cite."""
        wanted = set(nodes)
        rows = self._rows.citations(self._scope, version_id=version)
        return self.links(row for row in rows if row.cited.node in wanted)

    def cited_by(self, version: int, label: str) -> list[Link]:
        """Every citation of a place in article ``label`` of a version, also by the paper itself."""
        if version not in self._papers:
            return []
        own = self._rows.citations(self._scope, version_id=version, own=True)
        wanted = article_label(label)
        rows = [*own, *self._rows.citations_naming(self._keys(version), wanted, self._scope)]
        return [
            link
            for link in self.links(rows)
            if link.target == version and article_label(link.label) == wanted
        ]

    def citing(self, version: int) -> list[Link]:
        """Every citation of a version by other papers, of a place in it or of the whole."""
        if version not in self._papers:
            return []
        rows = self._rows.citations_naming(self._keys(version), None, self._scope)
        others = self.links(row for row in rows if row.version_id != version)
        return [link for link in others if link.target == version]

    def _keys(self, version: int) -> list[str]:
        paper = self._papers[version]
        bare = bare_key(paper.title, paper.issuer)
        return sorted({title_key(paper.title), bare, NATION + bare})

    def path(self, version: int) -> str:
        """Where a version lies."""
        return self._papers[version].path

    def _link(self, row: CitationRow) -> Link:
        cited, paper = row.cited, self._papers[row.version_id]
        label = self._of(row.version_id).named.get(cited.node, "")
        self.here = Here(row.version_id, paper.title, label, cited.start, paper.issued)
        found = resolve(_citation(cited), self)
        if isinstance(found, Abstention):
            return Link(row.version_id, cited, reason=found.reason)
        meant = self._papers[found.version]
        return Link(
            row.version_id,
            cited,
            target=found.version,
            target_path=meant.path,
            target_title=meant.title,
            label=found.label,
            locator=found.locator,
            start=found.start,
            end=found.end,
            newer=found.newer,
        )

    def _of(self, version: int) -> _Outline:
        if version not in self._outlines:
            self._outlines[version] = outline = _Outline()
            for row in self._rows.articles(version, self._scope):
                outline.add(row)
        return self._outlines[version]


class _Outline:
    """The articles of one version. Spans are read for those that are asked for only."""

    def __init__(self) -> None:
        self.named: dict[int, str] = {}
        self._rows: dict[str, list[ArticleRow]] = {}
        self._read: dict[str, list[Article]] = {}

    def add(self, row: ArticleRow) -> None:
        self.named[row.ordinal] = row.label
        self._rows.setdefault(article_label(row.label), []).append(row)

    def labels(self) -> list[str]:
        return [label for label, same in self._rows.items() for _ in same]

    def articles(self, label: str) -> Sequence[Article]:
        if label not in self._read and label in self._rows:
            self._read[label] = [
                Article(row.label, to_spans(row.spans)) for row in self._rows[label]
            ]
        return self._read.get(label, ())


def place(node: Node, paragraph: int | None, item: int | None, point: int | None) -> Target | str:
    """The 款, 项 or 目 of an article, or why there is no such one. 款 may be left out where the
    article has one, or only one with that 项."""
    citation = Citation(0, 0, label=node.label, paragraph=paragraph, item=item, point=point)
    shelf = _One(Article(node.label, node.spans))
    found = resolve(citation, shelf)
    return found.reason if isinstance(found, Abstention) else found


class _One:
    """A `Lookup` over one article."""

    def __init__(self, article: Article) -> None:
        self.here = Here(0, "", article.label)
        self.abbreviations: Mapping[str, str] = {}
        self._article = article

    def documents(self, title: str) -> Sequence[int]:
        """None but this."""
        return ()

    def labels(self, version: int) -> Sequence[str]:
        """Its label."""
        return (self._article.label,)

    def articles(self, version: int, label: str) -> Sequence[Article]:
        """Itself."""
        return (self._article,)

    def issued(self, version: int) -> date | None:
        """Nothing is said of it."""
        return None


def _citation(cited: Cited) -> Citation:
    return Citation(
        cited.start,
        cited.end,
        title=cited.title or None,
        label=cited.label or None,
        paragraph=cited.paragraph,
        item=cited.item,
        relative=cited.relative,
        point=cited.point,
        steps=cited.steps,
        loose=cited.loose,
    )
