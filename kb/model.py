"""The words of the project, as frozen types.

document (文件) → version (版本) → provision (条款: 编 章 节 条 款 项 目) → passage (检索单元).
Nothing here reads a file or a database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of paper a document is; decides where it may stand in a briefing pack."""

    REGULATION = "regulation"
    EXPERIENCE = "experience"
    REFERENCE = "reference"

    @property
    def label(self) -> str:
        """The Chinese name shown to people."""
        return {"regulation": "制度", "experience": "经验", "reference": "资料"}[self.value]


class Status(StrEnum):
    """Whether a version holds on a given day. Derived from dates, never stored as a fact."""

    DRAFT = "草案"
    PENDING = "尚未生效"
    IN_FORCE = "现行有效"
    AMENDED = "已修改"
    PARTLY = "部分失效"
    EXPIRED = "失效"
    REPEALED = "已废止"
    UNVERIFIED = "未核实"


class Tier(StrEnum):
    """Who may see a paper at all. Ordered: a compilation takes the highest of its parts."""

    PUBLIC = "public"
    INTERNAL = "internal"
    SENSITIVE = "sensitive"

    @property
    def label(self) -> str:
        """The Chinese name shown to people."""
        return {"public": "公开", "internal": "内部", "sensitive": "敏感"}[self.value]

    @property
    def rank(self) -> int:
        """0 for public, rising with sensitivity."""
        return list(Tier).index(self)


class Force(StrEnum):
    """Level of force (效力层级), highest first (立法法 2023, 98–103)."""

    CONSTITUTION = "宪法"
    LAW = "法律"
    ADMINISTRATIVE = "行政法规"
    LOCAL = "地方性法规"
    RULE = "规章"
    JUDICIAL = "司法解释"
    NORMATIVE = "规范性文件"
    INTERNAL = "本单位制度"
    NONE = "其他"

    @property
    def rank(self) -> int:
        """0 for the highest; for ordering groups, never multiplied into a score."""
        return list(Force).index(self)


class Mark(StrEnum):
    """What mark of secrecy a file bears, and what a person said of it."""

    CERTAIN = "certain"
    """A mark proper: refused, whoever says what."""
    DOUBTFUL = "doubtful"
    """A bare word where a mark would stand: a person must look."""
    ACCEPTED = "accepted"
    """Doubtful, and a person said that it is no secret."""
    REFUSED = "refused"
    """Doubtful, and a person said that it stays out."""


class Level(StrEnum):
    """Level of a node in the outline of a document."""

    PART = "编"
    SUBPART = "分编"
    CHAPTER = "章"
    SECTION = "节"
    ARTICLE = "条"
    ANNEX = "附件"
    HEADING = "标题"
    TABLE = "表"
    TEXT = "文"


