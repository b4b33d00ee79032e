"""What is known of a finished matter, for the note of experience that is asked for at its end.

Facts only, each from a line that somebody wrote; 教训 is left to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from kb.decide.follow import Action, Task
from kb.decide.freeze import open_edition
from kb.decide.model import day_in_words
from kb.decide.office import Decision
from kb.law.workdays import later

REVIEW_YEARS = 1
"""After how long a note is looked at again, unless its writer says otherwise."""


def facts_of(one: Decision, quoted: Iterable[tuple[str, str]], today: date) -> dict[str, str]:
    """What goes into the parts of a note about a decision, by heading.

    Args:
        one: the decision.
        quoted: (title, label) of the provisions that its frozen pack quotes.
        today: the review is counted from it.
    """
    row = one.row
    return {
        "情况": _situation(one),
        "做法": "\n".join(_steps(one)),
        "结果": "\n".join(_results(one)),
        "教训": "",
        "涉及条款": "\n".join(articles(quoted, one.tasks)),
        "责任人": "、".join(
            dict.fromkeys(name for name in (row.department, *_leads(one.tasks)) if name)
        ),
        "复核日期": later(today, REVIEW_YEARS, "年").isoformat(),
    }


def quoted(people: Any, decision_id: str) -> list[tuple[str, str]]:
    """(title, label) of what the last edition of a decision's pack quotes; nothing where there is
    none that may be seen."""
    held = people.pack_of(decision_id)
    editions = people.editions.every(pack_id=held.id) if held is not None else []
    if not editions:
        return []
    pack, _ = open_edition(editions[-1])
    return [(s.title, s.label) for s in pack.sources if s.passage_id in editions[-1].quotes]


def facts_of_task(task: Task, today: date) -> dict[str, str]:
    """The same for a task that is no decision's."""
    return {
        "情况": f"{task.draft.what}。来源：{task.draft.source}。",
        "做法": "\n".join(_task_steps(task)),
        "结果": "\n".join(_task_results(task)),
        "教训": "",
        "涉及条款": "\n".join(articles((), (task,))),
        "责任人": task.lead,
        "复核日期": later(today, REVIEW_YEARS, "年").isoformat(),
    }


def articles(quoted: Iterable[tuple[str, str]], tasks: Iterable[Task]) -> list[str]:
    """«《某局印章管理办法》第十七条» of each, once; task sources that are such a citation, too."""
    named = [f"《{title}》{label}" for title, label in quoted]
    named += [task.draft.source for task in tasks if task.draft.source.startswith("《")]
    return list(dict.fromkeys(named))


def _situation(one: Decision) -> str:
    row = one.row
    parts = [f"{row.title}。"]
    if row.background.strip():
        parts.append(row.background.strip())
    if row.day is not None:
        parts.append(f"{day_in_words(row.day)}提交{row.meeting or '会议'}研究。")
    units = [f"{row.department}承办" if row.department else ""]
    units.append(f"{'、'.join(row.partners)}配合" if row.partners else "")
    if named := "，".join(text for text in units if text):
        parts.append(f"{named}。")
    return "\n".join(parts)


def _steps(one: Decision) -> list[str]:
    found = []
    for row in one.plan.rows if one.plan else ():
        if row.mark is not None:
            found.append(
                f"{day_in_words(row.mark.day)}，{row.step.name}（{row.mark.kind}）：{row.mark.words}"
            )
    for opinion in one.course.opinions:
        name = "不同意见" if opinion.dissent else "意见"
        answer = f"处理：{opinion.answer}" if opinion.answer else ""
        found.append(f"{opinion.unit}{name}：{opinion.words}{answer and '。' + answer}")
    for task in one.tasks:
        found += _task_steps(task)
    return found


def _results(one: Decision) -> list[str]:
    found = []
    made = one.course.resolution
    if made is not None:
        found.append(f"{day_in_words(made.day)}，{made.minutes}：{made.words}")
    for task in one.tasks:
        found += _task_results(task)
    if one.course.no_tasks:
        found.append(f"不需督办：{one.course.no_tasks}")
    return found


def _task_steps(task: Task) -> list[str]:
    told = (Action.ASSIGN, Action.REPORT, Action.GRANT_EXTENSION, Action.RETURN, Action.DISPUTE)
    return [
        f"{day_in_words(event.day)}，{task.lead or task.draft.lead}{task.draft.what}："
        f"{event.action}{'，' + event.words if event.words else ''}"
        for event in task.events
        if event.action in told
    ]


def _task_results(task: Task) -> list[str]:
    submitted = [event for event in task.events if event.action is Action.SUBMIT]
    if task.closed is None or not submitted:
        return [f"{task.draft.what}：{task.state}"]
    late = "" if task.limit is None or task.closed <= task.limit else "，逾期"
    return [f"{task.draft.what}：{day_in_words(task.closed)}办结{late}。{submitted[-1].words}"]


def _leads(tasks: Sequence[Task]) -> list[str]:
    return [task.lead for task in tasks if task.lead]
