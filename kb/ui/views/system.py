"""体检: how the regulations stand on a day: what to look at, the basis graph, what differs."""

from __future__ import annotations

from collections import Counter
from datetime import date

import streamlit as st

from kb.decide.render import FORMATS
from kb.decide.system.graph import OUTSIDE, Graph, graph
from kb.decide.system.inventory import FindingKind
from kb.law.validity import status
from kb.model import Kind, Scope
from kb.ui import charts, session, state
from kb.ui.graph import picture
from kb.ui.ledger import rows_of
from kb.ui.markup import e
from kb.ui.survey import Survey, survey
from kb.ui.survey_files import report_file
from kb.ui.system import (
    asked_html,
    coverage_html,
    differences_html,
    edges_html,
    findings_html,
    read_html,
)
from kb.ui.views.common import side

VIEWS = {
    "": "概况",
    "look": "请核对",
    "graph": "依据关系",
    "differ": "同事不同规",
    "use": "覆盖与使用",
}


def show() -> None:
    """The page."""
    with session.guarded():
        with st.container(horizontal=True, vertical_alignment="bottom"):
            day = st.date_input("以哪一天为准", date.today(), key="system_day", width=170)
            made = day if isinstance(day, date) else date.today()
            files = "".join(
                f'<a class="kb-copy" href="{e(report_file(fmt, made))}" download>'
                f"月报 {fmt.upper()}</a>"
                for fmt in FORMATS
            )
            st.html(f'<div class="kb-actions">{files}</div>', width="content")
        scope = session.scope(made)
        with st.spinner("正在逐条读取现行制度……"):
            found = survey(session.here().seat, scope, "制度体检")
        view = side("看什么", state.SYSTEM_VIEW, VIEWS)
        if view == "look":
            _findings(found)
        elif view == "graph":
            _graph(graph(found.check.versions, made))
        elif view == "differ":
            _differ(found)
        elif view == "use":
            _use(found)
        else:
            _overview(found, scope, made)


def _overview(found: Survey, scope: Scope, day: date) -> None:
    check = found.check
    own = [v for v in check.versions if v.kind is Kind.REGULATION]
    held = Counter(str(status(v.validity, day).value) for v in own)
    bare = sum(not one.rules for one in check.coverage)
    st.html(
        f'<div class="kb-summary" role="status">{day.year}年{day.month}月{day.day}日：制度和法规 '
        f"{len(own)} 件（{'，'.join(f'{name} {n} 件' for name, n in held.most_common())}）；"
        f"请核对 {len(check.findings)} 项；没有现行制度的领域 {bare} 个。</div>"
    )
    rows = [row for row in rows_of(own, scope) if row.status is not None]
    force = charts.by_force(rows)
    spans = charts.spans(rows, day)
    kinds = Counter(one.kind.value for one in check.findings)
    with st.spinner("正在画图……"):
        drawn = [
            charts.picture_html(
                charts.bars_svg(force, across=True, title="各效力层级的件数"), "各效力层级的件数"
            ),
            charts.picture_html(charts.timeline_svg(spans, day), "各件的有效期间") if spans else "",
        ]
    said = "、".join(f"{name} {n} 项" for name, n in kinds.most_common())
    st.caption(f"请核对：{said or '没有'}。")
    st.html(f'<div class="kb-charts">{"".join(drawn)}</div>')


def _findings(found: Survey) -> None:
    st.caption("每一项都写明所依据的事实；是否处理、怎样处理，由人判断。")
    for kind in FindingKind:
        of_kind = [one for one in found.check.findings if one.kind is kind]
        if of_kind:
            st.subheader(f"{kind.value}（{len(of_kind)}）", anchor=False)
            st.html(findings_html(of_kind))


def _graph(drawn: Graph) -> None:
    outside = sum(node.status == OUTSIDE for node in drawn.nodes)
    st.caption(
        f"左边是依据，中间是现行制度，右边是它们所废止的（红色虚线）。{outside} 件只见其名、"
        "没有入库（灰色）。"
    )
    st.html(f'<div class="kb-graph">{picture(drawn)}</div>')
    with st.expander("逐条列出"):
        st.html(edges_html(drawn))


def _differ(found: Survey) -> None:
    with st.spinner("正在逐对比较……"):
        pairs = found.differences
    st.caption(
        f"{len(pairs)} 对条文的金额、期限、审批人或者数量不同，用字相近，可能说的是同一件事。"
        "其中会有不相干的；以谁为准不由程序判断，请逐对研判。"
    )
    if pairs:
        st.html(differences_html(pairs))


def _use(found: Survey) -> None:
    seat = session.here().seat
    bare = [one for one in found.check.coverage if not one.rules]
    st.subheader(f"各领域的现行制度（{len(bare)} 个领域没有）", anchor=False)
    st.caption("领域清单可以改：把 fields.toml 放在知识库目录里，写上本单位应有制度的领域。")
    st.html(coverage_html(found.check))
    asked = seat.survey.unanswered()
    st.subheader("查过而未找到依据的问题", anchor=False)
    st.html(asked_html(asked)) if asked else st.caption("没有，或者您不负责维护问答。")
    most = seat.survey.most_read()
    st.subheader("近半年查阅较多的条文", anchor=False)
    st.html(read_html(most)) if most else st.caption("还没有记录。")
