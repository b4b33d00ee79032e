"""Decisions as a list, a board by state and a month; what one lacks, and how far it is."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.decide.agenda import ORDER, Missing, State
from kb.decide.follow import Task
from kb.decide.model import day_in_words
from kb.decide.office import Decision
from kb.law.workdays import Calendar
from kb.model import Tier
from kb.ui import links, state
from kb.ui.dated import dated
from kb.ui.markup import e, go, table

TONES = {
    State.IDEA: "plain",
    State.PREPARING: "wait",
    State.MEETING: "warn",
    State.DECIDED: "good",
    State.EXECUTING: "wait",
    State.DONE: "good",
    State.ARCHIVED: "plain",
}
WEEK = "一二三四五六日"
MOST = 4
"""Entries of a day that are shown; more are counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of a day in the calendar; ``tone`` is a class of `markup.badge`."""

    day: date
    text: str
    href: str
    tone: str


def state_badge(name: str) -> str:
    """The state of a decision."""
    tone = TONES.get(State(name), "plain") if name in set(ORDER) else "gone"
    return f'<span class="kb-badge kb-{tone}">{e(name)}</span>'


def list_html(decisions: Sequence[Decision]) -> str:
    """A table: what, where it stands, when, who, which papers, what is missing."""
    head = ("编号", "议题", "状态", "上会", "承办（配合）", "知悉范围", "材料", "还缺")
    return table(head, map(_row, decisions), "kb-ledger")


def _row(one: Decision) -> str:
    row = one.row
    day = day_in_words(row.day) if row.day else "未定"
    meeting = f"<br><small>{e(row.meeting)}</small>" if row.meeting else ""
    partners = f"（{e('、'.join(row.partners))}）" if row.partners else ""
    papers = "、".join(
        text
        for text in (
            f"定稿 {len(one.editions)} 版" if one.editions else "",
            f"附件 {len(row.papers)} 件" if row.papers else "",
        )
        if text
    )
    lacks = f"{len(one.lacks)} 项" if one.lacks else ""
    return (
        f'<tr><td class="kb-nowrap" style="min-width:0">{e(row.id)}</td>'
        f'<td style="min-width:14rem">{go(links.decision(row.id), e(row.title))}</td>'
        f"<td>{state_badge(row.state)}</td>"
        f'<td class="kb-nowrap">{e(day)}{meeting}</td>'
        f"<td>{e(row.department) or '未定'}{partners}</td>"
        f'<td class="kb-nowrap">{e(Tier(row.tier).label)}</td>'
        f"<td>{e(papers) or '—'}</td><td class='kb-nowrap'>{e(lacks) or '—'}</td></tr>"
    )


def board_html(decisions: Sequence[Decision]) -> str:
    """A column a state, from 酝酿 to 归档."""
    columns = []
    for name in ORDER:
        cards = [one for one in decisions if one.row.state == name]
        inner = "".join(_card(one) for one in cards)
        columns.append(f"<section><h3>{name}<small>{len(cards)}</small></h3>{inner}</section>")
    return f'<div class="kb-board">{"".join(columns)}</div>'


def _card(one: Decision) -> str:
    row = one.row
    day = f"{day_in_words(row.day)}{row.meeting}" if row.day else "上会日期未定"
    lacks = f'<p class="kb-lack">还缺 {len(one.lacks)} 项</p>' if one.lacks else ""
    return (
        f"<article>{go(links.decision(row.id), e(row.title))}"
        f"<p>{e(day)}</p><p>{e(row.department) or '承办未定'}</p>{lacks}</article>"
    )


def entries(decisions: Iterable[Decision], tasks: Iterable[Task]) -> list[Entry]:
    """`kb.ui.dated`, by day; a decision that was withdrawn is left out."""
    current = (one for one in decisions if not one.withdrawn)
    found = [
        Entry(one.day, one.text, one.href, "gone" if one.task else "wait" if one.step else "warn")
        for one in dated(current, tasks)
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.text))


def month_of(text: str, today: date) -> date:
    """The first day of ``2026-03``; this month where the text is none."""
    try:
        year, month = map(int, text.split("-"))
        return date(year, month, 1)
    except ValueError:
        return today.replace(day=1)


def month_html(first: date, found: Sequence[Entry], worked: Calendar, today: date) -> str:
    """A month, weeks from Monday; days off are grey and named."""
    by_day: dict[date, list[Entry]] = {}
    for entry in found:
        by_day.setdefault(entry.day, []).append(entry)
    weeks = calendar.Calendar(firstweekday=0).monthdatescalendar(first.year, first.month)
    body = "".join(
        f"<tr>{''.join(_day(day, first, by_day, worked, today) for day in week)}</tr>"
        for week in weeks
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in WEEK)
    note = (
        ""
        if worked.known(first)
        else f'<p class="kb-summary">{first.year} 年的放假安排未录入，按周末推算。</p>'
    )
    return (
        f'<div class="kb-row kb-month-bar">{_turn(first, -1, "← 上月")}'
        f"<b>{first.year}年{first.month}月</b>{_turn(first, 1, '下月 →')}</div>"
        f'<table class="kb-month"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}'
    )


def _turn(first: date, by: int, label: str) -> str:
    year, month = divmod(first.year * 12 + first.month - 1 + by, 12)
    given = {state.AGENDA_VIEW: "month", state.MONTH: f"{year}-{month + 1:02}"}
    return go(links.link(links.AGENDA, given), label)


def _day(
    day: date,
    first: date,
    by_day: Mapping[date, Sequence[Entry]],
    worked: Calendar,
    today: date,
) -> str:
    if day.month != first.month:
        return '<td class="kb-other-month"></td>'
    name = worked.name(day) if not worked.works(day) else ("班" if day.weekday() > 4 else "")
    classes = " ".join(
        text
        for text in (
            "" if worked.works(day) else "kb-off",
            "kb-now" if day == today else "",
        )
        if text
    )
    found = by_day.get(day, [])
    shown = "".join(
        go(one.href, e(one.text), name=f"kb-entry kb-{one.tone}", title=one.text)
        for one in found[:MOST]
    )
    more = f"<small>另有 {len(found) - MOST} 件</small>" if len(found) > MOST else ""
    named = f"<small>{e(name)}</small>" if name and name not in ("周六", "周日") else ""
    return f'<td class="{classes}"><div><b>{day.day}</b>{named}</div>{shown}{more}</td>'


def steps_html(name: str) -> str:
    """The seven states in a row, those that lie behind marked."""
    at = ORDER.index(State(name)) if name in set(ORDER) else -1
    items = "".join(
        f"<li{_where(place, at)}>{e(state_name)}</li>" for place, state_name in enumerate(ORDER)
    )
    return f'<ol class="kb-steps" aria-label="进展">{items}</ol>'


def _where(place: int, at: int) -> str:
    if place == at:
        return ' class="kb-at" aria-current="step"'
    return ' class="kb-past"' if place < at else ""


def lacks_html(lacks: Sequence[Missing]) -> str:
    """What is missing, what to do, and which article asks for it."""
    items = "".join(
        f"<li><b>{e(lack.what)}</b><small>{e(lack.how)}</small>"
        + (f"<small>{e(lack.place)}</small>" if lack.place else "")
        + "</li>"
        for lack in lacks
    )
    return f'<ul class="kb-lacks">{items}</ul>'
