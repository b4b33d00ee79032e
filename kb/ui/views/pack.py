"""参阅材料: from a topic and questions to a paper that can be handed over."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb import decide
from kb.base import KnowledgeBase
from kb.decide.edits import Edits
from kb.decide.prepare import draft_of
from kb.decide.template import names
from kb.ui import links, session, signed, state
from kb.ui.basket import Kept, kept
from kb.ui.cite import citation
from kb.ui.files import own_templates
from kb.ui.markup import e, go
from kb.ui.morning import morning_html, waiting
from kb.ui.views import draft, edition
from kb.ui.words import FIRST_DAY, LAST_DAY


def show() -> None:
    """The page of packs."""
    with session.guarded():
        base = session.here().base
        if wanted := state.address(state.EDITION):
            edition.show(base, wanted)
            return
        if wanted := state.address(state.PACK):
            draft.show(base, wanted)
            return
        _agenda(base)
        left, right = st.columns([3, 2], gap="large")
        with right:
            basket = kept(base, session.scope())
            _basket(base, basket)
            _former(base)
        with left:
            _form(base, basket)


def _agenda(base: KnowledgeBase) -> None:
    """近期上会: what a timer has prepared, and the way to the agenda."""
    st.subheader("近期上会", anchor=False)
    found = waiting(base, session.scope(), date.today())
    st.html(morning_html(found))
    missing = [one.decision for one in found if not one.pack_id]
    if missing and st.button(f"备好草稿（{len(missing)}）", icon=":material/auto_stories:"):
        with session.guarded(), st.spinner("正在查找条文、编排材料……"):
            own = own_templates(base.settings)
            for one in missing:
                draft_of(
                    base, base.people, session.scope(), one, who=signed.name(), own_templates=own
                )
            st.rerun()
    st.html(go(links.link(links.AGENDA), "全部议题：新增、安排日期、程序核对"))


def _form(base: KnowledgeBase, basket: list[Kept]) -> None:
    own = own_templates(base.settings)
    st.subheader("新做一份参阅材料", anchor=False)
    with st.form("pack", border=False, enter_to_submit=False):
        topic = st.text_input("议题", key=state.TOPIC, placeholder="如：外借公章办理账户变更")
        questions = st.text_area(
            "要回答的问题（每行一个）",
            key=state.QUESTIONS,
            placeholder="外借公章需要谁批准\n最长可以借多少天",
            height=110,
        )
        background = st.text_area(
            "背景（可不填，原样写入材料）",
            key=state.BACKGROUND,
            placeholder="来文情况、已做工作",
            height=90,
        )
        with st.container(horizontal=True):
            template = st.selectbox("模板", names(own), key=state.TEMPLATE)
            day = st.date_input(
                "以哪一天的效力为准",
                value=date.today(),
                min_value=FIRST_DAY,
                max_value=LAST_DAY,
                format="YYYY-MM-DD",
                key=state.PACK_DAY,
            )
        go_on = st.form_submit_button("生成参阅材料", type="primary", icon=":material/description:")
    st.caption("材料中每一句都是原文引语并注明出处；要由人填写的地方标为【待补】。")
    if not go_on:
        return
    if not topic.strip():
        st.warning("请先写明议题。", icon=":material/edit:")
        return
    asked = [line.strip() for line in questions.splitlines() if line.strip()]
    with session.guarded():
        edits = Edits(pinned=tuple(one.passage_id for one in basket if one.row))
        with st.spinner("正在查找条文、编排材料……"):
            pack = decide.make(
                session.here().seat.composing(topic.strip()),
                session.scope(day),
                topic=topic.strip(),
                questions=asked,
                background=background,
                template=template,
                own_templates=own,
                edits=edits,
            )
            decide.store(base.people, pack, edits=edits)
        st.query_params[state.PACK] = pack.id
        st.rerun()


def _basket(base: KnowledgeBase, basket: list[Kept]) -> None:
    st.subheader(f"材料篮（{len(basket)}）", anchor=False)
    if not basket:
        st.caption("在检索结果或原文中点“加入材料篮”，选中的条文一定会引用在材料中。")
    reader = session.scope().reader
    for one in basket:
        with st.container(horizontal=True, vertical_alignment="center", key=f"kept:{one.position}"):
            if one.row is None:
                says = f"{e(one.passage_id)}<p>这一条已不在库中</p>"
            else:
                name = citation(one.row.version, one.row.passage.label, number=False)
                path, at = links.place_of(one.passage_id)
                note = "<p>入篮之后条文有变化，请核对</p>" if one.changed else ""
                says = go(links.read(path, at=at), e(name)) + note
            st.html(f'<div class="kb-basket">{says}</div>')
            st.button(
                "移出",
                key=f"out:{one.passage_id}",
                type="tertiary",
                on_click=base.people.take,
                args=(reader, one.passage_id),
            )


def _former(base: KnowledgeBase) -> None:
    st.subheader("以往的材料", anchor=False)
    rows = base.people.packs()
    if not rows:
        st.caption("还没有做过。做好的材料会列在这里，随时可以重新下载。")
        return
    frozen = {edition.pack_id: edition for edition in base.people.editions.every()}
    items = ""
    for row in rows[:30]:
        at = (row.changed or row.made).astimezone().strftime("%Y-%m-%d %H:%M")
        items += f"<li>{go(links.link(links.PACK, {state.PACK: row.id}), e(row.topic))}"
        items += f"<small>草稿　{e(at)}</small>"
        if one := frozen.get(row.id):
            name = e(f"{one.number} 第{one.edition}版")
            items += f"<br>{go(links.edition(one.id), name)}"
        items += "</li>"
    st.html(f'<div class="kb-start"><section><ul>{items}</ul></section></div>')
