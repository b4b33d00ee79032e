"""From gathered material to a pack: run the template's sections in order, fit the page limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kb.decide.codec import digest
from kb.decide.extent import pages
from kb.decide.gather import Material
from kb.decide.model import Block, Fixed, Pack, Para, Section
from kb.decide.ports import Base
from kb.decide.sections import BUILDERS, Context
from kb.decide.sections.context import Request
from kb.decide.sections.sources import left_out
from kb.decide.template import Spec, Template
from kb.errors import PackError
from kb.model import Scope

SPARE = 0.025
"""Share of the pages kept free: lines break a little earlier than their widths add up to, and
a heading or a table row does not stand astride two pages."""

SHRINK = ("references", "rules", "duties", "precedents", "policy", "conflicts")
"""What gives way where a template limits the pages: of what there is most; among equals in this
order."""

ROWS = frozenset(("duties", "conflicts"))
"""These are rows of tables, limited by the budget; the others are articles."""

LEAST = {"rules": 2, "policy": 1, "conflicts": 1}
LEAST_OF_ONE = {"rules": 1, "conflicts": 1}
"""What stays in any case; the second for a template of one page."""

SHORTEST = 70
"""Characters below which excerpts are not cut further."""


def compose(
    base: Base,
    scope: Scope,
    *,
    request: Request,
    template: Template,
    material: Material,
    made: datetime,
) -> Pack:
    """The pack. Where the template limits the pages, the least relevant articles give way.

    Raises:
        PackError: the template names a section that nobody builds, or a line is not what its
            source says.
    """
    while True:
        context = Context(base, scope, request, template, material)
        for spec in template.sections:
            if section := _section(spec, context):
                context.built.append(section)
        sections = tuple(context.built)
        smaller = _smaller(material, template)
        room = template.pages - SPARE * template.pages
        over = template.pages and pages(sections, template, request.topic) > room
        if not over or smaller is None:
            break
        material, template = smaller
    pack = Pack(
        id="",
        number="",
        topic=request.topic,
        background=request.background,
        questions=request.questions,
        as_of=request.as_of,
        template=template.name,
        made=made,
        maker=request.maker,
        generation=base.generation,
        sections=sections,
        sources=tuple(sorted(context.sources.values(), key=lambda s: s.number)),
        gaps=tuple(request.questions[place] for place in material.gaps),
        plan=material.plan,
        left_out=tuple(left_out(context)),
        about=request.about,
    )
    return replace(pack, id=f"{made:%Y%m%d}-{digest(pack)[:10]}")


def _section(spec: Spec, context: Context) -> Section | None:
    builder = BUILDERS.get(spec.key)
    if builder is None:
        raise PackError(
            f"模板“{context.template.name}”中有不认识的节：{spec.key}",
            hint=f"可用：{'、'.join(BUILDERS)}",
        )
    blocks: list[Block] = builder(spec, context)
    if not blocks and "none" in spec.texts:
        blocks = [Para((Fixed(spec.texts["none"]),))]
    return Section(spec.key, spec.title, tuple(blocks), spec.annex) if blocks else None


def _smaller(material: Material, template: Template) -> tuple[Material, Template] | None:
    """One thing less: shorter excerpts first, then one of the part that has most."""
    budget = template.budget
    if budget.excerpt > SHORTEST:
        return material, replace(template, budget=replace(budget, excerpt=budget.excerpt - 20))
    # What a person pinned does not give way.
    sizes = {
        name: getattr(budget, name)
        if name in ROWS
        else sum(c.key not in material.fixed for c in getattr(material, name))
        for name in SHRINK
    }
    least = LEAST if template.pages > 1 else LEAST_OF_ONE
    spare = {name: size - least.get(name, 0) for name, size in sizes.items()}
    name = max(SHRINK, key=lambda n: (spare[n] > 0, sizes[n], -SHRINK.index(n)))
    if spare[name] <= 0:
        return None
    if name in ROWS:
        return material, replace(template, budget=replace(budget, **{name: sizes[name] - 1}))
    part = getattr(material, name)
    last = max(at for at, c in enumerate(part) if c.key not in material.fixed)
    return replace(material, **{name: part[:last] + part[last + 1 :]}), template
