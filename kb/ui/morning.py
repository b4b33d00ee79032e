"""What waits in the morning: decisions that come up, their drafts, frozen packs that aged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.base import KnowledgeBase
from kb.catalogue.agenda import DecisionRow
from kb.decide.changes import from_plain
from kb.decide.drafts import open_draft
from kb.decide.model import day_in_words
from kb.decide.verify import verify
from kb.model import Scope
from kb.ui import links, state
from kb.ui.markup import e, go

DAYS = 7
"""How far ahead the page looks."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision, its draft's id (empty: none yet), and what there is to say of it."""

    decision: DecisionRow
    pack_id: str
    says: tuple[str, ...]


def waiting(base: KnowledgeBase, scope: Scope, today: date, days: int = DAYS) -> list[Waiting]:
    """Decisions on the agenda of the coming days, the nearest first."""
    return [
        _waiting(base, scope, decision)
        for decision in base.people.agenda.due(today, today + timedelta(days=days))
    ]


def _waiting(base: KnowledgeBase, scope: Scope, decision: DecisionRow) -> Waiting:
    row = base.people.pack_of(decision.id)
    if row is None:
        return Waiting(decision, "", ("还没有草稿",))
    draft = open_draft(base.people, row.id)
    says = []
    editions = base.people.editions.every(pack_id=row.id)
    if editions:
        seen = verify(base, scope, editions[-1])
        says.append(f"已定稿 {editions[-1].number}，{seen.says}")
    if not editions or (row.changed and row.changed > editions[-1].at):
        says.append(f"待补 {len(draft.open_fields)} 处")
        if draft.composed.gaps:
            says.append(f"缺口 {len(draft.composed.gaps)} 个")
        if row.generation != base.generation:
            says.append("库有更新，可更新材料")
    last = [h for h in base.people.drafts.history(row.id) if h.action == "refresh"]
    if last and (lines := from_plain(last[-1].value).lines()):
        when = f"{last[-1].at.astimezone():%m-%d %H:%M}"
        says.append(f"{when} 更新：{'；'.join(lines[:3])}" + ("……" if len(lines) > 3 else ""))
    return Waiting(decision, row.id, tuple(says))


def morning_html(found: Sequence[Waiting]) -> str:
    """The list; each leads to its draft."""
    if not found:
        return f'<p class="kb-summary">{DAYS} 天内没有上会的议题。</p>'
    items = "".join(_item(one) for one in found)
    return f'<div class="kb-start"><section><ul class="kb-agenda">{items}</ul></section></div>'


def _item(one: Waiting) -> str:
    title = e(one.decision.title)
    if one.pack_id:
        title = go(links.link(links.PACK, {state.PACK: one.pack_id}), title)
    day = day_in_words(one.decision.day) if one.decision.day else ""
    return (
        f"<li><time>{e(day)}</time><span>{title}</span><small>{e(one.decision.meeting)}</small>"
        f"<p>{e('　'.join(one.says))}</p></li>"
    )
