"""What units say, which ways there are, and what the meeting decided."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.decide.agenda import Option
from kb.decide.course import MINUTES, CourseAct
from kb.decide.model import day_in_words
from kb.decide.office import Decision
from kb.ui import acting
from kb.ui.markup import e

COMPARED = (("内容", "words"), ("利", "gains"), ("弊", "costs"), ("依据", "basis"))


def opinions(one: Decision) -> None:
    """Each word for word; dissent in red, with what came of it."""
    for number, opinion in enumerate(one.course.opinions, 1):
        answer = f"<small>处理：{e(opinion.answer)}</small>" if opinion.answer else ""
        name = f"{opinion.unit}　不同意见" if opinion.dissent else opinion.unit
        st.html(
            f'<div class="kb-said{" kb-dissent" if opinion.dissent else ""}">'
            f"<b>{number}. {e(name)}</b>\n{e(opinion.words)}"
            f"<small>{e(opinion.who)}　{day_in_words(opinion.day)}录入</small>{answer}</div>"
        )
    if one.frozen:
        return
    if not one.course.opinions:
        st.caption("还没有录入意见。不同意见原话照录，并写明采纳或不采纳的理由。")
    key = f"opinion:{one.row.id}:"
    with st.form(f"{key}form", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("单位", key=f"{key}unit", placeholder="财务处")
            st.checkbox("不同意见", key=f"{key}dissent")
        st.text_area("意见原文", key=f"{key}words", height=80)
        st.form_submit_button("录入意见", on_click=_said, args=(one, key))
    if not one.course.opinions:
        return
    key = f"reply:{one.row.id}:"
    with st.form(f"{key}form", border=True):
        st.selectbox(
            "哪一条意见",
            range(len(one.course.opinions)),
            format_func=lambda n: f"{n + 1}. {one.course.opinions[n].unit}",
            key=f"{key}opinion",
        )
        st.text_area("处理情况（采纳，或不采纳的理由）", key=f"{key}words", height=68)
        st.form_submit_button("写明处理", on_click=_replied, args=(one, key))


def _said(one: Decision, key: str) -> None:
    data: dict[str, object] = {
        "unit": acting.field(f"{key}unit"),
        "words": acting.field(f"{key}words"),
        "dissent": bool(st.session_state.get(f"{key}dissent")),
    }
    acting.on_decision(one.row.id, CourseAct.OPINION, one.course.length, key, data)


def _replied(one: Decision, key: str) -> None:
    data: dict[str, object] = {
        "opinion": int(st.session_state.get(f"{key}opinion") or 0),
        "words": acting.field(f"{key}words"),
    }
    acting.on_decision(one.row.id, CourseAct.REPLY, one.course.length, key, data)


def options(one: Decision) -> None:
    """Side by side, in their proposers' words; nothing is weighed."""
    found = one.course.options
    if found:
        st.html(options_html(found))
    else:
        st.caption("还没有提出方案。意见分歧较大的，应当至少有两个方案可比。")
    if one.frozen:
        return
    key = f"option:{one.row.id}:"
    with st.form(f"{key}form", border=True):
        st.text_input("方案名称", key=f"{key}name", placeholder=f"方案{len(found) + 1}")
        st.text_area("内容", key=f"{key}words", height=80)
        left, right = st.columns(2)
        left.text_area("利", key=f"{key}gains", height=68)
        right.text_area("弊", key=f"{key}costs", height=68)
        st.text_input("依据", key=f"{key}basis", placeholder="文件和条次")
        st.form_submit_button("提出方案", on_click=_proposed, args=(one, key))
    if not found:
        return
    key = f"drop:{one.row.id}:"
    with st.popover("撤下方案"), st.form(f"{key}form", border=False):
        st.selectbox("方案", [option.name for option in found], key=f"{key}name")
        st.text_input("撤下的理由", key=f"{key}words")
        st.form_submit_button("撤下", on_click=_dropped, args=(one, key))


def options_html(found: tuple[Option, ...]) -> str:
    """A column an option."""
    head = "".join(f'<th scope="col">{e(option.name)}</th>' for option in found)
    rows = "".join(
        f'<tr><th scope="row">{label}</th>'
        + "".join(f"<td>{e(getattr(option, name)) or '—'}</td>" for option in found)
        + "</tr>"
        for label, name in COMPARED
    )
    by = "".join(f"<td>{e(option.who)}　{option.day}</td>" for option in found)
    return (
        f'<div class="kb-table"><table><thead><tr><td></td>{head}</tr></thead>'
        f'<tbody>{rows}<tr><th scope="row">提出</th>{by}</tr></tbody></table></div>'
    )


def _proposed(one: Decision, key: str) -> None:
    data: dict[str, object] = {
        name: acting.field(key + name) for name in ("name", "words", "gains", "costs", "basis")
    }
    acting.on_decision(one.row.id, CourseAct.OPTION, one.course.length, key, data)


def _dropped(one: Decision, key: str) -> None:
    data: dict[str, object] = {name: acting.field(key + name) for name in ("name", "words")}
    acting.on_decision(one.row.id, CourseAct.DROP_OPTION, one.course.length, key, data)


def resolution(one: Decision) -> None:
    """What was decided, by the minutes, and by whom it was recorded."""
    made = one.course.resolution
    if made is not None:
        rows = "".join(
            f'<tr><th scope="row">{e(n)}</th><td>{e(t)}</td></tr>' for n, t in made.fields
        )
        st.html(
            f'<div class="kb-said"><b>{e(made.minutes)}</b>\n{e(made.words)}'
            f"<small>{e(made.who)}　{day_in_words(made.day)}</small></div>"
            + (f'<div class="kb-table"><table>{rows}</table></div>' if rows else "")
        )
    if one.frozen:
        return
    if made is None:
        st.caption("还没有记录会议决定。照纪要原文录入；主要负责人末位表态，不同意见如实记录。")
    key = f"resolve:{one.row.id}:"
    with st.form(f"{key}form", border=True):
        st.text_area("决定原文", key=f"{key}words", height=90)
        with st.container(horizontal=True):
            st.text_input("纪要名称或编号", key=f"{key}minutes", placeholder="第3次局长办公会纪要")
            st.date_input(
                "决定日期", one.row.day or date.today(), key=f"{key}day", format="YYYY-MM-DD",
                width=160, min_value=date(2000, 1, 1),
            )  # fmt: skip
        left, right = st.columns(2)
        for place, name in enumerate(MINUTES):
            (left, right)[place % 2].text_input(name, key=f"{key}f:{name}")
        st.form_submit_button(
            "记录决定" if made is None else "重新记录", on_click=_resolved, args=(one, key)
        )


def _resolved(one: Decision, key: str) -> None:
    data: dict[str, object] = {
        "words": acting.field(f"{key}words"),
        "minutes": acting.field(f"{key}minutes"),
        "fields": {n: text for n in MINUTES if (text := acting.field(f"{key}f:{n}"))},
        "day": st.session_state.get(f"{key}day"),
    }
    acting.on_decision(one.row.id, CourseAct.RESOLVE, one.course.length, key, data)
