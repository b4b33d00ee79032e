"""What only people can say: background, risks, opinions, options."""

from __future__ import annotations

from kb.decide.model import Blank, Block, Fixed, Para, Table, Words
from kb.decide.sections.context import Context
from kb.decide.template import Spec


def background(spec: Spec, context: Context) -> list[Block]:
    """A person's words, paragraph by paragraph, or blanks."""
    said = [line.strip() for line in context.request.background.splitlines() if line.strip()]
    if said:
        return [Para((Words(line, context.request.maker),)) for line in said]
    return blanks(spec, context)


def blanks(spec: Spec, context: Context) -> list[Block]:
    """One blank for each prompt of the template."""
    return [Para((Blank(prompt),)) for prompt in spec.lists.get("blanks", ("",))]


def form(spec: Spec, context: Context) -> list[Block]:
    """A table to fill: the first column may hold row names, every other cell is blank."""
    columns = spec.lists["columns"]
    rows = tuple(
        (((Fixed(name),) if name else (Blank(),)), *(((Blank(),),) * (len(columns) - 1)))
        for name in spec.lists["rows"]
    )
    widths = tuple(float(w) for w in spec.lists.get("widths", ())) or (1 / len(columns),) * len(
        columns
    )
    return [Table(columns, rows, widths)]
