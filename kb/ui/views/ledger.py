"""台账: every paper as a table, and what could not be read."""

from __future__ import annotations

import streamlit as st

from kb.model import Kind, Status
from kb.ui import session, state
from kb.ui.ledger import failures_html, narrow, rows_of, table_html
from kb.ui.markup import e, empty_state
from kb.ui.views.common import choice

PAGE = 100


def show() -> None:
    """The inventory."""
    with session.guarded():
        base = session.here().base
        scope = session.scope()
        rows = rows_of(base.documents(scope), scope)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input(
                "文件名、文号、机关或部门",
                key=state.LEDGER_WORDS,
                placeholder="输入几个字筛选",
                bind="query-params",
            )
            kinds = {"": "全部", **{k.value: k.label for k in Kind}}
            kind = choice("类型", state.LEDGER_KIND, kinds)
            present = [s.value for s in Status if any(r.status is s for r in rows)]
            status = choice("状态", state.LEDGER_STATUS, {"": "全部", **{s: s for s in present}})
        found = narrow(rows, text=text, kind=kind, status=status)
        st.html(
            f'<div class="kb-summary" role="status">共 {len(rows)} 件，显示 {len(found)} 件</div>'
        )
        if not found:
            st.html(empty_state("没有符合条件的文件", "请放宽筛选条件。"))
        pages = -(-len(found) // PAGE)
        page = 1
        if pages > 1:
            page = int(
                st.number_input(f"第几页（共 {pages} 页）", 1, pages, key="ledger_page", width=180)
            )
        if found:
            st.html(table_html(found[(page - 1) * PAGE : page * PAGE]))
        failed = [f for f in base.files() if f.failure]
        if failed:
            with st.expander(f"未能读取的文件（{len(failed)}）"):
                st.html(failures_html(failed))
        sources = "、".join(e(source.root) for source in base.sources())
        st.html(f'<div class="kb-foot">来源文件夹：{sources}　第 {base.generation} 代索引</div>')
