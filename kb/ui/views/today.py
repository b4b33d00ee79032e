"""今日: the page that a day begins with, for each role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from kb.access.policy import Action
from kb.base import KnowledgeBase
from kb.catalogue.audit import Filter
from kb.decide.follow import light_rules
from kb.seat import Seat
from kb.ui import followed, links, session
from kb.ui.markup import e, go
from kb.ui.morning import morning_html, waiting
from kb.ui.session import Mine
from kb.ui.today import Item, belongs, due, items_html, lights_html, news_html, waits


def show() -> None:
    """The page. What a role has no duty for is not on it."""
    with session.guarded():
        opened = session.here()
        seat = opened.seat
        st.subheader("今日", anchor=False)
        if seat.may(Action.COMPOSE).allowed:
            work(opened)
        boxes = [*_keeping(seat, opened.base), *_accounts(seat), *_log(seat)]
        if boxes:
            st.html(f'<div class="kb-start kb-today">{"".join(boxes)}</div>')


def work(opened: Mine) -> None:
    """For who reads and writes: due, waiting, prepared, changed."""
    seat, base = opened.seat, opened.base
    office = seat.office()
    decisions, tasks = office.decisions(), office.tasks()
    mine = belongs(seat.visitor)
    name = seat.visitor.reader
    boxes = (
        items_html("到期的", due(office, decisions, tasks, mine), "七天内没有到期的事。"),
        items_html(
            "等我办的", [*_papers(base, name), *waits(tasks, name, mine)], "没有等您办的事。"
        ),
    )
    st.html(f'<div class="kb-start kb-today">{"".join(boxes)}</div>')
    if lights := lights_html(tasks, office, light_rules(base.settings.home)):
        st.html(lights)
    prepared = waiting(base, session.scope(), office.today)
    if prepared:
        st.html("<h3>已备好的</h3>" + morning_html(prepared))
    news = followed.news(base, opened.results, session.scope(), name)
    st.html("<h3>所用制度的变化</h3>")
    if news:
        st.html(news_html(news))
        st.button("都看过了", icon=":material/done_all:", on_click=_seen, args=(name,))
    else:
        st.caption("收藏的检索没有变化。每次更新索引以后，收藏的检索会自动重查。")


def _seen(name: str) -> None:
    base = session.here().base
    for row in base.desk.saved(name):
        if row.news:
            followed.seen(base, name, row)


def _papers(base: KnowledgeBase, name: str) -> list[Item]:
    """Papers that were handed to him and that he has not read."""
    if not name:
        return []
    unread = [one for one in base.people.editions.deliveries(recipient=name) if one.read is None]
    if not unread:
        return []
    return [Item(None, f"阅件 {len(unread)} 份未阅", links.link(links.READING), "送给您的材料")]


def _keeping(seat: Seat, base: KnowledgeBase) -> list[str]:
    """For who keeps the base: files that were not read, feedback, marks in doubt."""
    if not seat.may(Action.MAINTAIN).allowed:
        return []
    admin = links.link(links.ADMIN)
    failed = sum(bool(row.failure) for row in base.files())
    told = sum(row.done is None for row in base.desk.told())
    asked = base.desk.unanswered(200)
    found = [
        Item(None, f"{count} {text}", admin, why)
        for count, text, why in (
            (failed, "个文件没有入库", "看原因和办法"),
            (told, "条反馈待处理", "没找到、有误"),
            (len(asked), "个问题没有查到直接依据", "可补充同义词或制度"),
        )
        if count
    ]
    return [items_html("知识库", found, "没有要处理的。")]


def _accounts(seat: Seat) -> list[str]:
    """For who keeps accounts."""
    if seat.visitor.identity is None or not seat.may(Action.ACCOUNTS).allowed:
        return []
    rows = seat.accounts.all()
    now = datetime.now(UTC)
    page = links.link(links.ACCOUNTS)
    locked = sum(bool(r.locked_until and r.locked_until > now) for r in rows)
    first = sum(r.must_change and not r.disabled for r in rows)
    found = [
        Item(None, f"{count} 个账号{text}", page, why)
        for count, text, why in (
            (locked, "被锁定", "口令连错"),
            (first, "还没有改初始口令", "首次登录时改"),
        )
        if count
    ]
    return [items_html("账号", found, f"共 {len(rows)} 个账号，没有要处理的。")]


def _log(seat: Seat) -> list[str]:
    """For the auditor: what was refused since yesterday."""
    if seat.visitor.identity is None or not seat.may(Action.AUDIT).allowed:
        return []
    since = datetime.now(UTC) - timedelta(days=1)
    refused = list(seat.log.every(Filter(since=since, allowed=False)))
    who = "、".join(dict.fromkeys(row.who for row in refused))[:60]
    page = links.link(links.AUDIT)
    found = [Item(None, f"{len(refused)} 次被拒绝", page, f"一天之内　{who}")] if refused else []
    return [items_html("审计", found, "一天之内没有被拒绝的操作。")]


def brief(opened: Mine) -> str:
    """One line for the search page: how much there is, and the way here."""
    seat = opened.seat
    if not seat.may(Action.COMPOSE).allowed:
        return ""
    office = seat.office()
    tasks, mine = office.tasks(), belongs(seat.visitor)
    counts = (
        (len(due(office, office.decisions(), tasks, mine)), "件到期"),
        (len(waits(tasks, seat.visitor.reader, mine)), "件等办"),
    )
    said = "，".join(f"{count} {text}" for count, text in counts if count)
    if not said:
        return ""
    return f'<div class="kb-row">{go(links.link(links.TODAY), e(f"今日：{said} →"))}</div>'
