"""经验: at the end of a matter its note is asked for, with what is known filled in."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.decide.agenda import ORDER, State
from kb.decide.closing import facts_of, quoted
from kb.decide.course import CourseAct
from kb.decide.office import Decision
from kb.errors import KbError, StepRefused
from kb.model import Tier
from kb.ui import acting, jobs, links, session, signed, state
from kb.ui.experience import LINES, PARTS, Note, folder_of, write
from kb.ui.markup import e, go
from kb.ui.views.admin_intake import followed


def show(one: Decision) -> None:
    """The side of a decision: the note that was written, or its form once the matter is done."""
    settings = session.here().base.settings
    if one.course.experience:
        st.html(f"经验材料：{_link(one.course.experience)}")
        followed(settings)
        return
    if one.course.no_experience:
        st.html(f'<div class="kb-said"><b>不写经验</b>\n{e(one.course.no_experience)}</div>')
    if one.frozen:
        return
    if one.row.state not in ORDER[ORDER.index(State.DONE) :]:
        st.caption("办结以后，在这里写经验材料；已知的事实会先填好，教训由人写。")
        return
    known = facts_of(one, quoted(session.here().base.people, one.row.id), date.today())
    key = f"note:{one.row.id}:"
    st.caption("事实已按经过填好，请核对、删改，补上教训。保存后存为“经验”，立即入库。")
    with st.form(f"{key}form", border=True, enter_to_submit=False):
        st.text_input("题目", f"{one.row.title}的办理", key=f"{key}title")
        st.text_input("整理单位", one.row.department, key=f"{key}unit")
        for name, asks, needed in PARTS:
            label = name if needed else f"{name}（可不填）"
            if name in LINES:
                st.text_input(label, known[name], key=key + name, placeholder=asks)
            else:
                height = max(68, min(220, 30 + 26 * len(known[name].splitlines())))
                st.text_area(label, known[name], key=key + name, placeholder=asks, height=height)
        st.form_submit_button(
            "保存并入库", type="primary", icon=":material/save:", on_click=_keep, args=(one, key)
        )
    key = f"no-note:{one.row.id}:"
    with st.popover("不写经验"), st.form(f"{key}form", border=False):
        st.text_input("不写的理由", key=f"{key}words")
        st.form_submit_button("登记", on_click=_none, args=(one, key))


def _none(one: Decision, key: str) -> None:
    data: dict[str, object] = {"words": acting.field(f"{key}words")}
    acting.on_decision(one.row.id, CourseAct.NO_EXPERIENCE, one.course.length, key, data)


def _keep(one: Decision, key: str) -> None:
    settings = session.here().base.settings
    note = Note(
        acting.field(f"{key}title"),
        acting.field(f"{key}unit"),
        date.today(),
        {name: acting.field(key + name) for name, _, _ in PARTS},
        Tier(one.row.tier).label,
    )
    written = []

    def act() -> None:
        if missing := note.missing():
            raise StepRefused(f"还没有写：{'、'.join(missing)}", hint="补上后再保存")
        path = write(folder_of(settings), note)
        written.append(path)
        try:
            session.here().seat.office().act(
                one.row.id,
                CourseAct.EXPERIENCE,
                {"path": path.name},
                who=signed.name(),
                based_on=one.course.length,
            )
        except BaseException:
            # What was not recorded must not lie in the base as if it had been.
            path.unlink(missing_ok=True)
            raise

    if not acting.attempt(act, f"已保存为经验《{note.title}》，正在入库"):
        return
    acting.clear(key)
    try:
        jobs.start(
            settings, [str(written[0].parent)], what=f"收入经验《{note.title}》", who=signed.name()
        )
    except KbError as error:
        says = f"已保存为经验《{note.title}》，但还没有入库：{error.message}"
        st.session_state[state.TOLD] = (False, says, "等它完成后，在“管理”中更新索引")


def _link(name: str) -> str:
    base, scope = session.here().base, session.scope()
    path = next(
        (v.path for v in base.documents(scope) if v.path == name or v.path.endswith(f"/{name}")), ""
    )
    return go(links.read(path), e(name)) if path else f"{e(name)}（正在入库，或不在可见范围）"
