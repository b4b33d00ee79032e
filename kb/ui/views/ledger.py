"""台账: every paper as a table or as charts, what asks for attention, what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import streamlit as st

from kb.model import Force, Kind, Status
from kb.ui import charts, session, state
from kb.ui.ledger import FLAGS, Row, failures_html, narrow, rows_of, table_html
from kb.ui.markup import e, empty_state, table
from kb.ui.routes import ledger_file
from kb.ui.views.common import choice, side

PAGE = 100
VIEWS = {"": "清单", "charts": "图表"}


def show() -> None:
    """The inventory."""
    with session.guarded():
        base = session.here().base
        scope = session.scope()
        rows = rows_of(base.documents(scope), scope)
        found = _narrowed(rows)
        _over(rows, found)
        if not found:
            st.html(empty_state("没有符合条件的文件", "请放宽筛选条件。"))
        elif side("怎样看", state.LEDGER_VIEW, VIEWS) == "charts":
            _charts(found)
        else:
            _table(found)
        failed = [f for f in base.files() if f.failure]
        if failed:
            with st.expander(f"未能读取的文件（{len(failed)}）"):
                st.html(failures_html(failed))
        sources = "、".join(e(source.root) for source in base.sources())
        st.html(f'<div class="kb-foot">来源文件夹：{sources}　第 {base.generation} 代索引</div>')


def _narrowed(rows: list[Row]) -> list[Row]:
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
        levels = [f.value for f in Force if any(r.version.force is f for r in rows)]
        force = choice("效力层级", state.LEDGER_FORCE, {"": "全部", **{f: f for f in levels}})
        counts = Counter(flag for row in rows for flag in row.flags)
        flags = {flag: f"{flag}（{counts[flag]}）" for flag in FLAGS if counts[flag]}
        flag = choice("请留意", state.LEDGER_FLAG, {"": "全部", **flags})
    return narrow(rows, text=text, kind=kind, status=status, force=force, flag=flag)


def _over(rows: list[Row], found: list[Row]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="kb-over"):
        st.html(
            f'<div class="kb-summary" role="status">共 {len(rows)} 件，显示 {len(found)} 件</div>'
        )
        st.html(
            '<div class="kb-actions">'
            f'<a class="kb-copy" href="{e(ledger_file("xlsx"))}" download>导出 Excel</a>'
            f'<a class="kb-copy" href="{e(ledger_file("csv"))}" download>导出 CSV</a></div>',
            width="content",
        )


def _table(found: list[Row]) -> None:
    pages = -(-len(found) // PAGE)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(f"第几页（共 {pages} 页）", 1, pages, key="ledger_page", width=180)
        )
    st.html(table_html(found[(page - 1) * PAGE : page * PAGE]))


def _charts(found: list[Row]) -> None:
    today = date.today()
    with st.spinner("正在画图……"):
        force, year, spans = (
            charts.by_force(found),
            charts.by_year(found),
            charts.spans(found, today),
        )
        pictures = [
            charts.picture_html(
                charts.bars_svg(force, across=True, title="各效力层级的件数"),
                f"各效力层级的件数：{_said(force)}",
            ),
            charts.picture_html(
                charts.bars_svg(year, across=False, title="各年份的件数（施行或印发）"),
                f"各年份的件数：{_said(year)}",
            )
            if year
            else "",
            charts.picture_html(
                charts.timeline_svg(spans, today), f"{len(spans)} 件文件的有效期间，数字见下表"
            )
            if spans
            else "",
        ]
    st.html(f'<div class="kb-charts">{"".join(pictures)}</div>')
    if len(spans) == charts.TIMELINE:
        st.caption(f"有效期间图只画清单中的前 {charts.TIMELINE} 件；先筛选再看别的。")
    with st.expander("图中的数字"):
        st.html(_numbers(force, year, spans))


def _said(table: charts.Table) -> str:
    counts: Counter[str] = Counter()
    for place, _, n in table:
        counts[place] += n
    return "，".join(f"{place} {n} 件" for place, n in counts.items())


def _numbers(
    force: charts.Table, year: charts.Table, spans: tuple[tuple[str, str, str, str], ...]
) -> str:
    def plain(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
        lines = ("<tr>" + "".join(f"<td>{e(c)}</td>" for c in row) + "</tr>" for row in rows)
        return table(head, lines)

    return (
        plain(("效力层级", "状态", "件数"), force)
        + plain(("年份", "状态", "件数"), year)
        + plain(("文件", "起", "止（没有写明的画到明年）", "状态"), spans)
    )
