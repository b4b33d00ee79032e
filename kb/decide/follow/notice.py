"""督查通报: how the tasks stand, as a paper by the pack's renderers.

Numbers are counted, names and reasons are the units' own words; nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from kb.decide.follow.model import Action, Task
from kb.decide.follow.statistics import altogether, by_unit
from kb.decide.model import (
    Block,
    Cell,
    Fixed,
    Line,
    Pack,
    Para,
    Section,
    Table,
    Words,
    day_in_words,
)
from kb.decide.template import Template, parse
from kb.law.workdays import Calendar

NAME = "督查通报"
NEAR = 10
"""Working days ahead that count as soon due."""
_FORM = Path(__file__).with_name("notice.toml")


@dataclass(frozen=True, slots=True)
class Period:
    """What a notice is about: from ``first`` to ``last``, both included; ``name`` as in the
    title (2026年11月)."""

    name: str
    first: date
    last: date


def month(day: date) -> Period:
    """The month of ``day``, up to it."""
    return Period(f"{day.year}年{day.month}月", day.replace(day=1), day)


def template() -> Template:
    """The form of a notice."""
    return parse(NAME, _FORM.read_text(encoding="utf-8"), _FORM.name)


def notice(
    tasks: Sequence[Task],
    period: Period,
    worked: Calendar,
    *,
    maker: str,
    made: datetime | None = None,
) -> Pack:
    """The notice of a period, as a pack without sources.

    Args:
        tasks: those that its reader may see.
        period: its last day is the day by which everything is judged.
        worked: working days.
        maker: the unit that issues it.
        made: when; now, where it is None.
    """
    form, today = template(), period.last
    overdue = _sorted(task for task in tasks if task.open and task.overdue(today))
    near = _sorted(task for task in tasks if task.near(today, worked, NEAR))
    done = _sorted(
        task for task in tasks if task.closed is not None and period.first <= task.closed <= today
        and not task.open
    )  # fmt: skip
    blocks: dict[str, tuple[Block, ...]] = {
        "summary": _summary(tasks, today, len(done)),
        "units": _units(tasks, today),
        "overdue": _list(overdue, today, "没有逾期未结的事项。"),
        "near": _list(near, today, "近期没有到期的事项。"),
        "done": _list(done, today, "本期没有办结的事项。"),
    }
    return Pack(
        id=f"{today:%Y%m%d}",
        number="",
        topic=f"{period.name}督办事项办理情况",
        background="",
        questions=(),
        as_of=today,
        template=NAME,
        made=made or datetime.now(UTC),
        maker=maker,
        generation=0,
        sections=tuple(Section(spec.key, spec.title, blocks[spec.key]) for spec in form.sections),
        sources=(),
        gaps=(),
        plan=(),
    )


def _summary(tasks: Sequence[Task], today: date, done: int) -> tuple[Block, ...]:
    every = altogether(tasks, today)
    first = Fixed(
        "共立项{}件，已办结{}件（其中逾期办结{}件），在办{}件（其中逾期{}件）。本期办结{}件。",
        (every.filed, every.finished, every.late, every.open, every.overdue, done),
    )
    lines: Cell = (first,)
    if every.extended or every.returned:
        lines = (first, Fixed("经批准延期{}件，退回重办{}件。", (every.extended, every.returned)))
    return (Para(lines),)


def _units(tasks: Sequence[Task], today: date) -> tuple[Block, ...]:
    counts = by_unit(tasks, today)
    if not counts:
        return (Para((Fixed("没有督办事项。"),)),)
    rows: list[tuple[Cell, ...]] = []
    for count in counts:
        numbers = (count.filed, count.finished, count.late, count.open, count.overdue)
        rate: Line = Fixed("—") if count.rate is None else Fixed("{}%", (count.rate,))
        cells: list[Cell] = [(Fixed("{}", (number,)),) for number in numbers]
        rows.append(((Words(count.name),), *cells, (rate,)))
    columns = ("单位", "立项", "办结", "逾期办结", "在办", "逾期未结", "按期率")
    return (Table(columns, tuple(rows), (0.28, 0.1, 0.1, 0.14, 0.1, 0.14, 0.14)),)


def _list(tasks: Sequence[Task], today: date, none: str) -> tuple[Block, ...]:
    if not tasks:
        return (Para((Fixed(none),)),)
    rows = tuple(
        (
            (Words(task.draft.what),),
            (Words(task.lead or "未定"),),
            (Fixed("未定") if task.limit is None else Words(day_in_words(task.limit)),),
            (_state(task, today),),
        )
        for task in tasks
    )
    return (Table(("事项", "牵头单位", "办结期限", "情况"), rows, (0.38, 0.17, 0.2, 0.25)),)


def _state(task: Task, today: date) -> Fixed | Words:
    if task.open and task.limit is not None and task.overdue(today):
        said = next((e.words for e in reversed(task.events) if e.action is Action.REPORT), "")
        late = f"逾期{(today - task.limit).days}天"
        return Words(f"{late}，进度{task.progress}%" + (f"。{said}" if said else ""))
    if task.closed is not None and not task.open:
        late = "" if task.limit is None or task.closed <= task.limit else "（逾期）"
        return Words(f"{day_in_words(task.closed)}办结{late}")
    return Words(f"{task.state}，进度{task.progress}%")


def _sorted(tasks: Iterable[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: (task.limit or date.max, int(task.id)))
