"""Whether the best hits answer the question at all, or only come near («未找到直接依据»).

Scores do not tell: the best of a base that lacks the answer scores as well as any. What tells is
which part of the question a hit accounts for, in its own words or by way of a synonym.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.retrieve.features import folded
from kb.retrieve.result import Hit
from kb.retrieve.rewrite import FRAME, Rewritten

LOOKED_AT = 3
"""Hits: where none of these answers, no further one is a direct basis."""

ADDED = 0.35
NEEDED = 0.7
"""``share accounted for + ADDED · share of the synonyms there`` that a hit must reach. Fitted on
the judged questions over ``corpus/`` (benchmarks/fit_weak.py)."""

SAID_SO = {"审批": ("批准",)}
"""What a question calls an act → how regulations say it. Here only: as a synonym it would bring
every article in which something is approved. «批» alone was tried, and cost an unanswerable
question its mark (0.81 for 0.85 of 26)."""

_EMPTY = re.compile(FRAME.pattern + r"|[谁几多个的了得由在和要能想我给]")

_NAMES_ARTICLE = re.compile(r"第\s?[〇零一二三四五六七八九十百千\d]{1,7}\s?条")


def is_weak(asked: Rewritten, hits: Sequence[Hit]) -> bool:
    """True where nothing was found, or none of the first hits comes near enough."""
    if not hits:
        return True
    if hits[0].why.exact or _NAMES_ARTICLE.search(asked.text):
        # An article that was named is there, or it is not: others do not stand in for it.
        return not hits[0].why.exact
    return confidence(asked, hits) < NEEDED


def confidence(asked: Rewritten, hits: Sequence[Hit]) -> float:
    """How much of the question the best of the first hits accounts for; 0 to 1 + `ADDED`."""
    return max(
        (
            accounted(asked, whole) + ADDED * _added(asked, whole)
            for whole in map(_whole, hits[:LOOKED_AT])
        ),
        default=0.0,
    )


def accounted(asked: Rewritten, whole: str) -> float:
    """Share of the question's characters that belong to a synonym's phrase, or to a pair that the
    text has. What only makes a question of it does not count."""
    text = asked.text
    counts = [c.isalnum() for c in text]
    for match in _EMPTY.finditer(text):
        counts[match.start() : match.end()] = [False] * (match.end() - match.start())
    seen = [False] * len(text)
    for start, end in asked.told:
        seen[start:end] = [True] * (end - start)
    for i in range(len(text) - 1):
        if text[i : i + 2] in whole:
            seen[i] = seen[i + 1] = True
    for word, others in SAID_SO.items():
        if any(other in whole for other in others):
            for found in re.finditer(word, text):
                seen[found.start() : found.end()] = [True] * len(word)
    wanted = sum(counts)
    return sum(a and b for a, b in zip(counts, seen, strict=True)) / wanted if wanted else 0.0


def _added(asked: Rewritten, whole: str) -> float:
    return sum(word in whole for word in asked.added) / max(1, len(asked.added))


def _whole(hit: Hit) -> str:
    return folded(" ".join((hit.version.title, *hit.heading, hit.text)))
