"""Tables of 体检."""

from __future__ import annotations

from collections.abc import Sequence

from kb.catalogue.desk import AskedRow
from kb.catalogue.rows import PassageRow
from kb.decide.system import Checkup, Finding
from kb.decide.system.differ import Difference, Side
from kb.decide.system.graph import Graph
from kb.ui import links
from kb.ui.markup import e, go, table
from kb.ui.paper_link import paper_link

MOST = 200
"""Rows of one table."""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], name: str = "") -> str:
    """``rows`` are markup."""
    lines = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return table(head, lines, name)


def findings_html(found: Sequence[Finding]) -> str:
    """What to look at, why, and the paper beside it."""
    return _table(
        ("文件", "情况", "另见"),
        [
            (
                paper_link(one.place, one.title),
                e(one.why),
                go(links.read(one.other), e(one.other.rpartition("/")[2])) if one.other else "—",
            )
            for one in found[:MOST]
        ],
    )


def edges_html(drawn: Graph) -> str:
    """Every relation as a line."""
    nodes = {node.key: node for node in drawn.nodes}
    rows = []
    for edge in drawn.edges:
        start, end = nodes[edge.start], nodes[edge.end]
        rows.append(
            (
                paper_link(start.path, start.title),
                e(edge.what),
                paper_link(end.path, end.title) if end.path else e(f"《{end.title}》"),
                e(end.status),
            )
        )
    return _table(("现行制度", "关系", "文件", "状态"), rows)


def differences_html(found: Sequence[Difference]) -> str:
    """Two sentences side by side."""
    return _table(
        ("何处不同", "一处", "另一处"),
        [(e("、".join(one.about)), _side(one.one), _side(one.other)) for one in found],
        "kb-differ",
    )


def _side(side: Side) -> str:
    title = side.row.version.title
    return f"{e(side.text)}<br>{paper_link(side.row.passage.id, title)}"


def coverage_html(check: Checkup) -> str:
    """Fields, and the rules that cover them."""
    titles = {v.path: v.title for v in check.versions}
    rows = []
    for one in sorted(check.coverage, key=lambda c: bool(c.rules)):
        named = "、".join(paper_link(path, titles.get(path, path)) for path in one.rules)
        rows.append((e(one.field), named or '<span class="kb-badge kb-warn">没有现行制度</span>'))
    return _table(("领域", "现行制度"), rows)


def asked_html(asked: Sequence[AskedRow]) -> str:
    """Questions and how often."""
    return _table(
        ("问题", "次数", "最近"),
        [
            (go(links.search(one.query), e(one.query)), str(one.times), f"{one.at:%Y-%m-%d}")
            for one in asked[:MOST]
        ],
    )


def read_html(most: Sequence[tuple[PassageRow, int]]) -> str:
    """Articles and how often they were opened."""
    return _table(
        ("条文", "次数"),
        [(paper_link(row.passage.id, row.version.title), str(n)) for row, n in most],
    )
