"""Mails that remind units of what is due: who gets which words. Nothing is sent here.

``mail.toml`` of the home says by which server, and which unit reads where::

    [server]
    host = "smtp.example.cn"
    port = 465
    security = "tls"             # tls, starttls or none
    user = "kb@example.cn"
    password = "…"
    sender = "督查室 <kb@example.cn>"

    [units]
    "办公室" = ["office@example.cn"]
    "*" = ["ducha@example.cn"]   # reads everything
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from kb.decide.follow.model import Task
from kb.decide.model import day_in_words
from kb.errors import ConfigError
from kb.law.workdays import Calendar

FILE = "mail.toml"
EVERYTHING = "*"
SECURITY = ("tls", "starttls", "none")
CLOSED = "（一件不便在邮件中写明的事项，请登录后查看）"


@dataclass(frozen=True, slots=True)
class Post:
    """By which server mails go, and who reads for which unit."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    units: Mapping[str, tuple[str, ...]]

    def __repr__(self) -> str:
        # A password has no place in a log.
        return f"Post({self.host}:{self.port}, {len(self.units)} units)"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to those who read for ``unit``."""

    unit: str
    to: tuple[str, ...]
    subject: str
    text: str

    def message(self, sender: str) -> EmailMessage:
        """As it is sent."""
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = sender, ", ".join(self.to), self.subject
        # Who is away should not answer a timer (RFC 3834).
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(self.text)
        return made


def post(home: Path) -> Post | None:
    """What ``mail.toml`` of a home says; None where there is none: no mails then.

    Raises:
        ConfigError: it cannot be read, or something is missing; it names what.
    """
    path = home / FILE
    if not path.is_file():
        return None
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"读不了 {path}：{error}", hint="对照说明改正") from error
    server, units = body.get("server"), body.get("units")
    if not isinstance(server, dict) or not isinstance(units, dict):
        raise ConfigError(f"{FILE} 缺少 [server] 或 [units]", hint="对照说明补上")
    security = str(server.get("security", "tls"))
    port = server.get("port", {"tls": 465, "starttls": 587}.get(security, 25))
    for name in ("host", "sender"):
        if not str(server.get(name, "")).strip():
            raise ConfigError(f"{FILE} 的 [server] 缺少 {name}", hint=f"请补上 {name} = '…'")
    if security not in SECURITY:
        raise ConfigError(
            f"{FILE} 的 security 不对：{security}", hint="可为 " + "、".join(SECURITY)
        )
    if not isinstance(port, int) or not 0 < port < 65536:
        raise ConfigError(f"{FILE} 的 port 不对：{port}", hint="应在 1 与 65535 之间")
    return Post(
        host=str(server["host"]),
        port=port,
        security=security,
        user=str(server.get("user", "")),
        password=str(server.get("password", "")),
        sender=str(server["sender"]),
        units={str(unit): _addresses(unit, value) for unit, value in units.items()},
    )


def _addresses(unit: str, value: Any) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(
        isinstance(one, str) and one.count("@") == 1 and not set(one) & set(" \r\n,<>")
        for one in found
    ):
        raise ConfigError(
            f"{FILE} 中“{unit}”的地址不对：{value}", hint='写作 "办公室" = ["office@example.cn"]'
        )
    return tuple(found)


def mails(
    tasks: Sequence[Task],
    post: Post,
    worked: Calendar,
    today: date,
    *,
    within: int,
    closed: Callable[[Task], bool] = lambda task: False,
) -> list[Mail]:
    """One mail a unit that has something due, overdue ones first.

    Args:
        tasks: all that there are.
        post: who reads where; a unit that is not named there gets none.
        worked: working days.
        today: the day that counts.
        within: working days ahead; what is overdue is always in.
        closed: whether a task may not be told of in a mail, which is read by whoever gets it.
    """
    due = [task for task in tasks if _due(task, worked, today, within)]
    due.sort(key=lambda task: (task.limit or date.max, int(task.id)))
    found = []
    for unit, to in post.units.items():
        own = [
            task for task in due if unit == EVERYTHING or unit in (task.lead, *task.draft.partners)
        ]
        if own:
            found.append(_mail(unit, to, own, worked, today, closed))
    return found


def _due(task: Task, worked: Calendar, today: date, within: int) -> bool:
    return task.near(today, worked, within) or (task.open and task.overdue(today))


def _mail(
    unit: str,
    to: tuple[str, ...],
    tasks: Sequence[Task],
    worked: Calendar,
    today: date,
    closed: Callable[[Task], bool],
) -> Mail:
    late = sum(task.overdue(today) for task in tasks)
    name = "督办提醒" if unit == EVERYTHING else f"督办提醒（{unit}）"
    counted = f"{len(tasks)} 件将到期" if not late else f"逾期 {late} 件，共 {len(tasks)} 件"
    lines = [_line(task, worked, today, hidden=closed(task)) for task in tasks]
    text = "\n".join(
        (f"截至{day_in_words(today)}：", "", *lines, "", "本邮件由枢纽按台账自动发出，请勿回复。")
    )
    return Mail(unit, to, f"{name}：{counted}", text + "\n")


def _line(task: Task, worked: Calendar, today: date, *, hidden: bool) -> str:
    limit = task.limit or today
    if limit < today:
        when = f"逾期 {(today - limit).days} 天"
    elif limit == today:
        when = "今日到期"
    else:
        when = f"还剩 {worked.between(today, limit)} 个工作日"
    what = CLOSED if hidden else f"{task.draft.what}（牵头：{task.lead or '未定'}，{task.state}）"
    return f"· 第 {task.id} 号　{day_in_words(limit)}　{when}　{what}"
