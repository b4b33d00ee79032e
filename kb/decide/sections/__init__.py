"""Builders of sections, by the ``key`` that a template names."""

from __future__ import annotations

from collections.abc import Callable

from kb.decide.model import Block
from kb.decide.sections.articles import policy, precedents, references, rules
from kb.decide.sections.conflicts import conflicts
from kb.decide.sections.context import Context
from kb.decide.sections.duties import duties
from kb.decide.sections.fields import background, blanks, form
from kb.decide.sections.gaps import gaps
from kb.decide.sections.keys import keys
from kb.decide.sections.originals import originals
from kb.decide.sections.procedure import procedure
from kb.decide.sections.sources import plan, sources
from kb.decide.sections.summary import summary
from kb.decide.template import Spec

Builder = Callable[[Spec, Context], list[Block]]

BUILDERS: dict[str, Builder] = {
    "summary": summary,
    "background": background,
    "policy": policy,
    "rules": rules,
    "precedents": precedents,
    "references": references,
    "keys": keys,
    "blanks": blanks,
    "form": form,
    "conflicts": conflicts,
    "procedure": procedure,
    "duties": duties,
    "gaps": gaps,
    "originals": originals,
    "sources": sources,
    "plan": plan,
}
"""Each takes its part of the template and the context. An empty list leaves the section out,
unless the template has a text ``none`` for it."""

__all__ = ["BUILDERS", "Builder", "Context"]
