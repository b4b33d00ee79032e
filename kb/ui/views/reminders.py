"""日程: a person's dates as a file, and an address that his calendar program follows."""

from __future__ import annotations

import streamlit as st

from kb.ui import acting, feed, session
from kb.ui.markup import copy_button, e

GIVEN = "feed-address"


def show() -> None:
    """Below the tasks."""
    with st.expander("日程提醒", icon=":material/calendar_month:"):
        seat = session.here().seat
        st.caption(feed.says(seat.office()))
        st.html(
            '<div class="kb-files"><a class="kb-open" download href="/files/calendar.ics">'
            "下载日程文件</a></div>"
        )
        address = st.session_state.get(GIVEN, "")
        if address:
            st.html(
                f'<div class="kb-said"><b>订阅地址（只显示这一次）</b>\n<code>{e(address)}</code>'
                f"<small>{copy_button(address, '复制')}　持有这个地址的人能看到您的日程，"
                "请勿转发。</small></div>"
            )
        given = seat.people.feeds.given
        with st.container(horizontal=True):
            st.button(
                "换一个订阅地址" if given else "开通日程订阅",
                help="填入日历软件，会议、送审、督办到期会自动出现；地址含密钥，只给本人",
                on_click=_give,
            )
            if given:
                st.button("停用订阅", on_click=_take_back)


def _give() -> None:
    def act() -> None:
        here = session.here()
        secret = here.seat.people.feeds.give()
        st.session_state[GIVEN] = feed.address(
            here.base.settings, secret, str(st.context.url or "")
        )

    acting.attempt(act, "已开通日程订阅，原来的地址（如有）随即失效")


def _take_back() -> None:
    def act() -> None:
        session.here().seat.people.feeds.take_back()
        st.session_state.pop(GIVEN, None)

    acting.attempt(act, "已停用日程订阅")
