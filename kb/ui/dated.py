"""What has a day: meetings, last days of steps that are not done, limits of open tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kb.decide.follow import Task
from kb.decide.office import Decision
from kb.decide.procedure import Row
from kb.ui import links


@dataclass(frozen=True, slots=True)
class Dated:
    """One of these: a meeting (of ``decision`` alone), a step of it, or a task."""

    day: date
    text: str
    decision: Decision | None = None
    step: Row | None = None
    task: Task | None = None

    @property
    def href(self) -> str:
        """Where it is shown."""
        if self.task is not None:
            return links.task(self.task.id)
        return links.decision(self.decision.row.id) if self.decision is not None else ""


def dated(decisions: Iterable[Decision], tasks: Iterable[Task]) -> Iterator[Dated]:
    """All of them, decision by decision and then the tasks."""
    for one in decisions:
        if one.row.day is not None:
            yield Dated(one.row.day, f"上会：{one.row.title}", one)
        for step in one.plan.rows if one.plan else ():
            if step.latest is not None and not step.settled:
                yield Dated(step.latest, f"最迟{step.step.hand}：{step.step.name}", one, step)
    for task in tasks:
        if task.open and task.limit is not None:
            yield Dated(task.limit, f"督办到期：{task.draft.what}", task=task)
