"""The words of follow-up (督办), as frozen types.

A task is what its events made of it: nothing is overwritten, so that who did what and when can be
read off, and two people who act at once are told so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kb.law.workdays import Calendar


class TaskState(StrEnum):
    """立项 → 交办 → 签收 → 办理 → 审核 → 办结 → 归档; a withdrawn task is 撤销."""

    FILED = "已立项"
    ASSIGNED = "已交办"
    DISPUTED = "申请改办"
    ACCEPTED = "办理中"
    REVIEW = "待审核"
    CLOSED = "已办结"
    ARCHIVED = "已归档"
    WITHDRAWN = "已撤销"


class Action(StrEnum):
    """What a person can do to a task."""

    ASSIGN = "交办"
    ACCEPT = "签收"
    DISPUTE = "申请改办"
    UPHOLD = "维持交办"
    REPORT = "反馈进展"
    ASK_EXTENSION = "申请延期"
    GRANT_EXTENSION = "同意延期"
    REFUSE_EXTENSION = "不同意延期"
    SUBMIT = "报请办结"
    RETURN = "退回"
    CLOSE = "审核通过"
    ARCHIVE = "归档"
    REOPEN = "重新立项"
    WITHDRAW = "撤销"
    REMIND = "催办"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a task is filed with. ``source`` is the article or minute that it rests on (passage id
    or words), ``standard`` what counts as done."""

    what: str
    lead: str
    partners: tuple[str, ...]
    limit: date | None
    standard: str
    source: str
    category: str = ""
    decision_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did to a task on ``day``, in his words."""

    action: Action
    who: str
    day: date
    words: str = ""
    limit: date | None = None
    lead: str = ""
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A request for more time: asked on ``asked`` for ``until``."""

    asked: date
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class FollowRules:
    """What an office lays down for follow-up.

    ``extensions`` is how often a task may be extended; ``ask_before`` how many calendar days before
    the limit the request must be made at the latest (0: on the day of the limit it is still in
    time); ``double`` whether all extensions together may not exceed the first term.
    """

    extensions: int = 2
    ask_before: int = 0
    double: bool = True


@dataclass(frozen=True, slots=True)
class Task:
    """A task as its events left it. ``revision`` is the number of events."""

    id: str
    draft: Draft
    state: TaskState
    lead: str
    filed: date
    assigned: date | None
    first_limit: date | None
    limit: date | None
    progress: int
    extensions: int
    pending: Extension | None
    closed: date | None
    returned: int
    events: tuple[Event, ...]

    @property
    def revision(self) -> int:
        """How many events there are: what an editor saw, to be compared before he writes."""
        return len(self.events)

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something for it to be finished."""
        return self.state not in (TaskState.CLOSED, TaskState.ARCHIVED, TaskState.WITHDRAWN)

    def overdue(self, today: date) -> bool:
        """Whether the limit that counts has passed: on ``today`` while open, else when closed.

        A request for more time that nobody granted moves nothing.
        """
        if self.limit is None or self.state is TaskState.WITHDRAWN:
            return False
        reached = self.closed if self.closed is not None else today
        return reached > self.limit

    def near(self, today: date, worked: Calendar, days: int) -> bool:
        """Whether it is open and its limit comes within so many working days, today included."""
        if not self.open or self.limit is None or self.limit < today:
            return False
        return worked.between(today, self.limit) <= days


def filed(task_id: str, draft: Draft, day: date) -> Task:
    """A new task, filed on ``day``."""
    return Task(
        id=task_id,
        draft=draft,
        state=TaskState.FILED,
        lead=draft.lead,
        filed=day,
        assigned=None,
        first_limit=draft.limit,
        limit=draft.limit,
        progress=0,
        extensions=0,
        pending=None,
        closed=None,
        returned=0,
        events=(),
    )
