"""Candidates of conflict: two papers say nearly the same and give another figure or approver.

Nothing is decided here: the two sentences are put side by side for people (DOMAIN, section 2:
«special beats general» and «new beats old» hold only between rules of one maker).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.decide.gather import Candidate, Material
from kb.decide.sentences import Grams, Sentence, grams, likeness, sentences
from kb.law.amounts import amounts
from kb.law.limits import limits

ALIKE, ALIKE_LEADS, ALIKE_APPROVER = 0.42, 0.6, 0.6
"""Likeness of what is left of two sentences without their figures, from which they are taken to
speak of the same matter (chosen on the planted conflicts of the example corpus); of the lead-ins
where both are items of a list; and where they differ in the approver only, which every list of
powers does.

One of the two articles must be among the chosen, the other at least `NEAR` the topic."""

NEAR = 0.35

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
class Said:
    """A sentence with what it fixes: family (元, 日, 批 …) → values."""

    candidate: Candidate
    sentence: Sentence
    bag: Grams
    lead: Grams
    fixes: dict[str, frozenset[str]]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sentences of two documents, and in what they differ."""

    one: Said
    other: Said
    alike: float
    families: tuple[str, ...]


def find_conflicts(material: Material, about: str, limit: int) -> list[Conflict]:
    """The likeliest first; each sentence stands in one pair only."""
    if limit <= 0:
        return []
    chosen = {c.key for c in material.chosen}
    said = [s for c in _candidates(material) for s in _said(c, chosen=c.key in chosen)]
    pairs = sorted(_pairs(said), key=lambda pair: -_worth(pair, grams(about)))
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
    for amount in amounts(text):
        found.setdefault("元", set()).add(f"{amount.low}–{amount.high}")
    for limit in limits(text):
        if limit.count is not None:
            family = _FAMILIES.get(limit.unit, limit.unit)
            found.setdefault(family, set()).add(f"{limit.count:g}{limit.unit}")
    for match in _COUNT.finditer(text):
        found.setdefault(match.group(2), set()).add(match.group(1))
    for match in _WHO.finditer(text):
        found.setdefault("批", set()).add(_VERBS.sub("", match.group(1)))
    return {family: frozenset(values) for family, values in found.items()}


def _candidates(material: Material) -> Iterator[Candidate]:
    chosen = {c.key for c in material.chosen}
    for candidate in (*material.policy, *material.considered):
        if candidate.key in chosen or candidate.relevance >= NEAR:
            yield candidate


def _said(candidate: Candidate, *, chosen: bool) -> Iterator[Said]:
    text = candidate.row.passage.text
    for sentence in sentences(text):
        lead = sentence.lead
        piece = text[sentence.start : sentence.end]
        fixed = {} if _FORMAL.search(piece) else fixes(piece)
        if fixed:
            above = text[lead[0] : lead[1]] if lead else ""
            bag = grams(_WHO.sub("", _DIGITS.sub("", above + piece)))
            yield Said(candidate, sentence, bag, grams(above), fixed, chosen)


def _pairs(said: list[Said]) -> Iterator[Conflict]:
    for place, one in enumerate(said):
        for other in said[place + 1 :]:
            if one.candidate.row.version.document_id == other.candidate.row.version.document_id:
                continue
            families = tuple(
                family
                for family in one.fixes
                if family in other.fixes and not one.fixes[family] & other.fixes[family]
            )
            if families and (one.chosen or other.chosen):
                alike = likeness(one.bag, other.bag)
                least = ALIKE_APPROVER if families == ("批",) else ALIKE
                if one.lead and other.lead and likeness(one.lead, other.lead) < ALIKE_LEADS:
                    continue
                if alike >= least:
                    yield Conflict(one, other, alike, families)


def _worth(pair: Conflict, about: Grams) -> float:
    near = max(likeness(about, pair.one.bag), likeness(about, pair.other.bag))
    return pair.alike + near + 0.5 * min(pair.one.candidate.relevance, 1.0)
