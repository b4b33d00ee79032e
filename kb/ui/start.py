"""What the search page shows before anybody asked: what there is and how to ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.base import KnowledgeBase, status_on
from kb.catalogue.desk import AskedRow, SavedRow
from kb.catalogue.rows import VersionRow
from kb.model import Kind, Scope
from kb.ui import links
from kb.ui.markup import badge, e, go
from kb.ui.words import EXAMPLES

NEWEST = 6


def start_html(
    base: KnowledgeBase,
    scope: Scope,
    asked: Sequence[AskedRow] = (),
    saved: Sequence[SavedRow] = (),
) -> str:
    """Examples to click, the newest papers, what is in the base; the reader's own searches."""
    versions = base.documents(scope)
    examples = "".join(f"<li>{go(links.search(q), e(q))}</li>" for q in EXAMPLES)
    newest = "".join(
        f"<li>{go(links.read(v.path), e(v.title))} {badge(status_on(v, scope), v.kind)}"
        f"<small>{e(dated(v))}</small></li>"
        for v in newest_of(versions)
    )
    counts = "".join(
        f"<li>{e(kind.label)}<small>{sum(v.kind is kind for v in versions)} 件</small></li>"
        for kind in Kind
    )
    return (
        f'{own_html(asked, saved)}<div class="kb-start">'
        f"<section><h2>可以这样问</h2><ul>{examples}"
        "<li>也可以输入文件名，或发文字号</li></ul></section>"
        f"<section><h2>最近的文件</h2><ul>{newest}</ul></section>"
        f"<section><h2>库中现有</h2><ul>{counts}"
        f"<li>{go(links.link(links.LEDGER), '查看全部文件')}</li>"
        f"<li>{go(links.link(links.ABOUT), '使用说明')}</li></ul></section></div>"
    )


def own_html(asked: Sequence[AskedRow], saved: Sequence[SavedRow]) -> str:
    """Searches that the reader keeps, and his latest questions; nothing where there are none."""
    kept = "".join(f"<li>{go(row.address, e(row.name))}</li>" for row in saved)
    late = "".join(
        f"<li>{go(links.search(row.query), e(row.query))}"
        f"<small>{'未找到直接依据' if row.weak or not row.hits else f'{row.hits} 处'}</small></li>"
        for row in asked
    )
    parts = [
        f"<section><h2>{name}</h2><ul>{items}</ul></section>"
        for name, items in (("收藏的检索", kept), ("最近查过", late))
        if items
    ]
    return f'<div class="kb-start">{"".join(parts)}</div>' if parts else ""


def newest_of(versions: Sequence[VersionRow], count: int = NEWEST) -> list[VersionRow]:
    """The latest by the day they took effect or were issued; undated ones are left out."""
    known = [v for v in versions if _day(v)]
    return sorted(known, key=lambda v: (_day(v) or date.min, v.path), reverse=True)[:count]


def dated(version: VersionRow) -> str:
    """The day shown beside a title."""
    day = _day(version)
    return day.isoformat() if day else ""


def _day(version: VersionRow) -> date | None:
    return version.effective or version.issued
