"""One person's dates for his calendar program: as a file, and under an address with a secret.

A calendar program cannot sign in. The secret stands for one account, as it is at that moment: who
was stopped, or may see less now, gets no more than the page would show him.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from kb.access.keeper import Keeper
from kb.access.policy import Action
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.decide.follow.ics import Date, as_ics
from kb.decide.model import day_in_words
from kb.decide.office import Office
from kb.errors import AccessDenied, NotFound
from kb.seat import Seat
from kb.ui import links
from kb.ui.words import NAME

TYPE = "text/calendar; charset=utf-8"
NONE_SUCH = "没有这个日程订阅，或已停用"


def address(settings: Settings, secret: str, seen: str) -> str:
    """What a calendar program is given: below ``public_url``, else below the address at which the
    page is ``seen``."""
    at = urlsplit(seen)
    root = settings.public_url.rstrip("/") or f"{at.scheme}://{at.netloc}"
    return f"{root}/feed/{secret}.ics"


def whose(base: KnowledgeBase, keeper: Keeper, secret: str, origin: str) -> Visitor:
    """Who is asking by a secret.

    Raises:
        NotFound: nobody was given it, or he may not come in any more; in the same words.
    """
    reader = base.people.feeds.whose(secret)
    if reader is None:
        raise NotFound(NONE_SUCH)
    if reader == "":
        # Given when there were no accounts: it ends with the first one.
        if keeper.asks():
            raise NotFound(NONE_SUCH)
        return Visitor.demo(origin)
    try:
        return keeper.named(reader, origin)
    except AccessDenied as error:
        raise NotFound(NONE_SUCH) from error


def ics(seat: Seat, settings: Settings) -> bytes:
    """His dates. It is noted that he took them.

    Raises:
        AccessDenied: he sees no decisions.
    """
    seat.allow(Action.EXPORT, "日程 ics")
    return as_ics(dates(seat.office(), settings.public_url.rstrip("/")), NAME, datetime.now(UTC))


def dates(office: Office, root: str) -> list[Date]:
    """Meetings, last days of open steps, limits of open tasks; ``root`` leads to the page."""
    found = []
    for one in office.decisions():
        row = one.row
        if one.frozen:
            continue
        link = f"{root}{links.decision(row.id)}" if root else ""
        if row.day is not None:
            lacks = "；".join(lack.what for lack in one.lacks)
            says = f"{row.meeting}　{row.state}" + (f"\n还缺：{lacks}" if lacks else "")
            found.append(
                Date(f"decision-{row.id}@shuniu", row.day, f"上会：{row.title}", says, link, 2)
            )
        for step in one.plan.rows if one.plan else ():
            if step.latest is not None and not step.settled:
                title = f"最迟{step.step.hand}：{step.step.name}（{row.title}）"
                uid = f"step-{row.id}-{step.step.id}@shuniu"
                found.append(Date(uid, step.latest, title, step.advice, link))
    for task in office.tasks():
        if task.open and task.limit is not None:
            says = f"牵头：{task.lead or '未定'}\n标准：{task.draft.standard}\n{task.draft.source}"
            link = f"{root}{links.task(task.id)}" if root else ""
            title = f"督办到期：{task.draft.what}"
            found.append(Date(f"task-{task.id}@shuniu", task.limit, title, says, link, 3))
    return sorted(found, key=lambda date: (date.day, date.uid))


def says(office: Office) -> str:
    """How many dates the file holds now."""
    found = dates(office, "")
    if not found:
        return "现在没有日程。"
    return f"现有 {len(found)} 项日程，最近的是{day_in_words(found[0].day)}。"
