"""程序核对: for each step of the template, the sentence that rules it, and a blank."""

from __future__ import annotations

import re

from kb.decide.asked import read_question
from kb.decide.gather import Candidate
from kb.decide.model import Blank, Block, Fixed, Line, Table
from kb.decide.sections.context import Context, place, quoted, rate
from kb.decide.sentences import Grams, Sentence, grams, sentences
from kb.decide.template import Check, Spec

LONGEST = 150
"""Characters of a sentence in a cell, with its lead-in."""


_PENAL = re.compile(r"违反|违纪|责任人给予|责令|移送|追究|处分|下列(?:行为|情形)之一")
"""What happens to those who do not keep the procedure is no step of it."""


def procedure(spec: Spec, context: Context) -> list[Block]:
    """A row a step. A sentence serves one step only."""
    wanted = grams(context.request.text)
    taken: set[tuple[str, int]] = set()
    rows: list[tuple[tuple[Line, ...], ...]] = []
    found_any = False
    for check in context.template.checks:
        cell: tuple[Line, ...] = (Fixed(spec.texts.get("none", "")),)
        best = _best(check, context, wanted, taken)
        if best is not None:
            candidate, sentence = best
            taken.add((candidate.key, sentence.start))
            source = context.source_of(candidate)
            cell = (*quoted(source, sentence), Fixed("（"), *place(source), Fixed("）"))
            found_any = True
        rows.append(((Fixed(check.name),), cell, (Blank(),)))
    if not found_any:
        return []
    return [Table(spec.lists["columns"], tuple(rows), (0.215, 0.6, 0.185))]


def _best(
    check: Check, context: Context, wanted: Grams, taken: set[tuple[str, int]]
) -> tuple[Candidate, Sentence] | None:
    best = None
    top = 0.0
    request = context.request
    asked = [read_question(text, request.topic) for text in (request.topic, *request.questions)]
    for candidate in context.material.policy + context.material.rules:
        text = candidate.row.passage.text
        for sentence in sentences(text):
            piece = text[sentence.start : sentence.end]
            if (candidate.key, sentence.start) in taken or not _fits(check, piece):
                continue
            lead = sentence.lead
            above = text[lead[0] : lead[1]] if lead else ""
            if _PENAL.search(above + piece):
                continue
            if sentence.end - sentence.start + (lead[1] - lead[0] if lead else 0) > LONGEST:
                continue
            # A step that is for another sum than the one asked about would mislead.
            step = sum(q.fits(piece) for q in asked)
            if step < 0:
                continue
            worth = candidate.relevance * (0.5 + rate(text, sentence, wanted) + step)
            if worth > top:
                best, top = (candidate, sentence), worth
    return best


def _fits(check: Check, piece: str) -> bool:
    if not any(word in piece for word in check.words):
        return False
    return not check.beside or any(word in piece for word in check.beside)
