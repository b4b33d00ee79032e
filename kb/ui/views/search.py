"""搜索: one box, hits by document, the question with all its filters in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kb.decide.model import digest_of
from kb.model import Kind, Scope
from kb.retrieve import Hit, SearchResult
from kb.ui import session, state
from kb.ui.asked import DEPTH, Asked, Listing, how_of, listing
from kb.ui.filters import FACETS, SORTS, Filters, options
from kb.ui.hits import (
    BY_LEVEL,
    Group,
    actions_html,
    also_html,
    body_html,
    ended_summary,
    grouped,
    heading_html,
    kind_counts,
    level_of,
    other_html,
    relevant,
    same_html,
    summary,
)
from kb.ui.markup import e
from kb.ui.read_as import reading_html
from kb.ui.routes import hits_file
from kb.ui.start import start_html
from kb.ui.syntax_help import help_html
from kb.ui.views import tell, today
from kb.ui.views.common import choice, side
from kb.ui.words import EXAMPLES, FIRST_DAY, LAST_DAY

STEP = 8
"""Documents laid open at first, and with each «more»."""


def show() -> None:
    """The search page."""
    query, day = _box()
    tell.thanks()
    with session.guarded():
        opened = session.here()
        scope = session.scope(day)
        if not query:
            _start(scope)
            return
        how = how_of(state.whole_address())
        everything = opened.results.search(query, scope, DEPTH, how)
        kind = _kinds(everything)
        asked = Asked(query, kind, day if day != date.today() else None, how=how)
        asked = replace(asked, filters=_filters(listing(opened.results, asked, scope)))
        made = listing(opened.results, asked, scope)
        state.remember_search(asked.link)
        if state.first_time(state.LAST_ASKED, query):
            hits = len(relevant(everything.hits, weak=everything.weak))
            opened.base.desk.ask(scope.reader, query, hits=hits, weak=everything.weak)
        if note := reading_html(made.found.reading, asked):
            st.html(note)
        line = _results(made, asked, day)
        # A second search: not before the hits of the first stand there.
        over = _ended(made, asked, scope)
        if over and line is not None:
            _summary(line, made, f"　{ended_summary(over)}，列在最后")
        _over_and_done(over, asked, day)


def _box() -> tuple[str, date]:
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
        with st.popover("高级检索写法", icon=":material/help:", type="tertiary"):
            st.html(help_html())
    return query, day


def _start(scope: Scope) -> None:
    opened = session.here()
    base = opened.base
    if line := today.brief(opened):
        st.html(line)
    asked = base.desk.asked(scope.reader, limit=8)
    st.html(start_html(base, scope, asked, base.desk.saved(scope.reader)))
    if asked:
        st.button(
            "清除查询记录",
            type="tertiary",
            icon=":material/delete:",
            on_click=base.desk.forget_asked,
            args=(scope.reader,),
        )


def _kinds(found: SearchResult) -> str:
    """The filter, with what each choice would show. Returns a `Kind` value; empty is all."""
    counts = kind_counts(relevant(found.hits, weak=found.weak))
    total = sum(counts.values())
    more = "+" if total == DEPTH else ""
    names = {"": f"全部 {total}{more}", **{k.value: f"{k.label} {n}" for k, n in counts.items()}}
    return side("类型", state.KIND, names)


def _filters(made: Listing) -> Filters:
    """The other choices. One that has nothing to choose between is not shown."""
    if made.found.weak or not made.all_hits:
        return Filters()
    address = {f.key: state.address(f.key) for f in FACETS}
    standing = Filters({k: v for k, v in address.items() if v})
    chosen: dict[str, str] = {}
    with st.container(key="kb-facets", horizontal=True, gap="small"):
        for facet in FACETS:
            shown = options(made.all_hits, facet, standing)
            if len(shown) > 2 or standing.chosen.get(facet.key):
                chosen[facet.key] = choice(facet.name, facet.key, shown, bare=True)
        sort = choice("排序", state.SORT, SORTS, bare=True)
    return Filters({k: v for k, v in chosen.items() if v}, sort)


def _results(made: Listing, asked: Asked, day: date) -> DeltaGenerator | None:
    """Draws the hits. Returns where their summary stands; None where there are none."""
    groups = grouped(made.hits)
    if not made.hits:
        st.html(NARROWED if made.all_hits else NONE_FOUND)
        tell.search_button(asked.query)
        return None
    if made.found.weak:
        st.html(WEAK)
    line = _over(made, asked)
    open_count = state.shown_groups(asked.link, STEP)
    basket = {row.passage_id for row in session.here().base.people.basket(session.scope().reader)}
    level = ""
    for number, group in enumerate(groups[:open_count]):
        if asked.filters.sort == BY_LEVEL and (name := level_of(group.version)) != level:
            level = name
            there = sum(level_of(g.version) == name for g in groups)
            st.html(f'<h3 class="kb-level">{e(name)}<small>{there} 件</small></h3>')
        with st.container(border=True, gap="small", key=f"hit-{number}"):
            _group(group, asked.query, day, basket)
    if (rest := len(groups) - open_count) > 0:
        st.button(
            f"再显示 {min(rest, STEP)} 件（还有 {rest} 件）",
            key="more",
            width="stretch",
            on_click=state.show_groups,
            args=(asked.link, open_count + STEP),
        )
    tell.search_button(asked.query)
    return line


def _ended(made: Listing, asked: Asked, scope: Scope) -> list[Hit]:
    """What would answer, but is not in force on that day."""
    base = session.here().base
    there = {hit.id for hit in made.all_hits}
    kinds = scope.narrowed(kinds=frozenset({Kind(asked.kind)})) if asked.kind else scope
    over = base.ended(asked.query, kinds, how=asked.how)
    return [hit for hit in over if hit.id not in there]


def _over_and_done(hits: list[Hit], asked: Asked, day: date) -> None:
    """How many there are of those, and one click to see them."""
    if not hits:
        return
    said = ended_summary(hits)
    shown = st.toggle(said, value=state.address(state.OVER) == "1", key=state.OVER)
    state.put_in_address(state.OVER, "1" if shown else "")
    if not shown:
        return
    for number, hit in enumerate(hits):
        with st.container(border=True, gap="small", key=f"ended-{number}"):
            group = Group(hit.version, (hit,))
            st.html(heading_html(group, hit, asked.query, day) + body_html(hit))
            st.html(actions_html(hit, asked.query, day))


def _summary(line: DeltaGenerator, made: Listing, more: str = "") -> None:
    said = summary(made.hits, grouped(made.hits), made.found.took_ms)
    line.html(f'<div class="kb-summary" role="status">{said}{e(more)}</div>')


def _over(made: Listing, asked: Asked) -> DeltaGenerator:
    """The line over the results: how many, keep the search, take the list away. Returns where the
    first stands."""
    desk, reader = session.here().base.desk, session.scope().reader
    kept = any(row.address == asked.link for row in desk.saved(reader))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="kb-over"):
        line = st.empty()
        _summary(line, made)
        st.button(
            "已收藏" if kept else "收藏此检索",
            key="save-search",
            icon=":material/bookmark_added:" if kept else ":material/bookmark:",
            type="tertiary",
            on_click=desk.unsave if kept else desk.save,
            args=(reader, asked.link) if kept else (reader, asked.query, asked.link),
        )
        st.html(
            '<div class="kb-actions">'
            f'<a class="kb-copy" href="{e(hits_file(asked, "xlsx"))}" download>导出 Excel</a>'
            f'<a class="kb-copy" href="{e(hits_file(asked, "csv"))}" download>导出 CSV</a></div>',
            width="content",
        )
    return line


def _group(group: Group, query: str, day: date, basket: set[str]) -> None:
    first, *others = group.hits
    same = same_html(first, query, day)
    st.html(heading_html(group, first, query, day) + body_html(first) + same)
    _actions(first, query, day, basket)
    if others:
        _others(others, query, day, basket)


def _others(hits: Sequence[Hit], query: str, day: date, basket: set[str]) -> None:
    """Further hits in a document, drawn when they are asked for: a page of hits has a hundred of
    them, with four buttons each, and nobody opens them all."""
    said = f"本文件另有 {len(hits)} 条"
    more = st.expander(said, key=f"others:{hits[0].id}", on_change="rerun")
    if not more.open:
        return
    with more:
        for hit in hits:
            st.html(other_html(hit, query, day) + same_html(hit, query, day))
            _actions(hit, query, day, basket)


def _actions(hit: Hit, query: str, day: date, basket: set[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(actions_html(hit, query, day), width="content")
        _basket_button(hit, basket)
        tell.useful_button(hit, query)
        also = st.toggle("另见", key=f"also:{hit.id}", help="其他文件中相近的条文")
        tell.hit_button(hit, query)
    if also:
        scope = session.scope(day)
        st.html(also_html(session.here().base.similar(hit.id, scope), day) or NOTHING_NEAR)


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
NOTHING_NEAR = '<div class="kb-also"><p>其他文件中没有相近的条文。</p></div>'
NONE_FOUND = (
    '<section class="kb-empty"><h2>没有找到</h2>'
    "<p>所选类型中没有与问题相近的内容。可以换一种说法，减少字数，或把类型改为“全部”。</p>"
    "</section>"
)
NARROWED = (
    '<section class="kb-empty"><h2>筛选之后没有剩下内容</h2>'
    "<p>问题本身有结果，但没有一条同时符合所选的各项条件。请把上面的某一项改回“全部”。</p>"
    "</section>"
)
