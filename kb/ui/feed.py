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
from kb.ui.dated import dated
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
    current = (one for one in office.decisions() if not one.frozen)
    for one in dated(current, office.tasks()):
        link = f"{root}{one.href}" if root else ""
        decision, step, task = one.decision, one.step, one.task
        if step is not None and decision is not None:
            uid = f"step-{decision.row.id}-{step.step.id}@shuniu"
            title = f"{one.text}（{decision.row.title}）"
            found.append(Date(uid, one.day, title, step.advice, link))
        elif decision is not None:
            row = decision.row
            lacks = "；".join(lack.what for lack in decision.lacks)
            says = f"{row.meeting}　{row.state}" + (f"\n还缺：{lacks}" if lacks else "")
            found.append(Date(f"decision-{row.id}@shuniu", one.day, one.text, says, link, 2))
        elif task is not None:
            says = f"牵头：{task.lead or '未定'}\n标准：{task.draft.standard}\n{task.draft.source}"
            found.append(Date(f"task-{task.id}@shuniu", one.day, one.text, says, link, 3))
    return sorted(found, key=lambda date: (date.day, date.uid))


def says(office: Office) -> str:
    """How many dates the file holds now."""
    found = dates(office, "")
    if not found:
        return "现在没有日程。"
    return f"现有 {len(found)} 项日程，最近的是{day_in_words(found[0].day)}。"
