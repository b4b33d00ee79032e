"""冲突与待研判: two provisions side by side, and a blank. Never a verdict."""

from __future__ import annotations

from kb.decide.conflict import Said
from kb.decide.model import Blank, Block, Fixed, Line, Para, Table
from kb.decide.sections.context import Context, place, quoted
from kb.decide.template import Spec


def conflicts(spec: Spec, context: Context) -> list[Block]:
    """A row a pair, or (``style = "plain"``) a paragraph a pair."""
    found = context.conflicts
    if not found:
        return []
    blocks: list[Block] = []
    if "intro" in spec.texts:
        blocks.append(Para((Fixed(spec.texts["intro"]),)))
    if spec.texts.get("style") == "plain":
        for pair in found:
            joint = Fixed(spec.texts.get("joint", ""))
            blocks.append(Para(_cell(pair.one, context), "key"))
            blocks.append(Para((joint, *_cell(pair.other, context), Blank("研判")), "key"))
        return blocks
    rows = tuple((_cell(p.one, context), _cell(p.other, context), (Blank(),)) for p in found)
    return [*blocks, Table(spec.lists["columns"], rows, (0.4, 0.4, 0.2))]


def _cell(said: Said, context: Context) -> tuple[Line, ...]:
    source = context.source_of(said.candidate)
    return (*quoted(source, said.sentence), Fixed("（"), *place(source), Fixed("）"))
