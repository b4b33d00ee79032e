"""说明: a short manual."""

from __future__ import annotations

import streamlit as st

from kb import __version__
from kb.ui import assets, session, words
from kb.ui.markup import e


def show() -> None:
    """The manual, and what is in the base."""
    st.html(f'<div class="kb-manual">{assets.text("manual.html")}</div>')
    with session.guarded():
        base = session.here().base
        counts = base.counts()
        st.html(
            f'<div class="kb-foot">{words.NAME} {e(__version__)}　第 {base.generation} 代索引　'
            f"文件 {counts['files']} 个　条文 {counts['articles']} 条　"
            f"检索单元 {counts['passages']} 个</div>"
        )
