"""What a person may be about to type: questions of his own, titles, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.catalogue.rows import NamedRow
from kb.text.normalise import fold

MOST = 8
OWN = 3
"""Of those, his own former questions at most (all of them where the box is empty)."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``text`` goes into the box; ``what`` says what it is."""

    text: str
    what: str


def suggestions(typed: str, asked: Iterable[str], names: Sequence[NamedRow]) -> list[Suggestion]:
    """The likeliest first. Within titles: those that begin so, then those that hold it, shorter
    ones before longer ones. ``names`` are only those that the reader may see."""
    wanted = fold(typed).strip()
    if not wanted:
        return [Suggestion(query, "查过") for query in _once(asked)][:MOST]
    words = wanted.split()

    def holds(text: str) -> bool:
        folded = fold(text)
        return all(word in folded for word in words)

    own = [q for q in _once(asked) if holds(q) and fold(q).strip() != wanted][:OWN]
    titles = sorted(
        {row.title for row in names if holds(row.title)},
        key=lambda t: (not fold(t).startswith(wanted), len(t), t),
    )
    numbers = sorted({row.number for row in names if row.number and holds(row.number)})
    found = [
        *(Suggestion(text, "查过") for text in own),
        *(Suggestion(text, "文号") for text in numbers[:3]),
        *(Suggestion(text, "文件") for text in titles),
    ]
    return list({s.text: s for s in reversed(found)}.values())[::-1][:MOST]


def _once(asked: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(asked))
