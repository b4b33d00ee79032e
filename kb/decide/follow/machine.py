"""What may be done to a task in which state, and what it then is.

A table of transitions, and one small function for each action that asks for more than a state. No
sequence of actions reaches a state without what it needs: `act` is the only way from one to the
next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from kb.decide.follow.model import Action, Event, Extension, FollowRules, Task, TaskState
from kb.errors import StepRefused

_S = TaskState
_TABLE: dict[Action, tuple[tuple[TaskState, ...], TaskState | None]] = {
    Action.ASSIGN: ((_S.FILED, _S.DISPUTED), _S.ASSIGNED),
    Action.ACCEPT: ((_S.ASSIGNED,), _S.ACCEPTED),
    Action.DISPUTE: ((_S.ASSIGNED,), _S.DISPUTED),
    Action.UPHOLD: ((_S.DISPUTED,), _S.ASSIGNED),
    Action.REPORT: ((_S.ACCEPTED,), None),
    Action.ASK_EXTENSION: ((_S.ACCEPTED,), None),
    Action.GRANT_EXTENSION: ((_S.ACCEPTED,), None),
    Action.REFUSE_EXTENSION: ((_S.ACCEPTED,), None),
    Action.SUBMIT: ((_S.ACCEPTED,), _S.REVIEW),
    Action.RETURN: ((_S.REVIEW,), _S.ACCEPTED),
    Action.CLOSE: ((_S.REVIEW,), _S.CLOSED),
    Action.ARCHIVE: ((_S.CLOSED,), _S.ARCHIVED),
    Action.REOPEN: ((_S.CLOSED, _S.ARCHIVED), _S.FILED),
    Action.WITHDRAW: (
        (_S.FILED, _S.ASSIGNED, _S.DISPUTED, _S.ACCEPTED, _S.REVIEW),
        _S.WITHDRAWN,
    ),
    Action.REMIND: ((_S.ASSIGNED, _S.ACCEPTED), None),
}
_WORDS_NEEDED = {
    Action.DISPUTE: "改办理由",
    Action.UPHOLD: "维持的理由",
    Action.REPORT: "办理进展",
    Action.ASK_EXTENSION: "延期理由",
    Action.REFUSE_EXTENSION: "不同意的理由",
    Action.SUBMIT: "办理结果和佐证材料",
    Action.RETURN: "退回的具体问题",
    Action.REOPEN: "重新立项的理由",
    Action.WITHDRAW: "撤销的理由",
}


def allowed(task: Task) -> tuple[Action, ...]:
    """What can be done to ``task`` as it stands."""
    asked = task.pending is not None
    found = []
    for action, (states, _) in _TABLE.items():
        if task.state not in states:
            continue
        if action in (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION) and not asked:
            continue
        if action is Action.ASK_EXTENSION and (asked or task.limit is None):
            continue
        found.append(action)
    return tuple(found)


def act(task: Task, event: Event, rules: FollowRules | None = None) -> Task:
    """``task`` after ``event``.

    Raises:
        StepRefused: the action is not possible as the task stands, comes before what was done
            already, or lacks what it asks for; the message says which.
    """
    rules = rules or FollowRules()
    if event.action not in allowed(task):
        raise StepRefused(_why_not(task, event.action))
    if not event.who.strip():
        raise StepRefused(f"{event.action}没有写明经办人", hint="请填写姓名")
    if event.day < (task.events[-1].day if task.events else task.filed):
        raise StepRefused(
            f"{event.action}的日期早于上一步", hint="请核对日期；已记录的步骤不能改写"
        )
    _not_his_own(task, event)
    wanted = _WORDS_NEEDED.get(event.action)
    if wanted and not event.words.strip():
        raise StepRefused(f"{event.action}没有写明{wanted}", hint=f"请填写{wanted}")
    target = _TABLE[event.action][1]
    after = replace(
        task, state=task.state if target is None else target, events=(*task.events, event)
    )
    special = _SPECIAL.get(event.action)
    return special(task, after, event, rules) if special else after


_ANSWERS = {
    Action.GRANT_EXTENSION: Action.ASK_EXTENSION,
    Action.REFUSE_EXTENSION: Action.ASK_EXTENSION,
    Action.CLOSE: Action.SUBMIT,
    Action.RETURN: Action.SUBMIT,
    Action.UPHOLD: Action.DISPUTE,
}


def _not_his_own(task: Task, event: Event) -> None:
    """Nobody rules on what he asked for himself."""
    asked = _ANSWERS.get(event.action)
    if asked is None:
        return
    asker = next((past.who for past in reversed(task.events) if past.action is asked), "")
    if asker == event.who:
        raise StepRefused(f"{event.action}不能由{asked}的人（{asker}）自己办", hint="请换人审核")


def _why_not(task: Task, action: Action) -> str:
    if action is Action.ASK_EXTENSION and task.pending is not None:
        return f"延期申请（至 {task.pending.until}）还没有批复，不能再申请"
    if action is Action.ASK_EXTENSION and task.limit is None:
        return "这一事项没有办结期限，不需要延期"
    if action in (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION):
        return "没有待批复的延期申请"
    return f"“{task.draft.what}”现在是“{task.state}”，不能{action}"


def _assign(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    lead = event.lead or task.lead
    limit = event.limit or task.limit
    missing = [
        name
        for name, value in (
            ("牵头单位", lead),
            ("办结期限", limit),
            ("工作标准", task.draft.standard),
        )
        if not value
    ]
    if missing:
        raise StepRefused(f"交办前缺少{'、'.join(missing)}", hint="请补齐后再交办")
    if limit is not None and limit < event.day:
        raise StepRefused(f"办结期限 {limit} 早于交办日期 {event.day}", hint="请核对期限")
    return replace(after, lead=lead, limit=limit, first_limit=limit, assigned=event.day)


def _report(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    if event.progress is None:
        return after
    if not 0 <= event.progress <= 100:
        raise StepRefused(f"进度 {event.progress}% 不对", hint="应为 0 到 100")
    return replace(after, progress=event.progress)


def _ask(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    if task.limit is None or task.first_limit is None:
        raise StepRefused("这一事项没有办结期限，不需要延期")
    last = task.limit - timedelta(days=rules.ask_before)
    if event.day > last:
        raise StepRefused(
            f"延期应在 {last} 前申请，现在是 {event.day}",
            hint=f"逾期后不再受理延期，按原期限 {task.limit} 计",
        )
    if event.limit is None or event.limit <= task.limit:
        raise StepRefused("新的办结日期应晚于现在的期限", hint=f"现在的期限是 {task.limit}")
    if task.extensions >= rules.extensions:
        raise StepRefused(f"已延期 {task.extensions} 次，不能再延", hint="请按现在的期限办理")
    if rules.double and task.assigned is not None:
        term = task.first_limit - task.assigned
        if event.limit - task.first_limit > term:
            raise StepRefused(
                "累计延长的时间超过原定期限",
                hint=f"最迟可延至 {task.first_limit + term}",
            )
    return replace(after, pending=Extension(event.day, event.limit, event.words))


def _grant(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    if task.pending is None:
        raise StepRefused("没有待批复的延期申请")
    return replace(after, limit=task.pending.until, pending=None, extensions=task.extensions + 1)


def _refuse(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    return replace(after, pending=None)


def _return(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    return replace(after, returned=task.returned + 1, closed=None)


def _submit(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    # What is reported finished in time is in time, however long the review takes.
    return replace(after, closed=event.day, pending=None)


def _close(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    # What was last reported is in the events; whoever reads «办结» beside 0 % doubts both.
    return replace(after, progress=100)


def _reopen(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    return replace(
        after,
        limit=None,
        first_limit=None,
        assigned=None,
        closed=None,
        progress=0,
        extensions=0,
        pending=None,
    )


def _withdraw(task: Task, after: Task, event: Event, rules: FollowRules) -> Task:
    return replace(after, pending=None)


_SPECIAL: dict[Action, Callable[[Task, Task, Event, FollowRules], Task]] = {
    Action.ASSIGN: _assign,
    Action.REPORT: _report,
    Action.ASK_EXTENSION: _ask,
    Action.GRANT_EXTENSION: _grant,
    Action.REFUSE_EXTENSION: _refuse,
    Action.RETURN: _return,
    Action.SUBMIT: _submit,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
    Action.WITHDRAW: _withdraw,
}
