"""The door: which page is asked for. Everything else is in ``kb/ui``."""

from __future__ import annotations

import streamlit as st

from kb.access.policy import Action
from kb.ui import assets, links, session, words
from kb.ui.views import (
    about,
    accounts,
    admin,
    agenda,
    audit,
    common,
    duties,
    experience,
    ledger,
    pack,
    read,
    reading,
    search,
    system,
    tasks,
    today,
)

# No icon here: Streamlit would fetch a page's icon from outside, to show it in the browser's tab.
# page.css sets them, from the font that Streamlit brings along.
PAGES = [
    (None, st.Page(today.show, title="今日", url_path=links.TODAY)),
    (Action.SEARCH, st.Page(search.show, title="搜索", url_path="search", default=True)),
    (Action.VIEW, st.Page(read.show, title="阅读", url_path=links.READ)),
    (Action.COMPOSE, st.Page(agenda.show, title="议题", url_path=links.AGENDA)),
    (Action.COMPOSE, st.Page(tasks.show, title="督办", url_path=links.TASKS)),
    (Action.COMPOSE, st.Page(pack.show, title="参阅材料", url_path=links.PACK)),
    (Action.VIEW, st.Page(reading.show, title="阅件", url_path=links.READING)),
    (Action.COMPOSE, st.Page(experience.show, title="写经验", url_path=links.EXPERIENCE)),
    (Action.LIST, st.Page(ledger.show, title="台账", url_path=links.LEDGER)),
    (Action.LIST, st.Page(duties.show, title="岗责", url_path=links.DUTIES)),
    (Action.LIST, st.Page(system.show, title="体检", url_path=links.SYSTEM)),
    (Action.AUDIT, st.Page(audit.show, title="审计", url_path=links.AUDIT)),
    (Action.ACCOUNTS, st.Page(accounts.show, title="账号", url_path=links.ACCOUNTS)),
    (Action.MAINTAIN, st.Page(admin.show, title="管理", url_path=links.ADMIN)),
    (None, st.Page(about.show, title="说明", url_path=links.ABOUT)),
]

# What is left out is only out of sight: each view asks the policy itself.
shown = [one for action, one in PAGES if session.offers(action)]
page = st.navigation(shown, position="top")
st.set_page_config(
    page_title=f"{page.title} · {words.NAME}",
    page_icon=assets.path("icon.svg"),
    layout="wide",
    initial_sidebar_state="collapsed",
)
common.frame()
with session.guarded():
    page.run()
