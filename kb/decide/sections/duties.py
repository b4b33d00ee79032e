"""责任与时限: who, what, by when, by which article; every cell cut from the article itself."""

from __future__ import annotations

import re

from kb.decide.gather import Candidate
from kb.decide.model import Block, Fixed, Line, Quote, Source, Table
from kb.decide.sections.context import Context, place
from kb.decide.sentences import grams, likeness
from kb.decide.template import Spec
from kb.law.duties import Duty
from kb.law.duties import duties as read_duties

DUTIES = frozenset(("应当", "必须", "应", "须", "负责", "牵头", "承担", "组织", "会同", ""))
"""Modal words of a duty. What is only allowed or forbidden is no task for anybody."""

_FORBIDS = re.compile(r"不得|禁止|严禁")

SHORTEST = 5
"""Characters of an action: less (批准, 审核) says nothing without its case."""


def duties(spec: Spec, context: Context) -> list[Block]:
    """Rows with a time limit go first, then the nearest to the topic; shown by document."""
    about = grams(context.request.text)
    rules = context.material.policy + context.material.rules
    rated: list[tuple[float, Candidate, Spans]] = []
    for candidate in rules:
        text = candidate.row.passage.text
        for duty in read_duties(text):
            spans = _spans(text, duty)
            if spans is not None:
                near = likeness(about, grams(text[duty.start : duty.end]))
                worth = bool(duty.limit) + near + candidate.relevance
                rated.append((worth, candidate, spans))
    rated.sort(key=lambda r: (-r[0], r[1].key, r[2]))
    kept = rated[: context.template.budget.duties]
    order = {path: n for n, path in enumerate(dict.fromkeys(c.row.version.path for c in rules))}
    kept.sort(key=lambda r: (order[r[1].row.version.path], r[1].row.passage.ordinal, r[2]))
    rows = [_row(context.source_of(candidate), spans) for _, candidate, spans in kept]
    return [Table(spec.lists["columns"], tuple(rows), (0.17, 0.38, 0.19, 0.26))] if rows else []


Spans = tuple[tuple[int, int], tuple[int, int], tuple[int, int] | None]
"""Where actor, action and limit stand in the article; no limit: None."""


def _spans(text: str, duty: Duty) -> Spans | None:
    """None for what is no duty, or does not stand in the article word for word."""
    if duty.modality not in DUTIES or not duty.actor or len(duty.what) < SHORTEST:
        return None
    if _FORBIDS.search(duty.what):
        return None
    actor = _find(text, duty.actor.removeprefix("由"), duty)
    action = _find(text, duty.what, duty)
    if actor is None or action is None:
        return None
    if duty.modality and text.endswith(duty.modality, 0, action[0]):
        # 应当 belongs to what must be done.
        action = (action[0] - len(duty.modality), action[1])
    return actor, action, _find(text, duty.limit, duty) if duty.limit else None


def _find(text: str, piece: str, duty: Duty) -> tuple[int, int] | None:
    """Inside the duty, or before it (an actor named once for several duties)."""
    at = text.find(piece, duty.start, duty.end)
    if at < 0:
        at = text.rfind(piece, 0, duty.end)
    return (at, at + len(piece)) if at >= 0 and piece else None


def _row(source: Source, spans: Spans) -> tuple[tuple[Line, ...], ...]:
    actor, action, limit = spans
    return (
        (Quote.of(source, *actor),),
        (Quote.of(source, *action),),
        (Quote.of(source, *limit) if limit else Fixed("—"),),
        tuple(place(source)),
    )
