"""What stands on every page."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kb.ui import assets, state, words


def frame() -> None:
    """Style, brand, and the two notices that no page may lack."""
    assets.install()
    st.logo(assets.path("logo.svg"), size="large")
    st.html(
        f'<div class="kb-notice" role="note"><b>{words.SECRECY}</b><span>{words.DEMO}</span></div>'
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
