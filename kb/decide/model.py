"""The words of a briefing pack (参阅材料), as frozen types.

A pack is sections of blocks of lines, and a line is one of five things and nothing else: a
quotation with its place, a fact of the quoted paper, a person's words, a blank for a person, or
fixed text of the template. No line holds a sentence that a program thought of.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from kb.errors import PackError


def digest_of(text: str) -> str:
    """SHA-256 of a text, 64 hex digits: says later whether a quoted provision has changed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """One passage that a pack quotes, as it stood when the pack was made.

    ``number`` counts from 1 in the order of the source list; ``reference`` is the 发文字号;
    ``version`` is the digest of the file, ``digest`` (property) that of the passage.
    """

    number: int
    passage_id: str
    path: str
    title: str
    label: str
    heading: tuple[str, ...]
    kind: str
    force: str
    status: str
    reference: str
    issuer: str
    issued: date | None
    effective: date | None
    tier: str
    page: int | None
    version: str
    text: str

    @property
    def digest(self) -> str:
        """Digest of the passage's text."""
        return digest_of(self.text)

    @property
    def short(self) -> str:
        """The title without the name of its issuer in front; the title where too little is left."""
        rest = self.title.removeprefix(self.issuer) if self.issuer else self.title
        return rest if len(rest) >= 4 else self.title

    @property
    def place(self) -> str:
        """The article (第十二条), or for prose the nearest heading; may be empty."""
        if self.label.startswith("第") or self.label.startswith("附"):
            return self.label
        # The document's own title is often its first heading: it says nothing about the place.
        return next((h for h in reversed(self.heading) if h != self.title), "")


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim piece of a passage: ``text`` is ``passage[start:end]``. Made by `Quote.of`."""

    passage_id: str
    text: str
    title: str
    label: str
    status: str
    number: int
    digest: str
    start: int
    end: int

    @classmethod
    def of(cls, source: Source, start: int = 0, end: int | None = None) -> Quote:
        """Cut a quotation, white space at its ends left out.

        Raises:
            PackError: the span lies outside the passage or holds no text.
        """
        end = len(source.text) if end is None else end
        piece = source.text[start:end]
        if not (0 <= start < end <= len(source.text)) or not piece.strip():
            raise PackError(f"引文超出条文范围：{source.passage_id}（{start}–{end}）")
        start += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
        return cls(
            passage_id=source.passage_id,
            text=source.text[start:end],
            title=source.title,
            label=source.place,
            status=source.status,
            number=source.number,
            digest=source.digest,
            start=start,
            end=end,
        )


FACTS = (
    "number", "passage_id", "path", "title", "short", "place", "kind", "force", "status",
    "reference", "issuer", "issued", "effective", "tier", "version", "digest",
)  # fmt: skip
"""What may be told of a source."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the catalogue knows of a source: its title, status, number … as shown."""

    passage_id: str
    field: str
    text: str

    @classmethod
    def of(cls, source: Source, field: str) -> Fact:
        """Spell a fact. Digests are shortened to 12 digits, dates written without padding."""
        return cls(source.passage_id, field, spelled(source, field))


def spelled(source: Source, field: str) -> str:
    """A fact of a source as people read it.

    Raises:
        PackError: there is no such fact.
    """
    if field not in FACTS:
        raise PackError(f"来源没有“{field}”这一项")
    value = getattr(source, field)
    if value is None:
        return ""
    if isinstance(value, date):
        return day_in_words(value)
    if field in ("version", "digest"):
        return str(value)[:12]
    return str(value)


def day_in_words(day: date) -> str:
    """2025年5月1日: Arabic digits, unpadded (GB/T 9704-2012, 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Words:
    """What a person typed, with the name where one is known."""

    text: str
    person: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """A field that only a person can fill; shown as 【待补：…】."""

    prompt: str = ""

    @property
    def text(self) -> str:
        """As shown."""
        return f"【待补：{self.prompt}】" if self.prompt else "【待补】"


@dataclass(frozen=True, slots=True)
class Fixed:
    """Text of the template. ``counts`` fill its ``{}`` slots: numbers only, never words."""

    template: str
    counts: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """As shown."""
        if not self.counts:
            return self.template
        return self.template.format(*(int(count) for count in self.counts))


Line = Quote | Fact | Words | Blank | Fixed
Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section; ``level`` 2 is （一）, 3 is 1."""

    level: int
    lines: Cell


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph. ``style``: body, article (its first line is the article's label), note, or
    caption (facts of the paper above its articles)."""

    lines: Cell
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``widths`` are shares of the text width; ``anchors`` name the source of each row
    where the table is the source list (empty otherwise)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    anchors: tuple[int, ...] = ()


Block = Heading | Para | Table


@dataclass(frozen=True, slots=True)
class Section:
    """One titled part. ``annex``: stands on a new page after the body, as 附件."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of the plan: what was searched, where, how many articles came and stayed."""

    query: str
    purpose: str
    within: str
    found: int
    used: int
    weak: bool


@dataclass(frozen=True, slots=True)
class About:
    """What the agenda says of a matter besides its words: its ``kind`` (大额资金使用), the
    ``departments`` concerned, the one in charge first, and the ``tier`` that people gave it
    (empty: none)."""

    kind: str = ""
    departments: tuple[str, ...] = ()
    tier: str = ""


UNSAID = About()
"""Nothing is said of it."""

REDACTED = "redacted"
"""Key of the section that says what `kb.decide.redact` hid; only a redacted pack has one."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A composed pack. Building one checks every quotation and fact against its source.

    ``gaps`` are the questions without a basis; ``left_out`` came near and was not taken (its
    ``number`` is 0: nothing of it is quoted).
    """

    id: str
    number: str
    topic: str
    background: str
    questions: tuple[str, ...]
    as_of: date | None
    template: str
    made: datetime
    maker: str
    generation: int
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    gaps: tuple[str, ...]
    plan: tuple[Asked, ...]
    left_out: tuple[Source, ...] = ()
    about: About = UNSAID

    def __post_init__(self) -> None:
        known = {s.passage_id: s for s in (*self.left_out, *self.sources)}
        for line in self.lines():
            if isinstance(line, Quote | Fact):
                _verify(line, known)

    def lines(self) -> list[Line]:
        """Every line, in reading order."""
        found: list[Line] = []
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table):
                    found += [line for row in block.rows for cell in row for line in cell]
                else:
                    found += block.lines
        return found

    @property
    def redacted(self) -> bool:
        """Whether parts were hidden from whoever this was opened for."""
        return any(section.key == REDACTED for section in self.sections)

    @property
    def tier(self) -> str:
        """The highest tier among the sources and the matter's own (a compilation takes the
        highest of its parts)."""
        from kb.model import Tier

        tiers = [Tier(source.tier) for source in self.sources]
        tiers += [Tier(self.about.tier)] if self.about.tier else []
        return max(tiers, key=lambda tier: tier.rank, default=Tier.INTERNAL).value


def _verify(line: Quote | Fact, known: dict[str, Source]) -> None:
    source = known.get(line.passage_id)
    if source is None:
        raise PackError(f"引用了来源清单之外的条文：{line.passage_id}")
    if isinstance(line, Fact):
        if line.text != spelled(source, line.field):
            raise PackError(f"“{line.text}”不是 {line.passage_id} 的{line.field}")
    elif line.text != source.text[line.start : line.end] or line.digest != source.digest:
        raise PackError(
            f"引文与条文不一致：{line.passage_id}", hint="重新生成材料，或检查条文是否已变化"
        )
