"""How tasks stand by unit and by month: what a 督查通报 counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from kb.decide.follow.model import Task, TaskState

NO_UNIT = "未定承办"


@dataclass(frozen=True, slots=True)
class Count:
    """How many of one unit or month. ``overdue`` are open and past their limit; ``late`` were
    finished after it; ``in_time`` the others that were finished."""

    name: str
    filed: int
    finished: int
    in_time: int
    late: int
    open: int
    overdue: int
    extended: int
    returned: int

    @property
    def rate(self) -> int | None:
        """Per cent of what was due that was finished in time; None where nothing was due."""
        due = self.in_time + self.late + self.overdue
        return round(100 * self.in_time / due) if due else None


def by_unit(tasks: Sequence[Task], today: date) -> list[Count]:
    """A count a unit in charge, those with most overdue first."""
    counts = _by(tasks, today, lambda task: task.lead or NO_UNIT)
    return sorted(counts, key=lambda count: (-count.overdue, -count.filed, count.name))


def by_month(tasks: Sequence[Task], today: date) -> list[Count]:
    """A count a month of filing, in order."""
    return sorted(_by(tasks, today, lambda t: f"{t.filed:%Y-%m}"), key=lambda count: count.name)


def altogether(tasks: Sequence[Task], today: date) -> Count:
    """All of them."""
    found = _by(tasks, today, lambda _: "合计")
    return found[0] if found else Count("合计", 0, 0, 0, 0, 0, 0, 0, 0)


def _by(tasks: Sequence[Task], today: date, name: Callable[[Task], str]) -> list[Count]:
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        # What was withdrawn was nobody's work.
        if task.state is not TaskState.WITHDRAWN:
            groups.setdefault(name(task), []).append(task)
    return [_count(group, found, today) for group, found in groups.items()]


def _count(name: str, tasks: Sequence[Task], today: date) -> Count:
    finished = [task for task in tasks if not task.open]
    late = sum(task.overdue(today) for task in finished)
    still = [task for task in tasks if task.open]
    return Count(
        name=name,
        filed=len(tasks),
        finished=len(finished),
        in_time=len(finished) - late,
        late=late,
        open=len(still),
        overdue=sum(task.overdue(today) for task in still),
        extended=sum(task.extensions > 0 for task in tasks),
        returned=sum(task.returned > 0 for task in tasks),
    )
