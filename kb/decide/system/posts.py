"""岗责: who must do what by when, read from the rules, by post and by matter.

The parts are cut from the text word for word; whether a reading is right is for a person to
confirm. Gaps and overlaps are listed, never decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.catalogue.rows import PassageRow
from kb.law.duties import Duty, duties

_LEADS = ("牵头", "负责", "主办", "承办")
FORMAL = re.compile(r"解释|解答|施行")
"""Closing clauses: every paper has its own."""
_WORDS = re.compile(r"[^\u4e00-\u9fff]+")
ALIKE = 0.6
"""Share of character pairs that two matters have in common from which they may be the same."""

SHORTEST = 4
"""Characters of a matter below which it says nothing without its case."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A duty at its place: ``passage_id`` and offsets in that passage's text."""

    passage_id: str
    title: str
    duty: Duty

    @property
    def actor(self) -> str:
        """Who acts, word for word; 未写明 where the sentence names nobody."""
        return self.duty.actor or "未写明"


@dataclass(frozen=True, slots=True)
class Post:
    """Everything that one actor must do."""

    name: str
    postings: tuple[Posting, ...]


def posts(rows: Iterable[PassageRow]) -> list[Post]:
    """Duties by actor, those with the most first; each actor's in reading order."""
    by_actor: dict[str, list[Posting]] = {}
    for row in rows:
        for duty in duties(row.passage.text):
            one = Posting(row.passage.id, row.version.title, duty)
            by_actor.setdefault(one.actor, []).append(one)
    return sorted(
        (Post(name, tuple(found)) for name, found in by_actor.items()),
        key=lambda post: (post.name == "未写明", -len(post.postings), post.name),
    )


def two_leads(found: Sequence[Post]) -> list[tuple[Posting, Posting]]:
    """Pairs in which two actors are each made responsible for what may be one matter.

    Only 牵头, 负责, 主办 and 承办 are compared: that several act in one matter is no overlap.
    """
    leads = [
        one
        for post in found
        if post.name != "未写明"
        for one in post.postings
        if one.duty.modality in _LEADS and not FORMAL.search(one.duty.what)
    ]
    return [
        (one, two)
        for at, one in enumerate(leads)
        for two in leads[at + 1 :]
        if one.actor != two.actor
        and one.passage_id != two.passage_id
        and alike(one.duty.what, two.duty.what)
    ]


def alike(one: str, other: str) -> bool:
    """Whether two matters may be the same: enough pairs of characters in common."""
    if min(len(_WORDS.sub("", one)), len(_WORDS.sub("", other))) < SHORTEST:
        return False
    a, b = _pairs(one), _pairs(other)
    both = len(a & b)
    return both >= 3 and both / min(len(a), len(b)) >= ALIKE


@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    words = _WORDS.sub("", text)
    return frozenset(words[at : at + 2] for at in range(len(words) - 1))
