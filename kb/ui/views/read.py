"""阅读: a document with its contents at the side, open at the article asked for."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.base import Shown
from kb.decide.model import digest_of
from kb.model import Kind, Node, Scope
from kb.retrieve.highlight import Spans, highlights
from kb.text.segment import words
from kb.ui import links, session, standing, state
from kb.ui.cite import citation
from kb.ui.document import anchors, body, contents, target
from kb.ui.markup import badge, copy_button, e, empty_state, go, plain
from kb.ui.views import read_sides
from kb.ui.watermark import watermark
from kb.ui.words import SECRECY


def show() -> None:
    """The reading page."""
    path = state.address(state.DOCUMENT)
    if not path:
        st.html(NO_DOCUMENT)
        return
    with session.guarded():
        scope = session.scope(state.day_in_address())
        shown = session.here().base.document(path, scope)
        at = state.address(state.PLACE)
        current = target(shown, at)
        if at and current is None:
            st.warning(f"这份文件中没有“{plain(at)}”，以下从头显示。", icon=":material/info:")
        _top(shown, current, scope)
        side = read_sides.choose(shown)
        if side:
            read_sides.show(side, shown, current, scope)
        else:
            _text(shown, current, scope)


def _top(shown: Shown, current: Node | None, scope: Scope) -> None:
    back = state.last_search()
    if back:
        st.html(go(back, "← 返回检索结果"))
    version = shown.version
    st.html(
        standing.head(version, shown.status)
        + standing.versions(shown.siblings, version, scope)
        + _warning(shown, scope)
    )
    cited = citation(version, current.label if current else "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = f"复制“{current.label}”的引用" if current and current.label else "复制引用"
        file = f'<a class="kb-copy" href="{e(links.original(version.path))}" download>下载原件</a>'
        st.html(f'<div class="kb-actions">{copy_button(cited, name)}{file}</div>', width="content")
        if current is not None:
            _basket(shown, current)


def _warning(shown: Shown, scope: Scope) -> str:
    if standing.holds(shown.status):
        return ""
    newer = standing.successor(shown.siblings, scope)
    day = scope.as_of or date.today()
    says = f"以 {day} 为准，本文件{shown.status.value if shown.status else ''}，引用前请注意。"
    more = (
        f" 现行版本：{go(links.read(newer.path, day=scope.as_of), e(newer.title))}" if newer else ""
    )
    return f'<div class="kb-warning" role="alert">{e(says)}{more}</div>'


def _basket(shown: Shown, current: Node) -> None:
    row = next((r for r in shown.passages if r.passage.node == current.ordinal), None)
    if row is None:
        return
    people = session.here().base.people
    reader = session.scope().reader
    there = any(kept.passage_id == row.passage.article_id for kept in people.basket(reader))
    st.button(
        "已在材料篮" if there else "加入材料篮",
        key="basket",
        icon=":material/check:" if there else ":material/add:",
        disabled=there,
        on_click=people.put,
        args=(reader, row.passage.article_id, digest_of(row.passage.text)),
    )


def _text(shown: Shown, current: Node | None, scope: Scope) -> None:
    query = state.address(state.WORDS)
    sought = [word for word in words(query) if len(word) > 1] if query else []

    def mark(text: str) -> Spans:
        return highlights(text, sought) if sought else []

    side = contents(shown.nodes, current)
    version = shown.version
    tied = anchors(shown, session.here().base.links(version, scope), scope.as_of)
    # The title again: whoever lands at an article does not see the head of the document.
    title = f'<p class="kb-toc-title">{e(version.title)} {badge(shown.status, version.kind)}</p>'
    used = _experience(shown, current, scope)
    toc = f'<nav class="kb-toc" aria-label="目录">{title}{side}{used}</nav>' if side else ""
    # Headings stand in the middle in a regulation only (GB/T 9704—2012), else at the left.
    form = ("" if version.kind is Kind.REGULATION else " kb-plain-text") + (
        "" if side else " kb-no-toc"
    )
    tier = version.tier.label
    st.html(
        f'<div class="kb-reading{form}"{watermark(version.tier, scope.reader)}>{toc}'
        f'<div class="kb-body">{_finder(sought)}{body(shown, current, mark, tied)}'
        f"{'' if side else used}{_see_also(shown, current, scope)}"
        f'<div class="kb-foot">{e(tier)}　{SECRECY}　以正式印发的文本为准</div></div></div>'
    )


def _experience(shown: Shown, current: Node | None, scope: Scope) -> str:
    """How the article that is open was put to use: notes of experience that name it."""
    row = next((r for r in shown.passages if current and r.passage.node == current.ordinal), None)
    if row is None or shown.version.kind is Kind.EXPERIENCE:
        return ""
    base = session.here().base
    cited = {ref.id: ref for ref in base.provision(row.passage.article_id, scope).cited_by}
    rows = base.passages(list(cited), scope)
    papers = {
        found.version.path: found.version
        for found in rows.values()
        if found.version.kind is Kind.EXPERIENCE
    }
    items = "".join(
        f"<li>{go(links.read(path), e(version.title))}<small>{version.issued or ''}</small></li>"
        for path, version in papers.items()
    )
    name = e(current.label) if current else ""
    return (
        f'<section class="kb-also kb-used"><h2>用到{name}的经验</h2><ul>{items}</ul></section>'
        if items
        else ""
    )


def _see_also(shown: Shown, current: Node | None, scope: Scope) -> str:
    """«另见»: provisions of other papers that say much the same as the article that is open."""
    row = next((r for r in shown.passages if current and r.passage.node == current.ordinal), None)
    if row is None:
        return ""
    found = session.here().base.similar(row.passage.article_id, scope)
    items = "".join(
        "<li>"
        + go(
            links.read(*links.place_of(one.id)[:1], at=links.place_of(one.id)[1], day=scope.as_of),
            e(citation(one.row.version, one.row.passage.label, number=False)),
        )
        + ("<small>文字相同</small>" if one.same else "")
        + f"<p>{e(one.row.passage.text[:80])}{'……' if len(one.row.passage.text) > 80 else ''}</p>"
        "</li>"
        for one in found
    )
    name = e(current.label) if current else ""
    if not items:
        return ""
    return f'<section class="kb-also"><h2>另见（与{name}相近）</h2><ul>{items}</ul></section>'


def _finder(sought: list[str]) -> str:
    """Next and previous of what is marked; the page's script counts and moves."""
    if not sought:
        return ""
    return (
        '<div class="kb-finder" role="group" aria-label="查找到的字词">'
        f"<span>“{e('”“'.join(sought[:4]))}”</span><span data-mark-count></span>"
        '<button type="button" data-mark="-1">上一处</button>'
        '<button type="button" data-mark="1">下一处</button></div>'
    )


NO_DOCUMENT = empty_state(
    "还没有打开文件",
    "在“搜索”中点“在原文中打开”，或在“台账”中点文件名，文件会在这里打开，并停在所引的条文上。",
)
