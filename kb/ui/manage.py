"""What the page of whoever keeps the base shows: state, files, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kb.catalogue.rows import FileRow, SourceRow, VersionRow
from kb.law.readings import reading_of
from kb.ui import links
from kb.ui.described import format_name
from kb.ui.markup import e, go

MOST = 500
"""Rows of one table; more are for the export of the inventory."""


def failures(files: Sequence[FileRow]) -> list[FileRow]:
    """Files of which nothing is indexed."""
    return [f for f in files if f.failure]


def state_html(
    generation: int,
    made: datetime,
    report: Mapping[str, Any],
    counts: Mapping[str, int],
    sources: Sequence[SourceRow],
) -> str:
    """The generation that is served, and the run that made it."""
    run = (
        f"新增 {report.get('new', 0)}、修改 {report.get('changed', 0)}、"
        f"移动 {report.get('moved', 0)}、删除 {report.get('gone', 0)}、"
        f"未入库 {len(report.get('failed', ()))}；用时 {report.get('seconds', 0):.1f} 秒"
    )
    rows = (
        ("现在使用的索引", f"第 {generation} 代，{made:%Y-%m-%d %H:%M} 生成"),
        ("生成它的那次运行", run),
        (
            "其中",
            f"文件 {counts['files']} 个，条文 {counts['articles']} 条，"
            f"检索单元 {counts['passages']} 个",
        ),
        ("来源文件夹", "；".join(s.root for s in sources)),
    )
    return table((), rows)


def files_html(
    files: Sequence[FileRow],
    versions: Sequence[VersionRow],
    generation: int,
    *,
    only_faults: bool,
) -> str:
    """The last run file by file: what became of it, how well it was read."""
    papers: dict[str, list[VersionRow]] = {}
    for version in versions:
        papers.setdefault(version.path.partition("!")[0], []).append(version)
    shown = []
    for file in files:
        doubts = [d for v in papers.get(file.path, ()) for d in reading_of(v).doubts]
        if only_faults and not file.failure and not doubts:
            continue
        new = "（本次）" if file.born == generation else ""
        became = f"未入库{new}：{file.failure}" if file.failure else f"已入库{new}"
        first = papers.get(file.path, [None])[0]
        name = go(links.side(first.path, "described"), e(file.path)) if first else e(file.path)
        how = file.hint if file.failure else "；".join(doubts) or "读取良好"
        size = f'<span class="kb-nowrap">{file.size / 1024:,.0f} KB</span>'
        form = "、".join(sorted({format_name(v.format) for v in papers.get(file.path, ())}))
        shown.append((name, e(form), size, e(became), e(how)))
    if not shown:
        return '<p class="kb-summary">没有有问题的文件。</p>'
    head = ("文件", "格式", "大小", "结果", "读取情况或办法")
    more = f'<p class="kb-summary">只列出前 {MOST} 个，共 {len(shown)} 个。</p>'
    return _table(head, shown[:MOST]) + (more if len(shown) > MOST else "")


def findings_html(found: Sequence[Mapping[str, Any]]) -> str:
    """What ``kb doctor --json`` found."""
    rows = [("好" if f["good"] else "请留意", str(f["what"]), str(f["says"])) for f in found]
    return table(("", "项目", "情况"), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Plain text in a table; without ``head`` the first column names the rows."""
    return _table(head, [[e(cell) for cell in row] for row in rows])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{e(name)}</th>' for name in head)
    first = "td" if head else 'th scope="row" class="kb-nowrap"'
    body = "".join(
        f"<tr><{first}>{row[0]}</{first.split()[0]}>"
        + "".join(f"<td>{cell}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    thead = f"<thead><tr>{top}</tr></thead>" if head else ""
    return f'<div class="kb-table"><table>{thead}<tbody>{body}</tbody></table></div>'
