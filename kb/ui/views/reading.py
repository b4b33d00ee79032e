"""阅件: what was handed to a leader. Large letters, one paper at a time, nothing to learn."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.access.policy import Action
from kb.base import KnowledgeBase
from kb.decide.model import day_in_words
from kb.decide.reading import Entry, entries
from kb.ui import links, session, state
from kb.ui.files import LARGE, file_name
from kb.ui.markup import e, empty_state, plain

AT = "reading_at"


def show() -> None:
    """The reading list of one person."""
    with session.guarded():
        mine = session.here()
        mine.seat.require(Action.VIEW)
        base = mine.base
        reader = session.scope().reader or _who(base)
        papers = entries(base.people, reader, everything=True) if reader else []
        if not papers:
            st.html(
                empty_state(
                    "没有要阅的材料", "材料定稿以后，在它的页面上填写呈送给谁，就会列在这里。"
                )
            )
            return
        open_ones = sum(paper.state == "未阅" for paper in papers)
        with st.container(key="kb-reading"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(f'<div class="kb-summary">共 {len(papers)} 份，未阅 {open_ones} 份</div>')
                file = e(links.reading_file(reader))
                st.html(
                    f'<a class="kb-copy" href="{file}" download title="一个文件，存到平板即可翻阅">'
                    "离线阅读</a>"
                )
            at = min(int(st.session_state.get(AT, 0)), len(papers) - 1)
            _turn(at, len(papers))
            _paper(base, papers[at], reader)


def _who(base: KnowledgeBase) -> str:
    """Demo mode has no accounts: one chooses whose desk it is."""
    names = sorted({d.recipient for d in base.people.editions.deliveries()})
    if not names:
        return ""
    chosen = st.segmented_control(
        "谁的阅件", names, default=names[0], key=state.READER, format_func=plain
    )
    return chosen or names[0]


def _turn(at: int, count: int) -> None:
    back, here, on = st.columns([1, 1, 1], vertical_alignment="center")
    with back:
        st.button("上一份", disabled=at == 0, width="stretch", on_click=_go, args=(at - 1,))
    with here:
        st.html(f'<p style="text-align:center;font-size:1.2rem">{at + 1} / {count}</p>')
    with on:
        st.button("下一份", disabled=at + 1 >= count, width="stretch", on_click=_go, args=(at + 1,))


def _go(at: int) -> None:
    st.session_state[AT] = at


def _paper(base: KnowledgeBase, paper: Entry, reader: str) -> None:
    kept = base.people.editions
    for remark in paper.remarks:
        st.html(
            f'<div class="kb-remark">{e(remark.text)}<small>{e(reader)}　'
            f"{e(day_in_words(remark.day))}</small></div>"
        )
    key = f"{LARGE}{paper.row.id}"
    view = links.pack_file(key, file_name(paper.pack.topic, paper.pack.as_of, "html"))
    st.iframe(f"{view}?view=1", height=1000, alt=paper.pack.topic)
    one = paper.delivery
    read, circle = st.columns(2)
    with read:
        st.button(
            "已阅" if one.read is None else f"已阅　{one.read.astimezone():%m-%d %H:%M}",
            key=f"read:{one.id}", disabled=one.read is not None, width="stretch",
            icon=":material/visibility:", on_click=kept.mark, args=(one.id,),
            kwargs={"circled": False},
        )  # fmt: skip
    with circle:
        st.button(
            "圈阅" if one.circled is None else f"已圈阅　{one.circled.astimezone():%m-%d %H:%M}",
            key=f"circle:{one.id}", disabled=one.circled is not None, width="stretch",
            icon=":material/radio_button_unchecked:", on_click=kept.mark, args=(one.id,),
            kwargs={"circled": True},
        )  # fmt: skip
    with st.form(f"remark:{one.id}", border=False, clear_on_submit=True):
        text = st.text_area("批示", height=110, placeholder="写下批示，落款为今天的日期")
        day = st.date_input("日期", value=date.today(), format="YYYY-MM-DD", width=220)
        if st.form_submit_button("写入批示", type="primary", width="stretch") and text.strip():
            typed_by = session.scope().reader or reader
            kept.write(one.id, text.strip(), day or date.today(), typed_by)
            st.rerun()
