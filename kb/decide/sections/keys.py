"""主要依据 of the short shapes: key sentences with their places, one article a paragraph."""

from __future__ import annotations

import re
from functools import partial

from kb.decide.asked import Question, coverage, read_question
from kb.decide.gather import Candidate
from kb.decide.model import Block, Fixed, Para
from kb.decide.sections.context import Context, excerpt, place
from kb.decide.template import Spec


def keys(spec: Spec, context: Context) -> list[Block]:
    """For each article of the parts named in ``from``, what bears on the question it answers."""
    blocks: list[Block] = []
    for name in spec.texts.get("from", "rules").split("、"):
        candidates: tuple[Candidate, ...] = getattr(context.material, name)
        for candidate in candidates:
            source = context.source_of(candidate)
            asked = _asked(candidate, context)
            about = " ".join((context.request.topic, *(q.text for q in asked)))
            limit = context.template.budget.excerpt
            lines = excerpt(source, about, limit, partial(_answers, asked=asked))
            blocks.append(Para((*lines, Fixed("（"), *place(source), Fixed("）")), "key"))
    return blocks


def _asked(candidate: Candidate, context: Context) -> list[Question]:
    request = context.request
    return [read_question(request.questions[q], request.topic) for q in sorted(candidate.answers)]


def _answers(text: str, *, asked: list[Question]) -> float:
    """How far a sentence answers one of the questions; less for what only refers elsewhere."""
    told = [
        0.5 * q.given_by(text, precedent=True) + 0.2 * _holds(q, text) + 0.8 * q.fits(text)
        for q in asked
    ]
    return max(told, default=0.0) - (0.4 if _REFERS.match(text) else 0.0)


def _holds(question: Question, text: str) -> float:
    return coverage(question.content, text) if question.content else 0.0


_REFERS = re.compile(r"(?:前款|前项|本(?:条|款|办法|规定|制度|规则))所称")
