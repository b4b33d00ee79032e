"""督办 of one decision: its tasks, a new one, or why there is none."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.decide.course import CourseAct
from kb.decide.follow import Draft, light_rules
from kb.decide.office import Decision
from kb.ui import acting, session, signed
from kb.ui.markup import e
from kb.ui.tasks import table_html
from kb.ui.views.decision_form import parts

CATEGORIES = ("", "会议决定", "领导批示", "上级交办", "年度重点")


def show(one: Decision) -> None:
    """The side of a decision."""
    base, office = session.here().base, session.here().seat.office()
    if one.tasks:
        rules = light_rules(base.settings.home)
        st.html(table_html(one.tasks, office.today, rules, office.calendar))
    if one.course.no_tasks:
        st.html(f'<div class="kb-said"><b>不需督办</b>\n{e(one.course.no_tasks)}</div>')
    if one.frozen:
        return
    made = one.course.resolution
    source = f"{made.minutes}：{made.words}" if made else ""
    form(f"file:{one.row.id}:", decision_id=one.row.id, source=source, lead=one.row.department)
    if not one.tasks and not one.course.no_tasks:
        key = f"none:{one.row.id}:"
        with st.popover("不需督办"), st.form(f"{key}form", border=False):
            st.text_input("不需督办的理由", key=f"{key}words")
            st.form_submit_button("登记", on_click=_none, args=(one, key))


def _none(one: Decision, key: str) -> None:
    data: dict[str, object] = {"words": acting.field(f"{key}words")}
    acting.on_decision(one.row.id, CourseAct.NO_TASKS, one.course.length, key, data)


def form(
    key: str,
    *,
    decision_id: str = "",
    source: str = "",
    lead: str = "",
    what: str = "",
    remark_id: int | None = None,
) -> None:
    """立项: what is to be done so that it can be checked, by whom, until when, by what."""
    with st.form(f"{key}form", border=True, enter_to_submit=False):
        st.text_area(
            "办什么（一件事一条，能办、能查、有期限）", what, key=f"{key}what", height=68,
            placeholder="完成会议设备采购并组织验收",
        )  # fmt: skip
        with st.container(horizontal=True):
            st.text_input("牵头单位", lead, key=f"{key}lead")
            st.text_input("配合单位（用顿号分开）", key=f"{key}partners")
            st.date_input(
                "办结期限", None, key=f"{key}limit", format="YYYY-MM-DD", width=160,
                min_value=date(2000, 1, 1), max_value=date(2099, 12, 31),
            )  # fmt: skip
            st.selectbox(
                "类别", CATEGORIES, key=f"{key}category", width=140,
                format_func=lambda name: name or "未分类",
            )  # fmt: skip
        st.text_input("工作标准（怎样算办完）", key=f"{key}standard", placeholder="验收单签字归档")
        st.text_area("来源（条文编号、纪要或者批示）", source, key=f"{key}source", height=68)
        st.form_submit_button(
            "立项", icon=":material/add_task:", on_click=_file, args=(key, decision_id, remark_id)
        )


def _file(key: str, decision_id: str, remark_id: int | None) -> None:
    draft = Draft(
        what=acting.field(f"{key}what"),
        lead=acting.field(f"{key}lead"),
        partners=tuple(parts(acting.field(f"{key}partners"))),
        limit=st.session_state.get(f"{key}limit"),
        standard=acting.field(f"{key}standard"),
        source=acting.field(f"{key}source"),
        category=acting.field(f"{key}category"),
        decision_id=decision_id,
    )

    def act() -> None:
        session.here().seat.office().file(draft, who=signed.name(), remark_id=remark_id)

    if acting.attempt(act, f"已立项：{draft.what}"):
        acting.clear(key)
