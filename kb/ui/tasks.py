"""Tasks as a table with lights, and their numbers by unit and month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.decide.follow import Light, LightRule, Task, TaskState, light
from kb.decide.follow.statistics import Count, by_month, by_unit
from kb.decide.model import day_in_words
from kb.law.workdays import Calendar
from kb.ui import links
from kb.ui.charts import Table
from kb.ui.markup import e, go, table

SHOWN = {
    "open": "未办结",
    "overdue": "逾期",
    "near": "临近",
    "review": "待审核",
    "done": "已办结",
    "all": "全部",
}
STATES = {
    TaskState.FILED: "plain",
    TaskState.ASSIGNED: "wait",
    TaskState.DISPUTED: "warn",
    TaskState.ACCEPTED: "wait",
    TaskState.REVIEW: "warn",
    TaskState.CLOSED: "good",
    TaskState.ARCHIVED: "plain",
    TaskState.WITHDRAWN: "gone",
}
NEAR = 5
"""Working days within which a limit counts as near in the filter."""


def narrow(
    tasks: Sequence[Task], shown: str, unit: str, today: date, worked: Calendar
) -> list[Task]:
    """The tasks that a filter (`SHOWN`) and a unit leave, those due first in front."""
    kept = [task for task in tasks if _fits(task, shown, today, worked)]
    if unit:
        kept = [task for task in kept if unit in (task.lead, *task.draft.partners)]
    return sorted(kept, key=lambda task: (task.limit is None, task.limit or date.max, int(task.id)))


def _fits(task: Task, shown: str, today: date, worked: Calendar) -> bool:
    if shown == "open":
        return task.open
    if shown == "overdue":
        return task.open and task.overdue(today)
    if shown == "near":
        return task.near(today, worked, NEAR)
    if shown == "review":
        return task.state in (TaskState.REVIEW, TaskState.DISPUTED) or task.pending is not None
    return shown == "all" or task.state in (TaskState.CLOSED, TaskState.ARCHIVED)


def units(tasks: Sequence[Task]) -> list[str]:
    """Units that lead or help, by name."""
    return sorted({unit for task in tasks for unit in (task.lead, *task.draft.partners) if unit})


def light_html(found: Light | None) -> str:
    """A coloured dot with its name and why: never a colour alone."""
    if found is None:
        return "—"
    why = f"<br><small>{e(found.why)}</small>" if found.why and found.why != found.name else ""
    return f'<span class="kb-light kb-light-{e(found.colour)}">{e(found.name)}</span>{why}'


def table_html(
    tasks: Sequence[Task], today: date, rules: tuple[LightRule, ...], worked: Calendar
) -> str:
    """What, who, until when, how it stands."""
    rows = (
        f'<tr><td class="kb-nowrap" style="min-width:0">{e(task.id)}</td>'
        f"<td>{light_html(light(task, today, rules, worked))}</td>"
        f'<td style="min-width:14rem">{go(links.task(task.id), e(task.draft.what))}'
        f"<br><small>{e(task.draft.source)}</small></td>"
        f"<td>{e(task.lead) or '未定'}{_partners(task)}</td>"
        f'<td class="kb-nowrap">{_limit(task)}</td>'
        f"<td>{state_html(task)}</td>"
        f'<td class="kb-nowrap">{task.progress}%</td></tr>'
        for task in tasks
    )
    head = ("编号", "亮灯", "事项和来源", "牵头（配合）", "办结期限", "状态", "进度")
    return table(head, rows, "kb-ledger")


def state_html(task: Task) -> str:
    """The state of a task."""
    return f'<span class="kb-badge kb-{STATES[task.state]}">{e(task.state)}</span>'


def _partners(task: Task) -> str:
    return f"（{e('、'.join(task.draft.partners))}）" if task.draft.partners else ""


def _limit(task: Task) -> str:
    if task.limit is None:
        return "未定"
    moved = (
        f"<br><small>原定 {day_in_words(task.first_limit)}</small>"
        if task.first_limit and task.first_limit != task.limit
        else ""
    )
    return f"{day_in_words(task.limit)}{moved}"


HEAD = ("立项", "办结", "按期", "逾期办结", "在办", "逾期未结", "延期", "退回", "按期率")


def cells(count: Count) -> tuple[str, ...]:
    """Under `HEAD`."""
    rate = "—" if count.rate is None else f"{count.rate}%"
    numbers = (
        count.filed, count.finished, count.in_time, count.late, count.open, count.overdue,
        count.extended, count.returned,
    )  # fmt: skip
    return (*map(str, numbers), rate)


def counts_html(counts: Sequence[Count], name: str) -> str:
    """The numbers, a row a unit or month."""
    rows = (
        f'<tr><td style="min-width:0">{e(count.name)}</td>'
        + "".join(f"<td>{e(cell)}</td>" for cell in cells(count))
        + "</tr>"
        for count in counts
    )
    return table((name, *HEAD), rows)


def unit_table(tasks: Sequence[Task], today: date) -> Table:
    """For `kb.ui.charts.bars_svg`: units, how many of each sort."""
    return _table(by_unit(tasks, today))


def month_table(tasks: Sequence[Task], today: date) -> Table:
    """The same by month of filing."""
    return _table(by_month(tasks, today))


def _table(counts: Sequence[Count]) -> Table:
    return tuple(
        (count.name, label, number)
        for count in counts
        for label, number in (
            ("按期办结", count.in_time),
            ("逾期办结", count.late),
            ("在办", count.open - count.overdue),
            ("逾期未结", count.overdue),
        )
        if number
    )
