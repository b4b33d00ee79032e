"""One duty beside its article, to be confirmed, corrected or rejected by a person."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb.catalogue.verdicts import CONFIRMED, CORRECTED, OPEN, REJECTED
from kb.decide.system.ledger import UNNAMED, Entry, State
from kb.errors import KbError
from kb.seat import Seat
from kb.ui import links, session, state
from kb.ui.markup import e, empty_state, go, plain
from kb.ui.paper_link import paper_link

NAMES = {CONFIRMED: "确认", CORRECTED: "更正", REJECTED: "不是职责", OPEN: "撤回结论"}


def check(seat: Seat, entries: Sequence[Entry], wanted: str) -> None:
    """The duty that the address names (``passage|mark``), with its article and the form."""
    passage_id, _, mark = wanted.rpartition("|")
    entry = next((x for x in entries if (x.passage_id, x.mark) == (passage_id, mark)), None)
    with st.container(border=True, key="kb-duty"):
        st.html(f"<b>核对一项职责</b>　{go(links.link(links.DUTIES), '收起')}")
        if entry is None:
            st.html(empty_state("这一项已经不在台账里", "条文可能已修改或废止。"))
            return
        _article(seat, entry)
        _form(seat, entry)
        _history(seat, entry)


def _article(seat: Seat, entry: Entry) -> None:
    row = seat.passage(entry.passage_id, session.scope())
    text = e(row.passage.text).replace("\n", "<br>")
    st.html(f"<p>{paper_link(entry.passage_id, entry.title)}</p><blockquote>{text}</blockquote>")
    st.caption("程序读作：" + "　".join(part for part in entry.read.split("｜") if part))
    if entry.state is State.CHANGED:
        st.warning("上次核对以后，这一条的文字有了变化，请重新核对。")


def _form(seat: Seat, entry: Entry) -> None:
    with st.form(f"duty-{entry.mark}", border=False):
        left, right = st.columns(2)
        shown = "" if entry.actor == UNNAMED else entry.actor
        actor = left.text_input("责任主体", shown)
        limit = right.text_input("时限", entry.limit)
        action = st.text_area("应办事项", entry.action, height=80)
        trigger = left.text_input("自何时起算", entry.trigger)
        note = right.text_input("备注", entry.note)
        with st.container(horizontal=True):
            pressed = {
                CONFIRMED: st.form_submit_button("确认，读得对", type="primary"),
                CORRECTED: st.form_submit_button("按上面填写的更正"),
                REJECTED: st.form_submit_button("不是职责"),
                OPEN: st.form_submit_button("撤回结论", disabled=entry.state is State.UNSEEN),
            }
    verdict = next((name for name, down in pressed.items() if down), "")
    if not verdict:
        return
    words = {"actor": actor, "action": action, "limit": limit, "trigger": trigger}
    try:
        seat.survey.judge(entry, verdict, note=note, **(words if verdict == CORRECTED else {}))
    except KbError as error:
        st.error(plain(f"{error.message}　{error.hint}"))
        return
    st.toast(f"已记下：{NAMES[verdict]}")
    st.query_params.pop(state.DUTY, None)
    st.rerun()


def _history(seat: Seat, entry: Entry) -> None:
    said = seat.survey.history(entry.passage_id, entry.mark)
    if said:
        lines = "；".join(f"{row.at:%Y-%m-%d} {row.who} {NAMES[row.verdict]}" for row in said)
        st.caption(f"核对记录：{plain(lines)}")
