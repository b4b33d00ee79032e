"""Lights (红黄蓝绿) by rules that an office sets: which colour a task shows on a day.

Places differ (blue near, yellow behind, red overdue; or green, yellow, red), so the rules are data:
``lights.toml`` of the home, else the shipped ones.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kb.decide.follow.model import FollowRules, Task, TaskState
from kb.errors import ConfigError
from kb.law.workdays import Calendar

_SHIPPED = Path(__file__).with_name("lights.toml")
COLOURS = ("red", "orange", "yellow", "blue", "green", "grey")


@dataclass(frozen=True, slots=True)
class LightRule:
    """The first rule that fits gives the light. A condition that is None is not asked.

    ``left`` fits where so many working days or fewer are left; ``behind`` where the progress is so
    many per cent or more behind the time that has gone; ``overdue`` where the limit has passed;
    ``finished`` where the task is.
    """

    name: str
    colour: str
    overdue: bool | None = None
    finished: bool | None = None
    left: int | None = None
    behind: int | None = None


@dataclass(frozen=True, slots=True)
class Light:
    """A light, its name in words (a colour alone says nothing to some readers), and why."""

    name: str
    colour: str
    why: str


def _body(home: Path | None) -> tuple[Path, dict[str, Any]]:
    path = _SHIPPED
    if home is not None and (home / _SHIPPED.name).is_file():
        path = home / _SHIPPED.name
    try:
        return path, tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"读不了 {path}：{error}") from error


def follow_rules(home: Path | None = None) -> FollowRules:
    """How often, how late and by how much a task may be extended (``[extension]``).

    Raises:
        ConfigError: a file cannot be read; it names the entry.
    """
    path, body = _body(home)
    said = body.get("extension", {})
    if not isinstance(said, dict) or not all(_sound(*entry) for entry in said.items()):
        raise ConfigError(
            f"{path.name} 的 [extension] 读不懂",
            hint="可写 extensions（次数）、ask_before（提前几天）、double（true 或 false）",
        )
    return FollowRules(**said)


def _sound(name: str, value: object) -> bool:
    if name == "double":
        return isinstance(value, bool)
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return whole and name in ("extensions", "ask_before")


def light_rules(home: Path | None = None) -> tuple[LightRule, ...]:
    """The rules in their order.

    Raises:
        ConfigError: a file cannot be read; it names the entry.
    """
    path, body = _body(home)
    entries = body.get("light", [])
    rules = []
    for number, entry in enumerate(entries, 1):
        try:
            rule = LightRule(**entry)
        except TypeError as error:
            raise ConfigError(
                f"{path.name} 第 {number} 条读不懂：{error}",
                hint="可写 name、colour、overdue、finished、left、behind",
            ) from error
        if rule.colour not in COLOURS:
            raise ConfigError(f"{path.name} 第 {number} 条：没有颜色 {rule.colour}")
        rules.append(rule)
    if not rules:
        raise ConfigError(f"{path.name} 里没有规则", hint="至少写一个 [[light]]")
    return tuple(rules)


def light(
    task: Task, today: date, rules: tuple[LightRule, ...], calendar: Calendar
) -> Light | None:
    """The light of ``task`` on ``today``; None where no rule fits."""
    for rule in rules:
        why = _fits(rule, task, today, calendar)
        if why is not None:
            return Light(rule.name, rule.colour, why)
    return None


def _fits(rule: LightRule, task: Task, today: date, calendar: Calendar) -> str | None:
    reasons = []
    overdue = task.overdue(today)
    finished = task.state in (TaskState.CLOSED, TaskState.ARCHIVED)
    if rule.overdue is not None:
        if rule.overdue != overdue:
            return None
        if overdue and task.limit is not None:
            until = task.closed or today
            reasons.append(f"逾期 {(until - task.limit).days} 天")
    if rule.finished is not None:
        if rule.finished != finished:
            return None
        if finished:
            reasons.append(str(task.state))
    if rule.left is not None:
        if not task.open or task.limit is None or today > task.limit:
            return None
        left = calendar.between(today, task.limit)
        if left > rule.left:
            return None
        reasons.append("今日到期" if task.limit == today else f"还剩 {left} 个工作日")
    if rule.behind is not None:
        behind = _behind(task, today)
        if behind is None or behind < rule.behind:
            return None
        reasons.append(f"进度落后 {behind} 个百分点")
    return "，".join(reasons)


def _behind(task: Task, today: date) -> int | None:
    """Per cent of the time gone, less the progress reported; None where there is no term."""
    if task.assigned is None or task.limit is None or not task.open:
        return None
    whole = (task.limit - task.assigned).days
    gone = (today - task.assigned).days
    return round(100 * min(1.0, gone / whole)) - task.progress if whole > 0 else None
