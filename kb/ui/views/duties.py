"""岗责: who must do what by when, as a table to be confirmed; overlaps and gaps; the calendar."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.access.policy import Action
from kb.decide.system.calendar import calendar
from kb.decide.system.gaps import nobody, two_leads
from kb.decide.system.leads import leads_of
from kb.decide.system.ledger import Entry, State
from kb.ui import duties, lastyear, session, state
from kb.ui.markup import e, empty_state
from kb.ui.survey import Survey, ledger, survey
from kb.ui.survey_files import duties_file
from kb.ui.views.common import choice, side
from kb.ui.views.duty_check import check

PAGE = 60
VIEWS = {"": "台账", "gaps": "重叠与空缺", "calendar": "日历"}


def show() -> None:
    """The page."""
    with session.guarded():
        seat = session.here().seat
        with st.spinner("正在逐条读取现行制度……"):
            found = survey(seat, session.scope(), "岗责")
            entries = ledger(seat, found)
        if not entries:
            st.html(
                empty_state("没有可列的岗责", "知识库里还没有现行的本单位制度，或者您无权查看。")
            )
            return
        if wanted := state.address(state.DUTY):
            check(seat, entries, wanted)
        view = side("看什么", state.DUTY_VIEW, VIEWS)
        if view == "gaps":
            _gaps(entries)
        elif view == "calendar":
            _calendar(found, entries)
        else:
            _table(entries)


def _table(entries: list[Entry]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "岗位、事项、文件",
            key=state.DUTY_WORDS,
            placeholder="如：印章管理岗",
            bind="query-params",
        )
        counts = duties.by_unit(entries)
        units = {"": "全部", **{unit: f"{unit}（{n}）" for unit, n in counts.items()}}
        unit = choice("归属", state.DUTY_UNIT, units)
        sort = choice("类别", state.DUTY_SORT, duties.SORTS)
        said = choice("核对情况", state.DUTY_STATE, {"": "全部", **{s: s for s in State}})
        timed = choice("时限", state.DUTY_TIMED, {"": "不限", "1": "写明时限的"})
    shown = duties.narrow(entries, unit=unit, words=words, sort=sort, said=said, timed=timed == "1")
    done = sum(one.state in (State.CONFIRMED, State.CORRECTED, State.REJECTED) for one in entries)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="kb-over"):
        st.html(
            f'<div class="kb-summary" role="status">程序从现行制度中读出 {len(entries)} 项，显示 '
            f"{len(shown)} 项；已有 {done} 项经人核对。读取可能有误，以条文为准。</div>"
        )
        st.html(
            f'<div class="kb-actions"><a class="kb-copy" href="{e(duties_file())}" download>'
            "导出 Excel</a></div>",
            width="content",
        )
    if not shown:
        st.html(empty_state("没有符合条件的职责", "请放宽筛选条件。"))
        return
    pages = -(-len(shown) // PAGE)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(f"第几页（共 {pages} 页）", 1, pages, key="duty_page", width=180)
        )
    st.html(duties.table_html(shown[(page - 1) * PAGE : page * PAGE]))


def _gaps(entries: list[Entry]) -> None:
    pairs = two_leads(entries)
    st.subheader(f"可能由两家负责的事项（{len(pairs)} 对）", anchor=False)
    st.caption("两处条文都写了负责、牵头，事项的用字相近。是否重叠、由谁牵头，请人研判。")
    if pairs:
        st.html(duties.pairs_html(pairs))
    bare = nobody(entries)
    st.subheader(f"写了时限而没有写明由谁办的（{len(bare)} 项）", anchor=False)
    st.caption("句中没有写出责任主体；可能由上下文可知，请逐条核对。")
    if bare:
        st.html(duties.table_html(bare[:PAGE]))


def _calendar(found: Survey, entries: list[Entry]) -> None:
    today = date.today()
    months = {"": "本月", **{str(m): f"{m}月" for m in range(1, 13)}}
    month = int(side("月份", state.DUTY_MONTH, months, visible=True) or today.month)
    year = today.year
    made = calendar(entries, year, leads_of(session.here().seat.settings.home))
    dues = made.of_month(month)
    st.subheader(f"{year}年{month}月到期的例行事项（{len(dues)} 项）", anchor=False)
    if dues:
        st.html(duties.dues_html(dues))
        st.caption("提前多少天着手可以改：把 leads.txt 放在知识库目录里（年 30、季 14、预算 60）。")
    else:
        st.html(empty_state("这个月没有写明日期的例行事项", "可看其他月份。"))
    _before(found, year - 1, month)
    if made.undated:
        with st.expander(f"只写了频次、没有写明日期的（{len(made.undated)} 项）"):
            st.html(duties.table_html(list(made.undated)[:PAGE]))


def _before(found: Survey, year: int, month: int) -> None:
    seat = session.here().seat
    past = lastyear.done(seat, list(found.check.versions), year, month)
    st.subheader(f"去年同月（{year}年{month}月）", anchor=False)
    if past:
        st.html(lastyear.done_html(past))
    else:
        what = "议题、材料、督办和经验" if seat.may(Action.COMPOSE).allowed else "经验"
        st.caption(f"知识库里没有那个月的{what}。")
