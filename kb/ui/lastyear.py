"""What was done in a month before: meetings, packs, tasks, and experience written of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.access.policy import Action
from kb.catalogue.rows import VersionRow
from kb.model import Kind
from kb.seat import Seat
from kb.ui import links, state
from kb.ui.markup import e, go, table


@dataclass(frozen=True, slots=True)
class Done:
    """One thing: its day, what it is, its name and where it is shown (empty: nowhere)."""

    day: date
    what: str
    name: str
    address: str


def done(seat: Seat, versions: list[VersionRow], year: int, month: int) -> list[Done]:
    """What is kept of a month, by day, as far as this person may see it."""
    found = [
        Done(day, "经验", v.title, links.read(v.path))
        for v in versions
        if v.kind is Kind.EXPERIENCE and (day := v.issued or v.effective)
    ]
    if seat.may(Action.COMPOSE).allowed:
        found += [
            Done(
                row.made.date(), "参阅材料", row.topic, links.link(links.PACK, {state.PACK: row.id})
            )
            for row in seat.people.packs()
        ]
        found += [
            Done(row.day, "议题", row.title, "") for row in seat.people.agenda.every() if row.day
        ]
        found += [
            Done(row.filed, "督办", row.what, "") for row in seat.people.courses.assignments()
        ]
    return sorted(
        (one for one in found if (one.day.year, one.day.month) == (year, month)),
        key=lambda one: (one.day, one.what, one.name),
    )


def done_html(found: list[Done]) -> str:
    """As a table."""
    rows = (
        f'<tr><td class="kb-nowrap">{one.day.month}月{one.day.day}日</td><td>{e(one.what)}</td>'
        f"<td>{go(one.address, e(one.name)) if one.address else e(one.name)}</td></tr>"
        for one in found
    )
    return table(("日期", "类别", "名称"), rows)
