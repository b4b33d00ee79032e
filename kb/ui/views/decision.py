"""One decision: where it stands, what it lacks, and everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kb.decide.agenda import ORDER, State
from kb.decide.course import CourseAct
from kb.decide.model import day_in_words
from kb.decide.office import Decision
from kb.decide.prepare import draft_of
from kb.model import Tier
from kb.ui import acting, links, session, signed, state
from kb.ui.agenda import lacks_html, state_badge, steps_html
from kb.ui.files import own_templates
from kb.ui.markup import e, facts, go
from kb.ui.views import closing, decision_form, deliberate, follow_up, procedure
from kb.ui.views.common import side

Side = Callable[[Decision], None]
SAID = ("words", "name", "unit", "minutes", "checklist", "path", "state")


def show(decision_id: str) -> None:
    """The page of one."""
    one = session.here().seat.office().decision(decision_id)
    st.html(go(links.link(links.AGENDA), "← 全部议题"))
    acting.told()
    row = one.row
    st.html(
        f'<div class="kb-made"><h2>{e(row.title)}　{state_badge(row.state)}</h2></div>'
        + facts(
            (
                ("编号", row.id),
                ("会议", row.meeting),
                ("上会", day_in_words(row.day) if row.day else "未定"),
                ("类别", row.kind),
                ("承办", row.department or "未定"),
                ("配合", "、".join(row.partners)),
                ("知悉范围", Tier(row.tier).label),
            )
        )
        + steps_html(row.state)
    )
    signed.ask()
    _next(one)
    _side()(one)


def _side() -> Side:
    """One side at a time, kept in the address: a link leads to it, and drawing it is quick."""
    names = {name: shown for name, (shown, _) in SIDES.items()}
    return SIDES[side("内容", state.DECISION_SIDE, names, fallback=next(iter(SIDES)))][1]


def _next(one: Decision) -> None:
    if one.withdrawn:
        st.html('<div class="kb-weak"><b>已撤回</b>需要时另立新议题。</div>')
        return
    target = one.next
    if target is None:
        st.caption("已归档。")
        return
    key = f"move:{one.row.id}:"
    lacks = one.lacks
    if lacks:
        st.html(
            f'<div class="kb-weak"><b>进入“{target}”还缺 {len(lacks)} 项</b>'
            f"{lacks_html(lacks)}</div>"
        )
    else:
        st.html(f'<div class="kb-summary">进入“{target}”所需的都已具备。</div>')
    with st.container(horizontal=True):
        st.button(
            f"进入“{target}”",
            type="primary",
            icon=":material/arrow_forward:",
            disabled=bool(lacks),
            key=f"{key}go",
            on_click=acting.on_decision,
            args=(one.row.id, CourseAct.MOVE, one.course.length, key, {}),
        )
        earlier = ORDER[: ORDER.index(State(one.row.state))]
        if earlier:
            with st.popover("退回", icon=":material/undo:"), st.form(f"{key}back", border=False):
                st.selectbox("退回到", list(reversed(earlier)), key=f"{key}state")
                st.text_input("理由", key=f"{key}back-words")
                st.form_submit_button("退回", on_click=_back, args=(one, key))
        with st.popover("撤回议题", icon=":material/delete:"), st.form(f"{key}w", border=False):
            st.text_input("撤回的理由", key=f"{key}off-words")
            st.form_submit_button("撤回", on_click=_withdraw, args=(one, key))


def _back(one: Decision, key: str) -> None:
    data: dict[str, object] = {
        "state": st.session_state[f"{key}state"].value,
        "words": acting.field(f"{key}back-words"),
    }
    acting.on_decision(one.row.id, CourseAct.BACK, one.course.length, key, data)


def _withdraw(one: Decision, key: str) -> None:
    data: dict[str, object] = {"words": acting.field(f"{key}off-words")}
    acting.on_decision(one.row.id, CourseAct.WITHDRAW, one.course.length, key, data)


def _papers(one: Decision) -> None:
    """The draft, its frozen editions, and what goes to the meeting besides."""
    base = session.here().base
    held = base.people.pack_of(one.row.id)
    if held is None:
        st.caption("还没有参阅材料。")
        if not one.frozen and st.button("备好草稿", icon=":material/auto_stories:"):
            with session.guarded(), st.spinner("正在查找条文、编排材料……"):
                draft_of(
                    session.here().seat.composing(one.row.title).as_base,
                    base.people,
                    session.scope(),
                    one.row,
                    who=signed.name(),
                    own_templates=own_templates(base.settings),
                )
                st.rerun()
    else:
        rows = base.people.editions.every(pack_id=held.id)
        items = "".join(
            f"<li>{go(links.edition(row.id), e(f'{row.number} 第{row.edition}版'))}"
            f"<small>{e(row.who)}　{row.at.astimezone():%Y-%m-%d %H:%M} 定稿</small></li>"
            for row in rows
        )
        draft = go(links.link(links.PACK, {state.PACK: held.id}), "草稿：修改、定稿")
        st.html(f'<div class="kb-start"><section><ul><li>{draft}</li>{items}</ul></section></div>')
    if one.row.papers:
        names = _named(one.row.papers)
        items = "".join(
            f"<li>{go(links.read(path, at=at), e(name)) if path else e(name)}</li>"
            for name, path, at in names
        )
        st.html(f'<div class="kb-start"><section><h2>上会附件</h2><ul>{items}</ul></section></div>')


def _named(papers: list[str]) -> list[tuple[str, str, str]]:
    """(shown, path, place) of each; path empty where it is no paper of his in the base."""
    base, scope = session.here().base, session.scope()
    by_path = {v.path: v for v in base.documents(scope)}
    found = []
    for text in papers:
        path, at = links.place_of(text) if "#" in text else (text, "")
        version = by_path.get(path)
        shown = f"{version.title}　{at}".strip() if version else text
        found.append((shown, path if version else "", at))
    return found


def _course(one: Decision) -> None:
    """Everything that was done, the last first. Nothing is ever taken out of it."""
    items = "".join(
        f"<li><time>{line.day}</time><b>{e(line.action)}</b>　{e(line.who)}　"
        f"{e('　'.join(str(line.data[k]) for k in SAID if line.data.get(k)))}</li>"
        for line in reversed(one.lines)
    )
    made = f"{one.row.created.astimezone():%Y-%m-%d}"
    st.html(
        f'<ul class="kb-log">{items}<li><time>{made}</time><b>新增</b>　'
        f"{e(one.row.creator)}</li></ul>"
    )


def _change(one: Decision) -> None:
    if one.frozen:
        st.caption("已归档或撤回，不能再改。")
        return
    decision_form.change(one.row)


SIDES: dict[str, tuple[str, Side]] = {
    "procedure": ("程序核对", procedure.show),
    "opinions": ("意见", deliberate.opinions),
    "options": ("方案", deliberate.options),
    "resolution": ("会议决定", deliberate.resolution),
    "tasks": ("督办", follow_up.show),
    "papers": ("材料", _papers),
    "note": ("经验", closing.show),
    "course": ("经过", _course),
    "change": ("修改", _change),
}
