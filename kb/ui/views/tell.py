"""«有用» and «没找到／有误»: buttons beside every result, and the little form that one opens."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb.decide.model import digest_of
from kb.retrieve import Hit
from kb.ui import session
from kb.ui.cite import citation
from kb.ui.feedback import KINDS, OF_A_HIT, OF_A_SEARCH
from kb.ui.markup import plain
from kb.ui.state import SAYS, THANKS, USEFUL, WHAT


def hit_button(hit: Hit, query: str) -> None:
    """Beside a result."""
    if st.button("没找到／有误", key=f"tell:{hit.id}", type="tertiary"):
        about = citation(hit.version, hit.label, number=False)
        _dialog(OF_A_HIT, query, about, hit.id, digest_of(hit.text))


def useful_button(hit: Hit, query: str) -> None:
    """Beside a result: it answered. The question and the article become known ones."""
    marked = st.session_state.setdefault(USEFUL, set())
    there = (query, hit.id) in marked
    st.button(
        "已标为有用" if there else "有用",
        key=f"useful:{hit.id}",
        icon=":material/thumb_up:",
        type="tertiary",
        disabled=there,
        help="以后问到相似的问题，这一条会排得更前",
        on_click=_useful,
        args=(hit.id, query),
    )


def _useful(passage_id: str, query: str) -> None:
    with session.guarded():
        session.here().base.people.found_useful(query, passage_id)
        st.session_state[USEFUL].add((query, passage_id))
        st.toast("已记下：相似的问题会先给出这一条。", icon=":material/thumb_up:")


def search_button(query: str) -> None:
    """Below all results."""
    if st.button("没找到想要的？告诉维护人员", key="tell", icon=":material/feedback:"):
        _dialog(OF_A_SEARCH, query, "", "", "")


@st.dialog("没找到／有误")
def _dialog(kinds: Sequence[str], query: str, about: str, passage_id: str, digest: str) -> None:
    st.caption(f"关于：{plain(about)}" if about else f"关于检索：{plain(query)}")
    with st.form("tell-form", border=False):
        st.radio("是什么情况", kinds, format_func=KINDS.__getitem__, key=WHAT)
        st.text_area("请写明想找什么，或哪里不对（可不填）", key=SAYS, max_chars=1000, height=110)
        # As a callback: it runs before the dialog is drawn anew.
        sent = st.form_submit_button(
            "提交", type="primary", on_click=_keep, args=(query, passage_id, digest)
        )
    st.caption("会记下问题、这一条和您写的话，供维护人员改进；在“管理”页可以看到处理情况。")
    if sent:
        st.rerun()


def _keep(query: str, passage_id: str, digest: str) -> None:
    with session.guarded():
        base = session.here().base
        base.desk.tell(
            session.scope().reader,
            str(st.session_state[WHAT]),
            query=query,
            says=str(st.session_state[SAYS]).strip(),
            generation=base.generation,
            passage_id=passage_id,
            digest=digest,
        )
        # Not here: the run of a dialog puts a toast in the dialog's own place, and what the dialog
        # draws then falls into a toast ("setIn cannot be called on an ElementNode").
        st.session_state[THANKS] = True


def thanks() -> None:
    """Once, in the run after what somebody said was kept."""
    if st.session_state.pop(THANKS, False):
        st.toast("已记下，谢谢。", icon=":material/check:")
