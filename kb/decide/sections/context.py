"""What every builder works with: the request, what was gathered, the ledger of sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from kb.decide.conflict import Conflict, find_conflicts
from kb.decide.gather import Candidate, Material
from kb.decide.model import UNSAID, About, Fact, Fixed, Line, Quote, Section, Source
from kb.decide.ports import Base
from kb.decide.sentences import Grams, Sentence, covered, grams, likeness, sentences
from kb.decide.template import Template
from kb.model import Scope

if TYPE_CHECKING:
    from kb.catalogue.rows import PassageRow


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for."""

    topic: str
    questions: tuple[str, ...]
    background: str
    as_of: date | None
    maker: str
    about: About = UNSAID

    @property
    def text(self) -> str:
        """Topic and questions together."""
        return " ".join((self.topic, *self.questions))


@dataclass(slots=True)
class Context:
    """State of one composition. Sources are numbered as they are first quoted; ``built`` are the
    sections made so far."""

    base: Base
    scope: Scope
    request: Request
    template: Template
    material: Material
    sources: dict[str, Source] = field(default_factory=dict)
    built: list[Section] = field(default_factory=list)
    _conflicts: list[Conflict] | None = None

    def source(self, row: PassageRow, status: str) -> Source:
        """The source for a passage; numbered at its first use."""
        known = self.sources.get(row.passage.id)
        if known is None:
            known = source_of(row, status, len(self.sources) + 1)
            self.sources[row.passage.id] = known
        return known

    def source_of(self, candidate: Candidate) -> Source:
        """The source for a gathered article."""
        return self.source(candidate.row, status_of(candidate))

    @property
    def conflicts(self) -> list[Conflict]:
        """Found once, on first use."""
        if self._conflicts is None:
            self._conflicts = find_conflicts(
                self.material, self.request.topic, self.template.budget.conflicts
            )
        return self._conflicts


def status_of(candidate: Candidate) -> str:
    """Status on the day; for papers that have none, what kind of paper it is."""
    status = candidate.hit.status
    return status.value if status else candidate.row.version.kind.label


def source_of(row: PassageRow, status: str, number: int) -> Source:
    """All that a pack keeps of a passage."""
    passage, version = row.passage, row.version
    return Source(
        number=number,
        passage_id=passage.id,
        path=version.path,
        title=version.title,
        label=passage.label,
        heading=passage.heading,
        kind=version.kind.label,
        force=version.force.value,
        status=status,
        reference=version.number,
        issuer=version.issuer,
        issued=version.issued,
        effective=version.effective,
        tier=version.tier.value,
        page=passage.page,
        version=version.digest,
        text=passage.text,
    )


def place(source: Source) -> list[Line]:
    """《short title》第N条"""
    lines: list[Line] = [Fixed("《"), Fact.of(source, "short"), Fixed("》")]
    if source.place:
        lines.append(Fact.of(source, "place"))
    return lines


def quoted(source: Source, sentence: Sentence, joint: str = "") -> list[Line]:
    """A sentence; an item with its lead-in before it, and ``joint`` between the two where nothing
    is left out."""
    lines: list[Line] = []
    if sentence.lead is not None:
        lines.append(Quote.of(source, *sentence.lead))
        between = source.text[sentence.lead[1] : sentence.start]
        if between.strip():
            lines.append(Fixed("……"))
        elif joint and "\n" in between:
            lines.append(Fixed(joint))
    lines.append(Quote.of(source, sentence.start, sentence.end))
    return lines


TABLE = 400
"""Characters taken of a passage that holds no sentence."""


def best_sentences(
    text: str, about: str, limit: int, prefer: Callable[[str], float] = lambda _: 0.0
) -> list[Sentence]:
    """Sentences nearest to ``about``, as many as fit in ``limit`` characters (at least one), in
    the order of the text. Where everything fits, the whole text is one. ``prefer`` adds to the
    worth of a sentence."""
    if limit <= 0 or len(text) <= limit:
        return [Sentence(0, len(text))]
    wanted = grams(about)
    rated = sorted(
        sentences(text),
        key=lambda s: (-rate(text, s, wanted) - prefer(text[s.start : s.end]), s.start),
    )
    if not rated:
        # A table, or one endless line: its beginning, whole lines where there are some.
        cut = text.rfind("\n", 1, max(limit, TABLE))
        return [Sentence(0, cut if cut > 0 else min(len(text), max(limit, TABLE)))]
    kept: list[Sentence] = []
    room = limit
    led: set[tuple[int, int]] = set()
    for sentence in rated:
        size = sentence.end - sentence.start
        if sentence.lead and sentence.lead not in led:
            size += sentence.lead[1] - sentence.lead[0]
        if kept and size > room:
            continue
        kept.append(sentence)
        if sentence.lead:
            led.add(sentence.lead)
        room -= size
        if room <= 0:
            break
    return _led_once(sorted(kept, key=lambda s: s.start))


def _led_once(kept: list[Sentence]) -> list[Sentence]:
    """The lead-in of several items stands before the first of them, as in the text."""
    last: tuple[int, int] | None = None
    for place, sentence in enumerate(kept):
        if sentence.lead is not None and sentence.lead == last:
            kept[place] = replace(sentence, lead=None)
        last = sentence.lead or last
    return kept


def rate(text: str, sentence: Sentence, wanted: Grams) -> float:
    """How near a sentence (with its lead-in) is to what is wanted."""
    piece = text[sentence.start : sentence.end]
    if sentence.lead is not None:
        piece = text[sentence.lead[0] : sentence.lead[1]] + piece
    bag = grams(piece)
    return 0.6 * likeness(wanted, bag) + 0.4 * covered(wanted, bag)


def excerpt(
    source: Source, about: str, limit: int, prefer: Callable[[str], float] = lambda _: 0.0
) -> list[Line]:
    """The best sentences of a passage, gaps between them marked …… ."""
    lines: list[Line] = []
    last = 0
    for sentence in best_sentences(source.text, about, limit, prefer):
        start = sentence.lead[0] if sentence.lead else sentence.start
        between = source.text[last:start]
        if lines and between.strip():
            lines.append(Fixed("……"))
        elif lines and "\n" in between:
            lines.append(Fixed("\n"))
        lines += quoted(source, sentence, "\n")
        last = sentence.end
    return lines


def by_document(
    candidates: Sequence[Candidate], *, as_given: bool = False
) -> list[list[Candidate]]:
    """Grouped by document; groups in the order given, articles in the order of the document.
    ``as_given``: people put them in order, and a group is what stands together in theirs."""
    if as_given:
        return [list(group) for _, group in groupby(candidates, lambda c: c.row.version.path)]
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.row.version.path, []).append(candidate)
    return [sorted(group, key=lambda c: c.row.passage.ordinal) for group in groups.values()]
