"""The door: which page is asked for. Everything else is in ``kb/ui``."""

from __future__ import annotations

import streamlit as st

from kb.ui import assets, links, session, words
from kb.ui.views import about, common, ledger, pack, read, reading, search

# No icon here: Streamlit would fetch a page's icon from outside, to show it in the browser's tab.
# page.css sets them, from the font that Streamlit brings along.
PAGES = [
    st.Page(search.show, title="搜索", url_path="search", default=True),
    st.Page(read.show, title="阅读", url_path=links.READ),
    st.Page(pack.show, title="参阅材料", url_path=links.PACK),
    st.Page(reading.show, title="阅件", url_path=links.READING),
    st.Page(ledger.show, title="台账", url_path=links.LEDGER),
    st.Page(about.show, title="说明", url_path=links.ABOUT),
]

page = st.navigation(PAGES, position="top")
st.set_page_config(
    page_title=f"{page.title} · {words.NAME}",
    page_icon=assets.path("icon.svg"),
    layout="wide",
    initial_sidebar_state="collapsed",
)
common.frame()
with session.guarded():
    page.run()
