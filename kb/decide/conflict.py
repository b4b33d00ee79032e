"""Candidates of conflict: two papers say nearly the same and give another figure or approver.

Nothing is decided here: the two sentences are put side by side for people (DOMAIN, section 2:
«special beats general» and «new beats old» hold only between rules of one maker).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.decide.asked import content_words, coverage
from kb.decide.gather import Candidate, Material
from kb.decide.sentences import Grams, Sentence, grams, likeness, sentences
from kb.law.amounts import amounts
from kb.law.limits import limits

ALIKE, ALIKE_LEADS, ALIKE_APPROVER = 0.42, 0.6, 0.6
"""Likeness of two sentences without their figures from which they are taken to speak of the same
matter; of their lead-ins where both are items of a list; and where they differ in the approver
only, which every list of powers does. (Chosen on the planted conflicts of the example corpus.)"""

ALIKE_AROUND, AROUND = 0.4, 24
"""Where both sentences speak of the topic, it is enough that what stands around the two figures
(so many characters on either side) is alike to this degree."""

NEAR = 0.35
"""One of the two articles must be among the chosen, the other at least so near the topic."""

_FORMAL = re.compile(r"起施行|起实施|有效期|同时废止|年\d{1,2}月")
"""Closing clauses and dates: every paper has its own."""

_FAMILIES = {"工作日": "日", "小时": "时", "分钟": "时"}
"""Units that measure the same thing; every other unit is a family of its own."""

_COUNT = re.compile(r"(\d+)(家|人|名|份|%)(?!次)")
_DIGITS = re.compile(r"[\d,.]+")
_WHO = re.compile(
    r"((?:(?![由经报须请向交])[\u4e00-\u9fff]){0,8}?(?:会|长|主任|负责人|领导|部门|机关))"
    r"(?:审批|批准|同意|审定|审议|决定)"
)
_VERBS = re.compile(r"^.*(?:应当|必须|审核)(?=.)")


@dataclass(frozen=True, slots=True)
class Figure:
    """Something fixed: its family (元, 日, 批 …), its value, and what stands around it."""

    family: str
    value: str
    around: Grams


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that fixes something."""

    candidate: Candidate
    sentence: Sentence
    bag: Grams
    lead: Grams
    figures: tuple[Figure, ...]
    chosen: bool
    on_topic: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sentences of two documents, and in what they differ."""

    one: Said
    other: Said
    alike: float
    families: tuple[str, ...]


def find_conflicts(material: Material, topic: str, limit: int) -> list[Conflict]:
    """The likeliest first; each sentence stands in one pair only."""
    if limit <= 0:
        return []
    chosen = {c.key for c in material.chosen}
    near = {
        c.key: c
        for c in (*material.policy, *material.considered)
        if c.key in chosen or c.relevance >= NEAR
    }
    words = content_words(topic)
    said = [s for c in near.values() for s in _said(c, words, chosen=c.key in chosen)]
    pairs = sorted(_pairs(said), key=lambda pair: -_worth(pair, grams(topic)))
    used: set[int] = set()
    kept: list[Conflict] = []
    for pair in pairs:
        if len(kept) < limit and not {id(pair.one), id(pair.other)} & used:
            used |= {id(pair.one), id(pair.other)}
            kept.append(pair)
    return kept


def fixes(text: str) -> dict[str, frozenset[str]]:
    """What a text fixes, by family: amounts (元) as intervals, limits with their unit (日, 时, 月,
    年 …), counts (家, 人 …), approvers (批)."""
    found: dict[str, set[str]] = {}
    for figure in figures(text):
        found.setdefault(figure.family, set()).add(figure.value)
    return {family: frozenset(values) for family, values in found.items()}


def figures(text: str) -> list[Figure]:
    """Every figure and approver of a sentence."""
    found = [("元", f"{a.low}–{a.high}", a.start, a.end) for a in amounts(text)]
    for limit in limits(text):
        if limit.count is not None:
            family = _FAMILIES.get(limit.unit, limit.unit)
            found.append((family, f"{limit.count:g}{limit.unit}", limit.start, limit.end))
    found += [(m.group(2), m.group(1), m.start(), m.end()) for m in _COUNT.finditer(text)]
    found += [("批", _VERBS.sub("", m.group(1)), m.start(1), m.end(1)) for m in _WHO.finditer(text)]
    return [Figure(family, value, _around(text, start, end)) for family, value, start, end in found]


def _around(text: str, start: int, end: int) -> Grams:
    return grams(
        _DIGITS.sub("", f"{text[max(0, start - AROUND) : start]}、{text[end : end + AROUND]}")
    )


def _said(candidate: Candidate, topic: tuple[str, ...], *, chosen: bool) -> Iterator[Said]:
    text = candidate.row.passage.text
    for sentence in sentences(text):
        lead = sentence.lead
        piece = text[sentence.start : sentence.end]
        found = () if _FORMAL.search(piece) else tuple(figures(piece))
        if found:
            above = text[lead[0] : lead[1]] if lead else ""
            bag = grams(_WHO.sub("", _DIGITS.sub("", above + piece)))
            about = bool(topic) and coverage(topic, above + piece) > 0
            yield Said(candidate, sentence, bag, grams(above), found, chosen, about)


def _pairs(said: list[Said]) -> Iterator[Conflict]:
    for place, one in enumerate(said):
        for other in said[place + 1 :]:
            if one.candidate.row.version.document_id == other.candidate.row.version.document_id:
                continue
            if not (one.chosen or other.chosen):
                continue
            if one.lead and other.lead and likeness(one.lead, other.lead) < ALIKE_LEADS:
                continue
            pair = _differ(one, other)
            if pair is not None:
                yield pair


def _differ(one: Said, other: Said) -> Conflict | None:
    """What two sentences fix differently, if they speak of the same matter."""
    families = tuple(
        dict.fromkeys(
            f.family
            for f in one.figures
            if any(o.family == f.family for o in other.figures)
            and not any(
                o.family == f.family and o.value == mine.value
                for o in other.figures
                for mine in one.figures
            )
        )
    )
    if not families:
        return None
    alike = likeness(one.bag, other.bag)
    if alike >= (ALIKE_APPROVER if families == ("批",) else ALIKE):
        return Conflict(one, other, alike, families)
    if one.on_topic and other.on_topic:
        around = max(
            likeness(f.around, o.around)
            for f in one.figures
            for o in other.figures
            if f.family == o.family and f.family in families
        )
        if around >= (ALIKE_APPROVER if families == ("批",) else ALIKE_AROUND):
            return Conflict(one, other, around, families)
    return None


def _worth(pair: Conflict, topic: Grams) -> float:
    near = max(likeness(topic, pair.one.bag), likeness(topic, pair.other.bag))
    return pair.alike + near + 0.5 * min(pair.one.candidate.relevance, 1.0)
