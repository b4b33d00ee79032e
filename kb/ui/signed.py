"""Who signs what is written: the account, or (in demo mode, where there is none) a typed name."""

from __future__ import annotations

import streamlit as st

from kb.ui import session, state


def name() -> str:
    """The name that goes with a change; empty where nobody gave one."""
    reader = session.scope().reader
    # In a button's callback the field already holds what was typed; it is kept after drawing.
    typed = st.session_state.get(state.SIGNED, st.session_state.get(KEPT, ""))
    return reader or str(typed or "").strip()


def ask() -> str:
    """A field for the name where there is no account; what it holds comes back."""
    if session.scope().reader:
        return name()
    typed = st.text_input(
        "署名",
        value=name(),
        key=state.SIGNED,
        placeholder="您的姓名",
        help="修改、定稿、呈送都记在这个名字下",
        width=180,
    )
    # Kept apart from the widget: Streamlit forgets a widget's value when its page is left.
    st.session_state[KEPT] = typed
    return typed.strip()


KEPT = "signed_as"
