"""Drafts for what is on the agenda, made or composed anew; people's words are never touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kb.decide.changes import Changes
from kb.decide.drafts import Draft, about_of, open_draft, refresh
from kb.decide.pack import make, store
from kb.decide.ports import Base
from kb.decide.render.fonts import log_used
from kb.decide.verify import verify
from kb.errors import KbError
from kb.model import Scope

if TYPE_CHECKING:
    from kb.catalogue.agenda import DecisionRow
    from kb.catalogue.people import People

WHO = "自动准备"
"""Who is named for what the timer does."""

NOTHING = Changes({}, {}, (), (), ())


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision and its draft. ``did``: 新做, 更新, 未变, 已定稿 or 失败 (``why``)."""

    decision: DecisionRow
    did: str
    draft: Draft | None
    changes: Changes
    why: str = ""


def prepare(
    base: Base,
    people: People,
    scope: Scope,
    *,
    first: date,
    days: int,
    own_templates: Path | None = None,
    who: str = WHO,
) -> Iterator[Prepared]:
    """Make or refresh a draft for every decision on the agenda from ``first`` for ``days`` days.

    One that fails costs only itself. A draft that was frozen and not touched since is only
    verified: what was handed to leaders does not change under their hands.
    """
    due = people.agenda.due(first, first + timedelta(days=days))
    if due:
        # Nothing is printed yet, but whoever reads the log in the morning sees what would be.
        log_used(f"备稿 {first} 起 {days} 天")
    for decision in due:
        try:
            yield _prepare(base, people, scope, decision, who, own_templates)
        except KbError as error:
            yield Prepared(decision, "失败", None, NOTHING, error.message)


def draft_of(
    base: Base,
    people: People,
    scope: Scope,
    decision: DecisionRow,
    *,
    who: str,
    own_templates: Path | None = None,
) -> str:
    """The id of the decision's draft, made where there is none."""
    row = people.pack_of(decision.id)
    if row is not None:
        return row.id
    pack = make(
        base,
        scope,
        topic=decision.title,
        questions=decision.questions,
        background=decision.background,
        as_of=decision.day or scope.as_of,
        template=decision.template,
        maker=decision.department or who,
        own_templates=own_templates,
        about=about_of(decision),
    )
    store(people, pack, decision_id=decision.id)
    return pack.id


def _prepare(
    base: Base,
    people: People,
    scope: Scope,
    decision: DecisionRow,
    who: str,
    own: Path | None,
) -> Prepared:
    had = people.pack_of(decision.id)
    if had is None:
        key = draft_of(base, people, scope, decision, who=who, own_templates=own)
        return Prepared(decision, "新做", open_draft(people, key, own), NOTHING)
    editions = people.editions.every(pack_id=had.id)
    if editions and (had.changed is None or had.changed <= editions[-1].at):
        seen = verify(base, scope, editions[-1])
        told = Changes({}, {}, seen.altered, (), ())
        return Prepared(decision, "已定稿", open_draft(people, had.id, own), told)
    told = refresh(base, people, scope, had.id, who=who, own_templates=own, decision=decision)
    draft = open_draft(people, had.id, own)
    return Prepared(decision, "更新" if told else "未变", draft, told)
