"""What stands on every page."""

from __future__ import annotations

import streamlit as st

from kb.ui import assets, words


def frame() -> None:
    """Style, brand, and the two notices that no page may lack."""
    assets.install()
    st.logo(assets.path("logo.svg"), size="large")
    st.html(
        f'<div class="kb-notice" role="note"><b>{words.SECRECY}</b><span>{words.DEMO}</span></div>'
    )
