"""议题: what is to be decided, as a list, a board and a month; one decision laid open."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.access.policy import Action
from kb.ui import acting, session, signed, state
from kb.ui.agenda import board_html, entries, list_html, month_html, month_of
from kb.ui.markup import empty_state
from kb.ui.views import agenda_import, decision, decision_form
from kb.ui.views.common import side

VIEWS = {"list": "列表", "board": "看板", "month": "日历"}
DONE = ("办结", "归档", "撤回")
SHOW_DONE = "agenda-done"


def show() -> None:
    """The page."""
    with session.guarded():
        seat = session.here().seat
        seat.require(Action.COMPOSE)
        if wanted := state.address(state.DECISION):
            decision.show(wanted)
            return
        office = seat.office()
        st.subheader("议题", anchor=False)
        acting.told()
        everything = office.decisions()
        with st.container(horizontal=True, vertical_alignment="center"):
            view = side("看法", state.AGENDA_VIEW, VIEWS, fallback="list")
            done = st.toggle("含已办结、已撤回", key=SHOW_DONE)
        shown = [one for one in everything if done or one.row.state not in DONE]
        if not everything:
            st.html(
                empty_state(
                    "还没有议题",
                    "在下面新增一件，或导入 Excel 表。从酝酿到归档，缺什么、最迟哪天办，都会提醒。",
                )
            )
        elif view == "month":
            first = month_of(state.address(state.MONTH), date.today())
            found = entries(shown, office.tasks())
            st.html(month_html(first, found, office.calendar, date.today()))
        elif view == "board":
            st.html(board_html([one for one in shown if not one.withdrawn]))
        elif shown:
            st.html(list_html(shown))
        else:
            st.caption("没有在办的议题。")
        with st.expander("新增议题", icon=":material/add:"):
            signed.ask()
            decision_form.new()
        with st.expander("从 Excel 导入", icon=":material/upload_file:"):
            agenda_import.show()
