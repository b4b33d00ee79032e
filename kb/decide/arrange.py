"""People's choices among what was gathered: pinned, dropped, in another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.decide.edits import Edits, reordered
from kb.decide.ports import Base
from kb.decide.template import Template
from kb.law.validity import status
from kb.model import Kind, Scope
from kb.retrieve import Hit, SearchResult, Why

if TYPE_CHECKING:
    from kb.decide.gather import Candidate, Material

PARTS = ("policy", "rules", "precedents", "references")


def pinned_result(base: Base, scope: Scope, ids: Sequence[str], topic: str) -> SearchResult:
    """What people pinned, as if a search had found it; what is gone or not theirs to see is not
    in it."""
    rows = base.passages(list(ids), scope)
    hits = tuple(
        Hit(
            id=passage_id,
            label=row.passage.label,
            heading=row.passage.heading,
            text=row.passage.text,
            page=row.passage.page,
            score=1.0,
            highlights=(),
            snippet=(0, len(row.passage.text)),
            why=Why((), 1.0, 1.0),
            status=status(row.version.validity, scope.as_of)
            if row.version.kind is Kind.REGULATION and scope.as_of
            else None,
            version=row.version,
        )
        for passage_id in ids
        if (row := rows.get(passage_id)) is not None
    )
    return SearchResult(topic, scope.as_of, 0.0, len(hits), hits, False)


def arranged(
    material: Material,
    found: Mapping[str, Candidate],
    edits: Edits,
    template: Template,
    questions: int,
) -> Material:
    """The material with what was pinned in front, without what was dropped, in people's order."""
    if not (edits.pinned or edits.dropped or edits.moves):
        return material
    gone = set(edits.dropped)
    pinned = [found[key] for key in edits.pinned if key in found and key not in gone]
    held = {c.key for c in pinned}
    parts = {
        name: [c for c in getattr(material, name) if c.key not in gone | held] for name in PARTS
    }
    for candidate in reversed(pinned):
        was = next((n for n in PARTS if candidate in getattr(material, n)), None)
        parts[was or part_of(candidate, template)].insert(0, candidate)
    ordered: set[str] = set()
    for name, part in parts.items() if edits.moves else ():
        by_key = {c.key: c for c in part}
        # What takes another's place stands where the other stood: moves are worked out on what
        # a reader saw, what was dropped still at its place.
        before = as_shown(name, getattr(material, name), template)
        ghosts = [c.key for c in before if c.key in gone]
        now = [c.key for c in as_shown(name, part, template)]
        natural = _with_ghosts([c.key for c in before], now, ghosts)
        order = reordered(natural, edits.moves)
        if order != natural:
            ordered.add(name)
        parts[name] = [by_key[key] for key in order if key in by_key]
    answered = {place for c in found.values() if c.key not in gone for place in c.answers}
    return replace(
        material,
        **{name: tuple(part) for name, part in parts.items()},
        considered=tuple(c for c in material.considered if c.key not in gone),
        gaps=tuple(place for place in range(questions) if place not in answered),
        left_out=tuple(c for c in material.left_out if c.key not in held | gone),
        fixed=frozenset(held),
        ordered=frozenset(ordered),
        dropped=frozenset(gone),
    )


def as_shown(part: str, candidates: Sequence[Candidate], template: Template) -> Sequence[Candidate]:
    """The order in which a section of its own shows a part: by documents, rules from above by
    their force. The short templates show the candidates as they were chosen."""
    from kb.decide.sections.context import by_document

    if not any(spec.key == part for spec in template.sections):
        return candidates
    if part == "policy":
        candidates = sorted(candidates, key=lambda c: c.row.version.force.rank)
    return [candidate for group in by_document(candidates) for candidate in group]


def part_of(candidate: Candidate, template: Template) -> str:
    """Where a passage belongs by what it is; where the template does not show that part, the
    nearest that it shows: what a person pinned is quoted."""
    from kb.decide.gather import is_above

    version = candidate.row.version
    natural = "references"
    if version.kind is Kind.EXPERIENCE:
        natural = "precedents"
    elif is_above(candidate):
        natural = "policy"
    elif version.kind is Kind.REGULATION:
        natural = "rules"
    shown = [name for name in PARTS if _shows(template, name)]
    at = PARTS.index(natural)
    near = sorted(shown, key=lambda name: abs(PARTS.index(name) - at))
    return near[0] if near else natural


def _shows(template: Template, part: str) -> bool:
    return any(
        spec.key == part or (spec.key == "keys" and part in spec.texts.get("from", "rules"))
        for spec in template.sections
    )


def _with_ghosts(before: list[str], now: list[str], ghosts: list[str]) -> list[str]:
    """The present order with what was dropped still at its place, for moves that name it."""
    order = list(now)
    for key in ghosts:
        following = next((k for k in before[before.index(key) + 1 :] if k in order), None)
        order.insert(order.index(following) if following else len(order), key)
    return order
