"""A ranked article as a hit: what is marked in it, why it was found, what ended its paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kb.catalogue.rows import PassageRow, VersionRow
from kb.law.validity import status
from kb.model import Kind, Status
from kb.retrieve.excerpt import excerpt
from kb.retrieve.facts import Fact
from kb.retrieve.named import PaperNames
from kb.retrieve.order import Ranked
from kb.retrieve.quantities import Quantity, covered, quantities
from kb.retrieve.result import Ended, Hit, Why
from kb.retrieve.rewrite import Rewritten
from kb.text.normalise import fold
from kb.text.synonyms import Synonyms

OVER = (Status.REPEALED, Status.EXPIRED, Status.AMENDED)


@dataclass(slots=True)
class HitMaker:
    """Makes the hits of one question on one day. ``names`` are those of the reader's papers."""

    asked: Rewritten
    day: date | None
    synonyms: Synonyms
    known: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    names: Callable[[], PaperNames] | None = None
    _reasons: dict[str, str] | None = None
    _quantities: tuple[Quantity, ...] | None = None

    def hit(self, found: Ranked, row: PassageRow) -> Hit:
        """One hit."""
        text, version = row.passage.text, row.version
        if self._quantities is None:
            self._quantities = quantities(self.asked.text)
        spans, window = excerpt(text, self.asked.words, self._quantities)
        on_day = None
        if version.kind is Kind.REGULATION and self.day is not None:
            on_day = status(version.validity, self.day)
        return Hit(
            id=found.id,
            label=row.passage.label,
            heading=row.passage.heading,
            text=text,
            page=row.passage.page,
            score=found.score,
            highlights=tuple(spans),
            snippet=window,
            why=self._why(found, row),
            status=on_day,
            version=version,
            ended=ended(version, self.names and self.names()) if on_day in OVER else None,
        )

    def _why(self, found: Ranked, row: PassageRow) -> Why:
        inside = fold(" ".join((*row.passage.heading, row.passage.text)))
        title = fold(row.version.title)
        words = tuple(w for w in self.asked.words if len(w) > 1 and (w in inside or w in title))
        if self._reasons is None:
            self._reasons = self.synonyms.reasons(self.asked.text) if self.asked.added else {}
        return Why(
            words,
            found.keyword,
            found.vector,
            found.exact,
            found.fused,
            named=found.named,
            titled=tuple(w for w in words if w not in inside),
            added=tuple((self._reasons[w], w) for w in self._reasons if w in inside),
            amounts=self._amounts(row.passage.text),
            known=self.known.get(found.id, 0.0) > 0,
            parts=self.parts.get(found.id, {}),
        )

    def _amounts(self, text: str) -> tuple[str, ...]:
        asked = self._quantities or ()
        return tuple(f"{float(q.value):,.10g}{q.unit}" for q in asked if covered((q,), text) > 0)


def ended(version: VersionRow, names: PaperNames | None) -> Ended:
    """What ended a version: the paper of that title that began when it ended."""
    held = version.validity
    fitting: Sequence[Fact] = ()
    if held.ended_by and names is not None:
        fitting = [f for f in names.titled(held.ended_by, short=False) if f.path != version.path]
    by = min(fitting, key=lambda f: (f.validity.start != held.end, f.path), default=None)
    return Ended(held.end, held.ended_by, by.path if by else "")
