"""From gathered material to a pack: run the template's sections in order, fit the page limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from kb.decide.codec import digest
from kb.decide.extent import pages
from kb.decide.gather import Candidate, Material
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

A_PAGE = 3
"""Things that are taken away at once for each page that is too much."""

BACK = 6
"""Of what gave way, how much is tried again."""

LEAST = {"rules": 2, "policy": 1, "conflicts": 1}
LEAST_OF_ONE = {"rules": 1, "conflicts": 1}
"""What stays in any case; the second for a template of one page."""


def compose(
    base: Base,
    scope: Scope,
    *,
    request: Request,
    template: Template,
    material: Material,
    made: datetime,
) -> Pack:
    """The pack. Where the template limits the pages, the least relevant articles give way, and
    are told among those left out.

    Raises:
        PackError: the template names a section that nobody builds, or a line is not what its
            source says.
    """
    context = _fitted(Context(base, scope, request, template, material))
    template, material = context.template, context.material
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
        sections=tuple(context.built),
        sources=tuple(sorted(context.sources.values(), key=lambda s: s.number)),
        gaps=tuple(request.questions[place] for place in material.gaps),
        plan=material.plan,
        left_out=tuple(left_out(context)),
        about=request.about,
    )
    return replace(pack, id=f"{made:%Y%m%d}-{digest(pack)[:10]}")


Step = tuple[str, Candidate | None]
"""What gave way: an article of a part, or (None) a row of a table."""


def _fitted(context: Context) -> Context:
    """Built, and within the pages of its template: with less until it fits, then with what of that
    has room after all (one pair of provisions may have taken the place of three articles)."""
    context = _build(context)
    gone: list[Step] = []
    while (over := _over(context)) > 0:
        # Far from fitting, several at once: what that takes too much comes back below.
        for _ in range(max(1, int(over * A_PAGE))):
            smaller = _smaller(context.material, context.template)
            if smaller is None:
                return _build(context)
            step, material, template = smaller
            gone += [step] if step else []
            context = replace(context, material=material, template=template)
        context = _build(context)
    # The last to go first: it was worth most.
    for step in gone[: -BACK - 1 : -1]:
        material, template = _with(step, context.material, context.template)
        fuller = _build(replace(context, material=material, template=template))
        context = context if _over(fuller) > 0 else fuller
    return context


def _build(context: Context) -> Context:
    """With every section built, from a ledger that is empty."""
    context = replace(context, sources={}, built=[], _conflicts=None)
    for spec in context.template.sections:
        if section := _section(spec, context):
            context.built.append(section)
    return context


def _over(context: Context) -> float:
    """Pages by which it is too long; 0 where it fits."""
    template = context.template
    if not template.pages:
        return 0.0
    room = template.pages * (1 - SPARE)
    return max(0.0, pages(context.built, template, context.request.topic) - room)


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


def _smaller(
    material: Material, template: Template
) -> tuple[Step | None, Material, Template] | None:
    """One thing less: shorter excerpts first, then one of the part that has most."""
    budget = template.budget
    if budget.excerpt > budget.shortest:
        shorter = max(budget.excerpt - 20, budget.shortest)
        return None, material, replace(template, budget=replace(budget, excerpt=shorter))
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
        less = replace(budget, **{name: sizes[name] - 1})
        return (name, None), material, replace(template, budget=less)
    part = getattr(material, name)
    last = max(at for at, c in enumerate(part) if c.key not in material.fixed)
    told = replace(material, left_out=(*material.left_out, part[last]))
    return (name, part[last]), replace(told, **{name: part[:last] + part[last + 1 :]}), template


def _with(step: Step, material: Material, template: Template) -> tuple[Material, Template]:
    """What `_smaller` took, back: an article at the end of its part, a row to its table."""
    name, article = step
    if article is None:
        budget = template.budget
        return material, replace(
            template, budget=replace(budget, **{name: getattr(budget, name) + 1})
        )
    left = tuple(c for c in material.left_out if c.key != article.key)
    part: Any = (*getattr(material, name), article)
    return replace(replace(material, left_out=left), **{name: part}), template
