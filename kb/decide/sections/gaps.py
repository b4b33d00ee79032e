"""缺口: questions for which no basis was found, with what came nearest."""

from __future__ import annotations

from kb.decide.model import Blank, Block, Fixed, Line, Para, Words
from kb.decide.sections.context import Context, place
from kb.decide.template import Spec


def gaps(spec: Spec, context: Context) -> list[Block]:
    """A paragraph a question; nothing where every question has a basis."""
    request, material = context.request, context.material
    if not material.gaps:
        return []
    blocks: list[Block] = [Para((Fixed(spec.texts["intro"]),))] if "intro" in spec.texts else []
    for question in material.gaps:
        lines: list[Line] = [Words(request.questions[question])]
        blocks.append(Para((*lines, Blank("依据或者说明")), "key"))
        near = [c for c in material.chosen if question in c.answers]
        if near and "nearest" in spec.texts:
            best = max(near, key=lambda c: c.answers[question])
            source = context.source_of(best)
            blocks.append(Para((Fixed(spec.texts["nearest"]), *place(source)), "note"))
    return blocks
