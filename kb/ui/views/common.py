"""What stands on every page."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kb.access.visitor import Visitor
from kb.access.watermark import viewed
from kb.errors import KbError
from kb.ui import assets, session, state, words
from kb.ui.markup import e
from kb.ui.watermark import layer


def frame() -> None:
    """Style, brand, the two notices that no page may lack, and whose screen it is."""
    assets.install()
    st.logo(assets.path("logo.svg"), size="large")
    try:
        who = session.visitor()
    except KbError:
        who = None
    st.html(
        f'<div class="kb-notice" role="note"><b>{words.SECRECY}</b>{_who(who)}</div>'
        + (layer(viewed(who)) if who and who.identity else "")
    )


def _who(who: Visitor | None) -> str:
    if who is None:
        return '<span><a href="/login" target="_self">登录</a></span>'
    if who.identity is None:
        return f"<span>{words.DEMO}</span>"
    return (
        f"<span>{e(who.shown)}（{e(who.identity.role.label)}）　"
        '<a href="/password" target="_self">修改口令</a>　'
        '<a href="/logout" target="_self">退出</a></span>'
    )


def side(
    label: str,
    name: str,
    options: Mapping[str, str],
    *,
    fallback: str = "",
    visible: bool = False,
) -> str:
    """Which side of a page is shown: one of ``options`` (value → shown) in a row, kept in the
    address. ``visible``: the label is not for screen readers only. ``fallback``: where the browser
    names none."""
    state.take_from_address(name, list(options))
    return (
        st.segmented_control(
            label,
            list(options),
            required=True,
            format_func=options.__getitem__,
            key=name,
            label_visibility="visible" if visible else "collapsed",
            on_change=state.put_in_address,
            args=(name,),
        )
        or fallback
    )


def choice(label: str, name: str, options: Mapping[str, str], *, bare: bool = False) -> str:
    """One of ``options`` (value → shown), kept in the address. ``bare``: the label is for screen
    readers only; the options say what they choose."""
    state.take_from_address(name, list(options))
    return st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=name,
        width=170 if bare else 150,
        filter_mode=None,
        label_visibility="collapsed" if bare else "visible",
        on_change=state.put_in_address,
        args=(name,),
    )
