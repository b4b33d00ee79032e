"""今日: what is due, what waits for one person, what was prepared, what changed in his rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.access.visitor import Visitor
from kb.decide.follow import LightRule, Task, TaskState, light
from kb.decide.model import day_in_words
from kb.decide.office import Decision, Office
from kb.ui import links
from kb.ui.dated import dated
from kb.ui.followed import GONE, News
from kb.ui.markup import e, go

AHEAD = 7
"""Days ahead that count as near."""
MOST = 12


@dataclass(frozen=True, slots=True)
class Item:
    """A line: when, what (with a link), and why it stands here. ``late``: it should be done."""

    day: date | None
    text: str
    href: str
    why: str
    late: bool = False


def due(
    office: Office,
    decisions: Sequence[Decision],
    tasks: Sequence[Task],
    mine: Callable[[str], bool],
) -> list[Item]:
    """Meetings, steps and limits of the coming days and what is past, the earliest first."""
    today, until = office.today, office.today + timedelta(days=AHEAD)
    found = []
    for one in dated((one for one in decisions if not one.frozen), tasks):
        decision, step, task = one.decision, one.step, one.task
        if one.day > until:
            continue
        if decision is not None:
            row = decision.row
            if not _units(mine, row.department, *row.partners):
                continue
            if step is not None:
                found.append(Item(one.day, one.text, one.href, row.title, late=one.day < today))
            elif one.day >= today and row.state in ("酝酿", "备料", "上会"):
                lacks = f"还缺 {len(decision.lacks)} 项" if decision.lacks else "材料已备齐"
                found.append(Item(one.day, one.text, one.href, f"{row.meeting}　{lacks}"))
        elif task is not None and _units(mine, task.lead, *task.draft.partners):
            says = f"{task.lead or '未定'}　{task.state}"
            found.append(Item(one.day, one.text, one.href, says, late=task.overdue(today)))
    return sorted(found, key=lambda item: (item.day or date.max, item.text))


def waits(tasks: Sequence[Task], name: str, mine: Callable[[str], bool]) -> list[Item]:
    """Acts that this person, or his unit, is asked for next."""
    found = []
    for task in tasks:
        why = _asked(task, name, mine)
        if why:
            found.append(Item(task.limit, task.draft.what, links.task(task.id), why))
    return found


def _asked(task: Task, name: str, mine: Callable[[str], bool]) -> str:
    last = task.events[-1].who if task.events else ""
    if task.state is TaskState.ASSIGNED and mine(task.lead):
        return "待签收"
    if task.pending is not None and last != name:
        return f"延期申请待批复（至{day_in_words(task.pending.until)}）"
    if task.state is TaskState.REVIEW and last != name:
        return "待审核"
    if task.state is TaskState.DISPUTED and last != name:
        return "申请改办，待处理"
    if task.state is TaskState.FILED:
        return "已立项，待交办"
    if task.state is TaskState.ACCEPTED and task.returned and mine(task.lead):
        return "已退回，待重办"
    return ""


def belongs(visitor: Visitor) -> Callable[[str], bool]:
    """Whether a unit is this person's. Who belongs to none in particular has all before him."""
    who = visitor.identity
    if who is None or not who.departments:
        return lambda unit: True
    names = who.departments | {who.name, visitor.shown}
    return lambda unit: unit in names


def _units(mine: Callable[[str], bool], *units: str) -> bool:
    return any(mine(unit) for unit in units if unit) or not any(units)


def items_html(title: str, items: Iterable[Item], none: str) -> str:
    """A box of lines."""
    found = list(items)
    lines = "".join(_line(item) for item in found[:MOST])
    more = f"<li><small>另有 {len(found) - MOST} 项</small></li>" if len(found) > MOST else ""
    inner = f"<ul>{lines}{more}</ul>" if found else f'<p class="kb-summary">{e(none)}</p>'
    count = f"<small>{len(found)}</small>" if found else ""
    return f"<section><h2>{e(title)}{count}</h2>{inner}</section>"


def _line(item: Item) -> str:
    day = f"{item.day.month}月{item.day.day}日" if item.day else ""
    when = day + ("（已过）" if item.late else "")
    name = ' class="kb-ended"' if item.late else ""
    return (
        f"<li>{go(item.href, e(item.text))}<br>"
        f"<small{name}>{e('　'.join(filter(None, (when, item.why))))}</small></li>"
    )


def news_html(found: Sequence[News]) -> str:
    """What changed, search by search."""
    boxes = []
    for one in found:
        lines = "".join(
            f"<li>{_named(line)}<small>{e(line['what'])}</small></li>" for line in one.lines[:MOST]
        )
        boxes.append(
            f"<section><h2>{go(one.search.address, e(one.search.name))}</h2>"
            f"<ul>{lines}</ul></section>"
        )
    return f'<div class="kb-start">{"".join(boxes)}</div>' if boxes else ""


def _named(line: Mapping[str, str]) -> str:
    path, at = links.place_of(line["id"])
    shown = e(f"{line['title']}　{line['label']}".strip())
    return shown if line["what"] == GONE else go(links.read(path, at=at), shown)


def lights_html(tasks: Sequence[Task], office: Office, rules: tuple[LightRule, ...]) -> str:
    """How many tasks show which light."""
    counts: dict[tuple[str, str], int] = {}
    for task in tasks:
        found = light(task, office.today, rules, office.calendar) if task.open else None
        if found is not None:
            counts[found.name, found.colour] = counts.get((found.name, found.colour), 0) + 1
    shown = "　".join(
        f'<span class="kb-light kb-light-{e(colour)}">{e(name)} {count}</span>'
        for (name, colour), count in counts.items()
    )
    return f'<div class="kb-row">{shown}</div>' if shown else ""
