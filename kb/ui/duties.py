"""岗责与时限 as a table: filters, rows, what is exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kb.decide.system.calendar import Due
from kb.decide.system.ledger import GENERAL, UNNAMED, UNPLACED, Entry, State
from kb.text.normalise import fold
from kb.ui import links, state
from kb.ui.markup import e, go, table
from kb.ui.paper_link import paper_link

TONE = {
    State.UNSEEN: "plain",
    State.CONFIRMED: "good",
    State.CORRECTED: "wait",
    State.REJECTED: "gone",
    State.CHANGED: "warn",
}
FORBIDS = ("不得", "禁止", "严禁")
SORTS = {"": "全部", "do": "应当办的", "charge": "负责和承担的", "not": "不得做的"}
_LAST = (GENERAL, UNPLACED, UNNAMED)


def sort_of(entry: Entry) -> str:
    """What sort of duty: a key of `SORTS`."""
    if entry.modality in FORBIDS:
        return "not"
    return "do" if entry.modality in ("应当", "必须", "须", "应", "") else "charge"


def by_unit(entries: Sequence[Entry]) -> dict[str, int]:
    """Unit → how many, those with most first; what is no unit last."""
    counts = Counter(entry.unit for entry in entries)
    return dict(sorted(counts.items(), key=lambda one: (one[0] in _LAST, -one[1], one[0])))


def narrow(
    entries: Sequence[Entry],
    *,
    unit: str = "",
    words: str = "",
    sort: str = "",
    said: str = "",
    timed: bool = False,
) -> list[Entry]:
    """Those that have all of it, by unit and post; empty is any. ``words`` are looked for in
    every part."""
    wanted = fold(words).split()
    order = {name: at for at, name in enumerate(by_unit(entries))}
    found = [
        one
        for one in entries
        if (not unit or one.unit == unit)
        and (not sort or sort_of(one) == sort)
        and (not said or one.state.value == said)
        and (not timed or one.limit)
        and all(word in _text(one) for word in wanted)
    ]
    return sorted(found, key=lambda one: (order[one.unit], one.actor))


def _text(one: Entry) -> str:
    return fold(" ".join((one.actor, one.action, one.limit, one.title, one.label, one.items)))


HEAD = ("责任主体", "归属", "情态", "应办事项", "时限", "自何时起算", "依据", "核对")


def address(entry: Entry) -> str:
    """Where a duty is looked at and confirmed."""
    return links.link(links.DUTIES, {state.DUTY: f"{entry.passage_id}|{entry.mark}"})


def table_html(entries: Sequence[Entry]) -> str:
    """The table; each place leads to its article, each state to where it is confirmed."""
    return table(HEAD, map(_row, entries), "kb-duties")


def _article(one: Entry) -> str:
    return paper_link(one.passage_id, one.title)


def _row(one: Entry) -> str:
    items = f'<div class="kb-items">{e(one.items)}</div>' if one.items else ""
    who = f'<div class="kb-soft">{e(one.who)} {e(one.day)}</div>' if one.who else ""
    state_ = f'<span class="kb-badge kb-{TONE[one.state]}">{one.state.value}</span>'
    cells = (
        f"<td>{e(one.actor)}</td>",
        f"<td>{e(one.unit if one.unit != one.actor else '')}</td>",
        f'<td class="kb-nowrap">{e(one.modality or "—")}</td>',
        f"<td>{e(one.action)}{items}</td>",
        f"<td>{e(one.limit) or '—'}</td>",
        f"<td>{e(one.trigger) or '—'}</td>",
        f"<td>{_article(one)}</td>",
        f'<td class="kb-nowrap">{go(address(one), state_, title="核对这一条")}{who}</td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


EXPORT_HEAD = (*HEAD, "附列事项", "核对人", "核对日期", "备注", "条文编号")


def export_rows(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """Under `EXPORT_HEAD`."""
    return [
        (
            one.actor,
            one.unit,
            one.modality,
            one.action,
            one.limit,
            one.trigger,
            f"《{one.title}》{one.label}",
            one.state.value,
            one.items,
            one.who,
            one.day,
            one.note,
            one.passage_id,
        )
        for one in entries
    ]


def pairs_html(pairs: Sequence[tuple[Entry, Entry]]) -> str:
    """Two leads side by side."""
    rows = (f"<tr><td>{_lead(one)}</td><td>{_lead(other)}</td></tr>" for one, other in pairs)
    return table(("一处", "另一处"), rows, "kb-pairs")


def _lead(one: Entry) -> str:
    return f"<b>{e(one.actor)}</b>{e(one.modality)}{e(one.action)}<br>{_article(one)}"


def dues_html(dues: Sequence[Due]) -> str:
    """A month's duties by day."""
    rows = (
        f'<tr><td class="kb-nowrap">{due.day.month}月{due.day.day}日</td>'
        f'<td class="kb-nowrap">{due.begin.month}月{due.begin.day}日</td>'
        f"<td>{e(due.entry.actor)}</td><td>{e(due.entry.shown)}</td>"
        f"<td>{e(due.entry.limit)}</td><td>{_article(due.entry)}</td></tr>"
        for due in dues
    )
    head = ("最迟", "建议着手", "责任主体", "应办事项", "条文写的时限", "依据")
    return table(head, rows, "kb-duties")
