"""The same matter ruled differently: pairs of rules in force whose figures or approvers disagree.

Candidates for a person to read, side by side; which of them holds is not decided here (DOMAIN,
section 2). `tests/decide/test_decide_differ.py` names every pair over `corpus/`, false ones too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kb.catalogue.rows import PassageRow
from kb.decide.conflict import Conflict, Said, contradictions, read, worth

if TYPE_CHECKING:
    from kb.decide.gather import Candidate

FAMILY = {
    **dict.fromkeys(("日", "时", "月", "年"), "期限"),
    "元": "金额",
    "批": "审批人",
    "%": "比例",
}
"""What a figure measures → what people call it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sentences: its passage, the offsets of the sentence in its text."""

    row: PassageRow
    start: int
    end: int

    @property
    def text(self) -> str:
        """Word for word."""
        return self.row.passage.text[self.start : self.end].strip()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sentences of two papers on what may be one matter, and in what they differ."""

    one: Side
    other: Side
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Whole:
    """A passage as `kb.decide.conflict` reads it: all of them count alike."""

    row: PassageRow
    relevance: float = 1.0

    @property
    def key(self) -> str:
        return self.row.passage.id


def differences(
    rows: Iterable[PassageRow], beside: Iterable[PassageRow] = (), most: int = 60
) -> list[Difference]:
    """Pairs among ``rows``, the likeliest first. ``beside``: rules of the office that hold no
    longer; they make no pair, but tell how rare a word is."""
    own = list(rows)
    paths = {row.version.path for row in own}
    said = [
        sentence
        for row in (*own, *beside)
        if " | " not in row.passage.text
        for sentence in read(cast("Candidate", _Whole(row)), (), chosen=True)
    ]
    pairs = [
        pair
        for pair in contradictions(said)
        if {side.candidate.row.version.path for side in (pair.one, pair.other)} <= paths
    ]
    return [_difference(pair) for pair in sorted(pairs, key=lambda pair: -worth(pair))[:most]]


def _difference(pair: Conflict) -> Difference:
    about = tuple(dict.fromkeys(FAMILY.get(family, "数量") for family in pair.families))
    return Difference(_side(pair.one), _side(pair.other), about)


def _side(said: Said) -> Side:
    return Side(said.candidate.row, said.sentence.start, said.sentence.end)
