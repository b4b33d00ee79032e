"""The other sides of a document: the original's pages, its kin, its versions, how it was read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st

from indexer import pages
from kb.base import Shown
from kb.law.described import fields
from kb.model import Node, Scope
from kb.retrieve.highlight import Spans
from kb.ui import compare, links, session, state
from kb.ui.described import fields_html, reading_html
from kb.ui.document import body
from kb.ui.kin import citations_html, lineage_html
from kb.ui.markup import e, go
from kb.ui.views import correct
from kb.ui.views.common import side as chosen

PAGES, LINEAGE, CITED, VERSIONS, DESCRIBED = "pages", "lineage", "cited", "versions", "described"
NAMES: Final = {
    "": "正文",
    PAGES: "对照原页",
    LINEAGE: "沿革与依据",
    CITED: "引用与被引用",
    VERSIONS: "版本对照",
    DESCRIBED: "著录与读取情况",
}

NO_TEXT = "这一页没有读出文字。"


def choose(shown: Shown) -> str:
    """Which side is open; empty is the text itself. Only those that there are."""
    version = shown.version
    sides = dict(NAMES)
    file = session.here().base.file_of(version.path, session.scope())[0]
    if not pages.has_pages(file):
        del sides[PAGES]
    if len(shown.siblings) < 2:
        del sides[VERSIONS]
    return chosen("看哪一面", state.TAB, sides)


def show(side: str, shown: Shown, current: Node | None, scope: Scope) -> None:
    """One of `NAMES`."""
    base = session.here().base
    version = shown.version
    if side == PAGES:
        _pages(shown, current)
    elif side == VERSIONS:
        _versions(shown, scope)
    elif side == DESCRIBED:
        st.html(
            '<div class="kb-side"><h2>著录</h2>'
            f"{fields_html(fields(version))}<h2>读取情况</h2>"
            f"{reading_html(base.reading(version.path, scope))}</div>"
        )
        correct.show(shown)
    else:
        found = base.kin(version, scope)
        st.html(
            lineage_html(found, version, scope) if side == LINEAGE else citations_html(found, scope)
        )


def _pages(shown: Shown, current: Node | None) -> None:
    version = shown.version
    file = session.here().base.file_of(version.path, session.scope())[0]
    if why := pages.missing(file):
        st.info(why, icon=":material/info:")
        return
    shown, last = _paged(shown, file)
    # The same node, now with its page.
    current = next((n for n in shown.nodes if current and n.ordinal == current.ordinal), None)
    asked = state.address(state.PAGE)
    first = current.page if current is not None and current.page else 1
    page = min(max(int(asked) if asked.isdigit() else first, 1), last)

    def turn(to: int, name: str) -> str:
        if not 1 <= to <= last:
            return f'<span class="kb-copy" aria-disabled="true">{name}</span>'
        return go(links.side(version.path, PAGES, page=to), name, name="kb-copy")

    picture = links.page_picture(version.path, page)
    text = body(_only(shown, page), current, _nothing)
    caveat = pages.caveat(file)
    st.html(
        f'<div class="kb-actions">{turn(page - 1, "上一页")}'
        f"<span>第 {page} 页，共 {last} 页</span>{turn(page + 1, '下一页')}"
        + (f'<span class="kb-summary">{e(caveat)}</span>' if caveat else "")
        + f'</div><div class="kb-beside"><div class="kb-body">{text or NO_TEXT}</div>'
        f'<a href="{e(picture)}" target="_blank" rel="noopener">'
        f'<img src="{e(picture)}" alt="原件第 {page} 页"></a></div>'
    )


def _paged(shown: Shown, file: Path) -> tuple[Shown, int]:
    """The document with the page of each node, and how many pages there are. A DOCX has pages
    only once it is laid out."""
    with st.spinner("正在由 LibreOffice 排出页面……"):
        laid_out = pages.lay_out(file)
    if laid_out is None:
        last = max([shown.version.pages or 1, *(node.page or 1 for node in shown.nodes)])
        return shown, last
    at, last = pages.places(laid_out, [_opening(node) for node in shown.nodes])
    nodes = [replace(node, page=page) for node, page in zip(shown.nodes, at, strict=True)]
    return replace(shown, nodes=nodes), last


def _opening(node: Node) -> str:
    """What stands on the paper where a node begins."""
    return f"{node.label}{node.title}{node.text}"


def _only(shown: Shown, page: int) -> Shown:
    """What begins on a page, and what was going on when it began."""
    kept: list[Node] = []
    for node, after in zip(shown.nodes, [*shown.nodes[1:], None], strict=True):
        begins = node.page or 1
        ends = (after.page or begins) if after is not None else begins
        if begins == page or begins < page < ends:
            kept.append(node)
    return replace(shown, nodes=kept)


def _nothing(_: str) -> Spans:
    return []


def _versions(shown: Shown, scope: Scope) -> None:
    others = [v for v in shown.siblings if v.path != shown.version.path]
    names = {
        v.path: f"{v.validity.start or v.effective or v.issued or '日期不详'} 版（{v.path}）"
        for v in others
    }
    state.take_from_address(state.OTHER, list(names))
    other = st.selectbox(
        "与哪一版对照",
        list(names),
        format_func=names.__getitem__,
        key=state.OTHER,
        filter_mode=None,
        on_change=state.put_in_address,
        args=(state.OTHER,),
    )
    only = st.toggle("只看有变化的条文", value=True, key="only-changes")
    that = session.here().base.document(str(other), scope)
    old, new = sorted(
        (that, shown),
        key=lambda s: str(
            s.version.validity.start or s.version.effective or s.version.issued or ""
        ),
    )
    with st.spinner("正在逐条对照……"):
        found = compare.pairs(old.nodes, new.nodes)
        table = compare.table_html(found, _name(old, names), _name(new, names), only_changes=only)
    st.html(f'<div class="kb-summary" role="status">{e(compare.counted(found))}</div>{table}')


def _name(shown: Shown, names: dict[str, str]) -> str:
    v = shown.version
    return names.get(v.path) or f"{v.validity.start or v.effective or v.issued or ''} 版（本页）"
