"""参阅材料: from a topic and questions to a paper that can be handed over."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb import decide
from kb.base import KnowledgeBase
from kb.decide.template import names
from kb.ui import links, session, state
from kb.ui.basket import Kept, kept, with_chosen
from kb.ui.cite import citation
from kb.ui.files import NAMES, TYPES, file_name, own_templates
from kb.ui.markup import e, go
from kb.ui.words import FIRST_DAY, LAST_DAY


def show() -> None:
    """The page of packs."""
    with session.guarded():
        base = session.here().base
        if wanted := state.address(state.PACK):
            _made(base, wanted)
            return
        left, right = st.columns([3, 2], gap="large")
        with right:
            basket = kept(base, session.scope())
            _basket(base, basket)
            _former(base)
        with left:
            _form(base, basket)


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
        with st.spinner("正在查找条文、编排材料……"):
            pack = decide.make(
                base,
                session.scope(day),
                topic=topic.strip(),
                questions=asked,
                background=with_chosen(background, basket),
                template=template,
                own_templates=own,
            )
            decide.store(base.people, pack)
        st.query_params[state.PACK] = pack.id
        st.rerun()


def _made(base: KnowledgeBase, pack_id: str) -> None:
    pack = decide.load(base.people, pack_id)
    st.html(go(links.link(links.PACK), "← 另做一份"))
    files = "".join(_download(pack, form) for form in TYPES)
    gaps = (
        f'<div class="kb-weak"><b>还有 {len(pack.gaps)} 个问题没有找到直接依据</b>'
        f"{e('；'.join(pack.gaps))}</div>"
        if pack.gaps
        else ""
    )
    st.html(
        f'<div class="kb-made"><h2>{e(pack.topic)}</h2>'
        f'<div class="kb-summary">引用 {len(pack.sources)} 处原文　'
        f"以 {e(pack.as_of or '不限日期')} 为准　编号 {e(pack.number or pack.id)}</div></div>"
    )
    st.html(f'<div class="kb-files">{files}</div>{gaps}')
    view = links.pack_file(pack.id, file_name(pack.topic, pack.as_of, "html"))
    st.iframe(f"{view}?view=1", height=900, alt="参阅材料预览")


def _download(pack: decide.Pack, form: str) -> str:
    href = links.pack_file(pack.id, file_name(pack.topic, pack.as_of, form))
    return f'<a class="kb-open" href="{e(href)}" download>下载{e(NAMES[form])}</a>'


def _basket(base: KnowledgeBase, basket: list[Kept]) -> None:
    st.subheader(f"材料篮（{len(basket)}）", anchor=False)
    if not basket:
        st.caption("在检索结果或原文中点“加入材料篮”，选中的条文会列在材料的背景中。")
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
    items = "".join(
        f"<li>{go(links.link(links.PACK, {state.PACK: row.id}), e(row.topic))}"
        f"<small>{e(row.made.astimezone().strftime('%Y-%m-%d %H:%M'))}</small></li>"
        for row in rows[:30]
    )
    st.html(f'<div class="kb-start"><section><ul>{items}</ul></section></div>')