@dataclass(frozen=True, slots=True)
class Span:
    """A 款, 项 or 目 inside an article: where it stands in the article's text.

    ``locator`` is its place below the article, e.g. ``第二款第（一）项``;
    ``start``/``end`` are character offsets, end exclusive.
    """

    level: str
    locator: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a document's outline, in reading order.

    ``label`` is what it is called (``第三章``, ``第十二条``, ``附件1``; empty for plain text),
    ``title`` what follows the label on a heading line, ``text`` its own text without children.
    An article's ``text`` starts after its label. ``heading`` is the path of headings above it.
    """

    ordinal: int
    level: Level
    label: str
    title: str = ""
    text: str = ""
    heading: tuple[str, ...] = ()
    page: int | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A described property, with where it came from, so that a person can check it.

    ``how``: ``rule`` (found in the text), ``front-matter``, ``manifest``, ``person``.
    """

    value: str
    how: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Another document named in the text: by title and, where given, by its number."""

    title: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What a version says of itself (or a manifest says of it). Unknown is None or empty."""

    title: str
    kind: Kind
    number: str = ""
    issuer: str = ""
    department: str = ""
    owner: str = ""
    force: Force = Force.NONE
    tier: Tier = Tier.INTERNAL
    persons: tuple[str, ...] = ()
    issued: date | None = None
    effective: date | None = None
    expires: date | None = None
    review: date | None = None
    bases: tuple[Mention, ...] = ()
    repeals: tuple[Mention, ...] = ()
    amends: tuple[Mention, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    replaces: str = ""
    replaces_how: str = ""
    origin: str = ""
    facts: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """When a version holds: ``start`` ≤ day < ``end``; None is unknown start / no known end.

    ``ended_by`` is the title of the version that ended it, ``ended_as`` the status after ``end``.
    """

    start: date | None = None
    end: date | None = None
    ended_as: Status | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: one 条, a part of a long one, or a window of prose.

    ``id`` is ``<path>#<label>``; a part is ``<path>#<label>~2``. ``text`` is what is shown and
    quoted; ``lead`` the lead-in repeated before a part (not part of ``text``).
    """

    id: str
    ordinal: int
    node: int
    label: str
    heading: tuple[str, ...]
    text: str
    lead: str = ""
    page: int | None = None

    @property
    def article_id(self) -> str:
        """The id of the whole 条 that this passage is, or is a part of."""
        head, _, part = self.id.rpartition("~")
        return head if head and part.isdigit() else self.id


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that a node's text points to, as read: what it means is found when it is asked for
    (`kb.law.cited`), because that depends on the other papers, the day and the reader.

    ``node`` is the ordinal of the node, ``start``/``end`` offsets in its text; the rest is a
    `kb.text.citations.Citation`, with a 简称 of the paper's own in ``title`` written out; ``key``
    is `kb.law.names.title_key` of the title.
    """

    node: int
    start: int
    end: int
    title: str = ""
    key: str = ""
    label: str = ""
    paragraph: int | None = None
    item: int | None = None
    point: int | None = None
    relative: str = ""
    steps: int = 0
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """One version of one document, cut and described: what the indexer hands to the catalogue."""

    path: str
    source: str
    digest: str
    format: str
    description: Description
    nodes: tuple[Node, ...]
    passages: tuple[Passage, ...]
    pages: int | None = None
    report: dict[str, object] = field(default_factory=dict)
    citations: tuple[Cited, ...] = ()


AUDIENCE_MARK = "\x1f"


def audience(department: str, persons: Iterable[str] = ()) -> str:
    """Whom a paper is for, as one word that an index can filter by: its department, and the
    accounts it names (定向知悉), where it names any."""
    return AUDIENCE_MARK.join((department, *sorted(set(persons))))


ALL_KINDS: frozenset[Kind] = frozenset(Kind)
ALL_TIERS: frozenset[Tier] = frozenset(Tier)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see, and as of which day. Every read takes one; there is no default.

    ``as_of`` None means every version, in force or not (used by ``kb eval`` and the inventory).
    ``departments`` None means all. An empty set of kinds, tiers or departments sees nothing.
    ``open_tiers``: those whose papers are for every department. A paper that names persons is
    for them whatever their department, and for nobody else: ``persons`` are the accounts that
    the reader is (None: he may read what is for anybody, as the owner of the home can).
    Kinds, tiers and the day hold for every paper.
    """

    reader: str
    as_of: date | None
    kinds: frozenset[Kind]
    tiers: frozenset[Tier]
    departments: frozenset[str] | None = None
    open_tiers: frozenset[Tier] = frozenset()
    persons: frozenset[str] | None = frozenset()

    @classmethod
    def everything(cls, *, as_of: date | None) -> Scope:
        """The whole base, as one person at the machine's own keyboard sees it."""
        return cls(reader="", as_of=as_of, kinds=ALL_KINDS, tiers=ALL_TIERS, persons=None)

    @property
    def sees_all(self) -> bool:
        """Nothing is kept from this reader on any day."""
        return (
            self.kinds == ALL_KINDS
            and self.tiers == ALL_TIERS
            and self.departments is None
            and self.persons is None
        )

    def admits(self, tier: Tier, whom: str) -> bool:
        """Whether papers of a tier for an `audience` are within it, as to who may see them."""
        if tier not in self.tiers:
            return False
        department, *persons = whom.split(AUDIENCE_MARK)
        if persons:
            return self.persons is None or not self.persons.isdisjoint(persons)
        open_to_all = self.departments is None or tier in self.open_tiers
        return open_to_all or department in (self.departments or ())

    def narrowed(self, *, kinds: frozenset[Kind] | None = None) -> Scope:
        """The same reader and day with fewer kinds. Never widens."""
        return self if kinds is None else replace(self, kinds=self.kinds & kinds)

    def within(self, other: Scope) -> Scope:
        """What both this scope and ``other`` let through, as ``other``'s reader, on this day."""
        return Scope(
            reader=other.reader,
            as_of=self.as_of,
            kinds=self.kinds & other.kinds,
            tiers=self.tiers & other.tiers,
            departments=_both(self.departments, other.departments),
            open_tiers=_open(self) & _open(other),
            persons=_both(self.persons, other.persons),
        )


def _open(scope: Scope) -> frozenset[Tier]:
    return ALL_TIERS if scope.departments is None else scope.open_tiers


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
