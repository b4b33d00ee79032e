"""搜索: one box, hits by document, the question in the address."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.decide.model import digest_of
from kb.model import ALL_KINDS, Kind
from kb.retrieve import Hit, SearchResult
from kb.ui import links, session, state
from kb.ui.hits import (
    Group,
    actions_html,
    body_html,
    grouped,
    heading_html,
    kind_counts,
    other_html,
    relevant,
    summary,
)
from kb.ui.start import start_html
from kb.ui.words import EXAMPLES, FIRST_DAY, LAST_DAY

DEPTH = 60
"""Hits fetched: what a person may want to page through."""
STEP = 8
"""Documents laid open at first, and with each «more»."""


def show() -> None:
    """The search page."""
    with st.container(key="kb-search-bar", horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
            "问题、文件名或发文字号",
            key=state.QUERY,
            placeholder=f"如：{EXAMPLES[0]}　（按 / 跳到这里，按回车查询）",
            icon=":material/search:",
            bind="query-params",
        ).strip()
        day = st.date_input(
            "以哪一天的效力为准",
            value=date.today(),
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format="YYYY-MM-DD",
            key=state.AS_OF,
            width=180,
            bind="query-params",
        )
    with session.guarded():
        opened = session.here()
        if not query:
            st.html(start_html(opened.base, session.scope(day)))
            return
        scope = session.scope(day)
        everything = opened.results.search(query, scope, DEPTH)
        kind = _kinds(everything)
        chosen = scope.narrowed(kinds=frozenset({Kind(kind)}) if kind else ALL_KINDS)
        found = opened.results.search(query, chosen, DEPTH) if kind else everything
        here = links.search(query, kind=kind, day=day)
        state.remember_search(here)
        _results(found, query, day, here)


def _kinds(found: SearchResult) -> str:
    """The filter, with what each choice would show. Returns a `Kind` value; empty is all."""
    counts = kind_counts(relevant(found.hits, weak=found.weak))
    total = sum(counts.values())
    more = "+" if total == DEPTH else ""
    names = {"": f"全部 {total}{more}", **{k.value: f"{k.label} {n}" for k, n in counts.items()}}
    state.take_from_address(state.KIND, list(names))
    return (
        st.segmented_control(
            "类型",
            list(names),
            required=True,
            format_func=names.__getitem__,
            key=state.KIND,
            label_visibility="collapsed",
            on_change=state.put_in_address,
            args=(state.KIND,),
        )
        or ""
    )


def _results(found: SearchResult, query: str, day: date, here: str) -> None:
    hits = relevant(found.hits, weak=found.weak)
    groups = grouped(hits)
    if not hits:
        st.html(NONE_FOUND)
        return
    if found.weak:
        st.html(WEAK)
    st.html(f'<div class="kb-summary" role="status">{summary(hits, groups, found.took_ms)}</div>')
    open_count = state.shown_groups(here, STEP)
    basket = {row.passage_id for row in session.here().base.people.basket(session.scope().reader)}
    for number, group in enumerate(groups[:open_count]):
        with st.container(border=True, gap="small", key=f"hit-{number}"):
            _group(group, query, day, basket)
    if (rest := len(groups) - open_count) > 0:
        st.button(
            f"再显示 {min(rest, STEP)} 件（还有 {rest} 件）",
            key="more",
            width="stretch",
            on_click=state.show_groups,
            args=(here, open_count + STEP),
        )


def _group(group: Group, query: str, day: date, basket: set[str]) -> None:
    first, *others = group.hits
    st.html(heading_html(group, first, query, day) + body_html(first))
    _actions(first, query, day, basket)
    if others:
        with st.expander(f"本文件另有 {len(others)} 条"):
            for hit in others:
                st.html(other_html(hit, query, day))
                _actions(hit, query, day, basket)


def _actions(hit: Hit, query: str, day: date, basket: set[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(actions_html(hit, query, day), width="content")
        _basket_button(hit, basket)


def _basket_button(hit: Hit, basket: set[str]) -> None:
    there = hit.id in basket
    st.button(
        "已在材料篮" if there else "加入材料篮",
        key=f"basket:{hit.id}",
        icon=":material/check:" if there else ":material/add:",
        disabled=there,
        on_click=_put,
        args=(hit.id, hit.text, hit.version.title, hit.label),
    )


def _put(passage_id: str, text: str, title: str, label: str) -> None:
    with session.guarded():
        base = session.here().base
        base.people.put(session.scope().reader, passage_id, digest_of(text))
        st.toast(f"已放入材料篮：《{title}》{label}", icon=":material/inventory_2:")


WEAK = (
    '<div class="kb-weak" role="status"><b>未找到直接依据</b>'
    "以下内容与问题只是相近，不能当作依据。可以换一种说法、写出文件名，或放宽类型。</div>"
)
NONE_FOUND = (
    '<section class="kb-empty"><h2>没有找到</h2>'
    "<p>所选类型中没有与问题相近的内容。可以换一种说法，减少字数，或把类型改为“全部”。</p>"
    "</section>"
)
