"""What happened to decisions (议题) and tasks (督办), line by line; nothing is overwritten.

What the lines amount to is `kb.decide`'s: here they are only kept, each written together with the
state that it leads to, and only if nothing was written since what its writer saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from kb.catalogue.dialect import exclusive
from kb.catalogue.moments import utc
from kb.catalogue.tables_decide import decision, task
from kb.catalogue.tables_follow import assignment, happening


@dataclass(frozen=True, slots=True)
class HappeningRow:
    """One thing that ``who`` did on ``day``; ``ordinal`` counts from 1 within its subject."""

    subject: str
    ordinal: int
    at: datetime
    day: date
    who: str
    action: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A task as it was filed."""

    task_id: int
    what: str
    lead: str
    due: date | None
    decision_id: str | None
    filed: date
    partners: list[str]
    standard: str
    source: str
    category: str
    remark_id: int | None


def of_decision(decision_id: str) -> str:
    """The subject of a decision's lines."""
    return f"议题 {decision_id}"


def of_task(task_id: int) -> str:
    """The subject of a task's lines."""
    return f"督办 {task_id}"


def is_task(subject: str) -> bool:
    """Whether a subject is a task's."""
    return subject.startswith("督办 ")


class Courses:
    """Reads and writes what happens to decisions and tasks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lines(self, subject: str) -> list[HappeningRow]:
        """Everything that happened to one, oldest first."""
        return self.all_lines([subject]).get(subject, [])

    def all_lines(self, subjects: Sequence[str] | None = None) -> dict[str, list[HappeningRow]]:
        """By subject (all: None), each oldest first."""
        columns = [happening.c[name] for name in HappeningRow.__dataclass_fields__]
        query = select(*columns).order_by(happening.c.subject, happening.c.ordinal)
        if subjects is not None:
            query = query.where(happening.c.subject.in_(list(subjects)))
        found: dict[str, list[HappeningRow]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query).mappings():
                one = HappeningRow(**(dict(row) | {"at": utc(row["at"])}))
                found.setdefault(one.subject, []).append(one)
        return found

    def add(
        self,
        subject: str,
        based_on: int,
        *,
        who: str,
        day: date,
        action: str,
        data: Mapping[str, Any],
        decision_state: tuple[str, str] | None = None,
        task_state: tuple[int, str, datetime | None] | None = None,
    ) -> bool:
        """Write a line after the ``based_on`` that its writer saw, with the state that it leads to.

        Args:
            subject: `of_decision` or `of_task`.
            based_on: how many lines the writer saw.
            who, day, action, data: the line.
            decision_state: id and new state of the decision.
            task_state: id, new state of the task and when it was closed.

        Returns:
            False where somebody wrote in between; nothing was written then.
        """
        now = datetime.now(UTC)
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    insert(happening).values(
                        subject=subject,
                        ordinal=based_on + 1,
                        at=now,
                        day=day,
                        who=who,
                        action=action,
                        data=dict(data),
                    )
                )
                if decision_state is not None:
                    _set_decision(connection, *decision_state, who=who, now=now)
                if task_state is not None:
                    key, state, closed = task_state
                    connection.execute(
                        update(task).where(task.c.id == key).values(state=state, closed=closed)
                    )
        except IntegrityError:
            return False
        return True

    def file(self, row: Mapping[str, Any], *, who: str, state: str) -> int | None:
        """File a task (columns of `AssignmentRow` less ``task_id``); its number comes back.

        A task that a 批示 became already takes what it is filed with now. None where somebody
        has filed it in between; nothing was written then.
        """
        try:
            return self._file(row, who=who, state=state)
        except IntegrityError:
            return None

    def _file(self, row: Mapping[str, Any], *, who: str, state: str) -> int:
        first = {name: row[name] for name in ("what", "lead", "due")}
        rest = {
            name: row[name]
            for name in ("decision_id", "filed", "partners", "standard", "source", "category")
        }
        remark = row.get("remark_id")
        with exclusive(self._engine, "task") as connection:
            held = None
            if remark is not None:
                held = connection.execute(
                    select(task.c.id).where(task.c.remark_id == remark)
                ).scalar_one_or_none()
            if held is None:
                made = connection.execute(
                    insert(task).values(
                        first
                        | {
                            "remark_id": remark,
                            "state": state,
                            "created": datetime.now(UTC),
                            "creator": who,
                        }
                    )
                ).inserted_primary_key
                held = int(made[0]) if made else 0
            else:
                connection.execute(
                    update(task).where(task.c.id == held).values(first | {"state": state})
                )
            connection.execute(insert(assignment).values(rest | {"task_id": held}))
        return int(held)

    def assignments(self, *, decision_id: str | None = None) -> list[AssignmentRow]:
        """Tasks as filed (of one decision, or all), oldest first. One that a 批示 became and that
        nobody has filed yet has its first words only."""
        query = select(
            task.c.id.label("task_id"),
            *(task.c[name] for name in ("what", "lead", "due", "remark_id", "created")),
            *(
                assignment.c[name]
                for name in ("decision_id", "filed", "partners", "standard", "source", "category")
            ),
        ).select_from(task.outerjoin(assignment, assignment.c.task_id == task.c.id))
        if decision_id is not None:
            query = query.where(assignment.c.decision_id == decision_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(task.c.id)).mappings().all()
        return [_assigned(row) for row in rows]


def _set_decision(
    connection: Connection, decision_id: str, state: str, *, who: str, now: datetime
) -> None:
    connection.execute(
        update(decision)
        .where(decision.c.id == decision_id)
        .values(state=state, version=decision.c.version + 1, changed=now, changed_by=who)
    )


def _assigned(row: Mapping[Any, Any]) -> AssignmentRow:
    values = dict(row)
    created = values.pop("created")
    if values["filed"] is None:
        values |= {
            "filed": utc(created).date(),
            "partners": [],
            "standard": "",
            "source": "",
            "category": "",
        }
    return AssignmentRow(**values)
