"""督办: tasks with their lights, what is overdue, numbers by unit and month; one task laid open."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import streamlit as st

from kb.access.policy import Action as Door
from kb.decide.follow import Action, Task, TaskState, allowed, light, light_rules
from kb.decide.follow.statistics import altogether, by_month, by_unit
from kb.decide.model import day_in_words
from kb.ui import acting, links, session, signed, state
from kb.ui.charts import bars_svg, picture_html
from kb.ui.markup import e, empty_state, facts, go
from kb.ui.tasks import (
    SHOWN,
    counts_html,
    light_html,
    month_table,
    narrow,
    state_html,
    table_html,
    unit_table,
    units,
)
from kb.ui.views import follow_up, reminders
from kb.ui.views.common import choice

VIEWS = {"list": "清单", "numbers": "统计"}
LIMITED = (Action.ASSIGN, Action.ASK_EXTENSION)


def show() -> None:
    """The page."""
    with session.guarded():
        seat = session.here().seat
        seat.require(Door.COMPOSE)
        if wanted := state.address(state.TASK):
            _one(wanted)
            return
        office = seat.office()
        st.subheader("督办", anchor=False)
        acting.told()
        tasks, today = office.tasks(), office.today
        if not tasks:
            st.html(
                empty_state(
                    "还没有督办事项", "在议题的“督办”中把决定分解成事项，或在下面直接立项。"
                )
            )
        else:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                view = choice("看法", state.TASK_VIEW, VIEWS, bare=True)
                shown = choice("范围", state.TASK_SHOWN, SHOWN, bare=True)
                named = {"": "全部单位", **{unit: unit for unit in units(tasks)}}
                unit = choice("单位", state.TASK_UNIT, named, bare=True)
            all_in_all = altogether(tasks, today)
            st.html(
                f'<div class="kb-summary">共 {all_in_all.filed} 件，在办 {all_in_all.open} 件，'
                f"其中逾期 {all_in_all.overdue} 件；办结 {all_in_all.finished} 件</div>"
            )
            if view == "numbers":
                _numbers(tasks, unit, today)
            else:
                found = narrow(tasks, shown, unit, today, office.calendar)
                rules = light_rules(session.here().base.settings.home)
                if found:
                    st.html(table_html(found, today, rules, office.calendar))
                else:
                    st.caption(f"没有{SHOWN[shown]}的事项。" if shown != "all" else "没有事项。")
        with st.expander("立项", icon=":material/add_task:"):
            signed.ask()
            follow_up.form("file:")
        reminders.show()


def _numbers(tasks: list[Task], unit: str, today: date) -> None:
    kept = [t for t in tasks if not unit or unit in (t.lead, *t.draft.partners)]
    left, right = unit_table(kept, today), month_table(kept, today)
    pictures = [
        picture_html(bars_svg(table, across=across, title=title), title)
        for table, across, title in ((left, True, "按牵头单位"), (right, False, "按立项月份"))
        if table
    ]
    st.html(f'<div class="kb-charts">{"".join(pictures)}</div>')
    link = f'<a class="kb-open" download href="/files/notice/{quote("督查通报")}.docx">'
    st.html(f'<div class="kb-files">{link}督查通报（Word）</a></div>')
    st.html(counts_html(by_unit(kept, today), "单位"))
    st.html(counts_html(by_month(kept, today), "月份"))


def _one(wanted: str) -> None:
    seat = session.here().seat
    office = seat.office()
    task = office.task(int(wanted) if wanted.isdigit() else 0)
    st.html(go(links.link(links.TASKS), "← 全部督办事项"))
    acting.told()
    draft = task.draft
    found = light(task, office.today, light_rules(seat.settings.home), office.calendar)
    st.html(
        f'<div class="kb-made"><h2>{e(draft.what)}　{state_html(task)}</h2></div>'
        + facts(
            (
                ("编号", task.id),
                ("牵头", task.lead or "未定"),
                ("配合", "、".join(draft.partners)),
                ("期限", day_in_words(task.limit) if task.limit else "未定"),
                ("类别", draft.category),
                ("进度", f"{task.progress}%"),
            )
        )
        + f'<div class="kb-row" style="margin-top:.4rem">{light_html(found)}</div>'
        + f'<div class="kb-said"><b>工作标准</b>\n{e(draft.standard) or "未写"}\n<b>来源</b>\n'
        f"{_source(draft.source)}</div>"
    )
    if draft.decision_id:
        st.html(f"议题：{go(links.decision(draft.decision_id), e(draft.decision_id))}")
    if task.pending is not None:
        asked = day_in_words(task.pending.until)
        st.html(
            f'<div class="kb-weak"><b>申请延期至{asked}，待批复</b>{e(task.pending.reason)}</div>'
        )
    signed.ask()
    _act(task)
    items = "".join(
        f"<li><time>{event.day}</time><b>{e(event.action)}</b>　{e(event.who)}　{e(event.words)}"
        + (f"　期限 {event.limit}" if event.limit else "")
        + (f"　进度 {event.progress}%" if event.progress is not None else "")
        + "</li>"
        for event in reversed(task.events)
    )
    st.html(f'<ul class="kb-log">{items}<li><time>{task.filed}</time><b>立项</b></li></ul>')
    if task.state in (TaskState.CLOSED, TaskState.ARCHIVED):
        st.html(go(links.link(links.EXPERIENCE, {state.TASK: task.id}), "写成经验材料"))


def _source(text: str) -> str:
    """A link where it is a passage of the base, else the words."""
    if "#" in text:
        path, at = links.place_of(text)
        return go(links.read(path, at=at), e(text))
    return e(text)


def _act(task: Task) -> None:
    can = allowed(task)
    if not can:
        st.caption("这一事项已经办完，没有要做的了。")
        return
    key = f"task:{task.id}:{task.revision}:"
    action = st.segmented_control(
        "办理", list(can), default=can[0], required=True, key=f"{key}action",
        format_func=lambda one: one.value,
    ) or can[0]  # fmt: skip
    fields = f"{key}{action.name}:"
    with st.form(f"{fields}form", border=True, enter_to_submit=False):
        with st.container(horizontal=True):
            st.date_input(
                "哪天", session.here().seat.office().today, key=f"{fields}day",
                format="YYYY-MM-DD", width=160, min_value=date(2000, 1, 1),
            )  # fmt: skip
            if action is Action.ASSIGN:
                st.text_input("牵头单位", task.lead, key=f"{fields}lead")
            if action in LIMITED:
                st.date_input(
                    "办结期限" if action is Action.ASSIGN else "延期至", task.limit,
                    key=f"{fields}limit", format="YYYY-MM-DD", width=160,
                    min_value=date(2000, 1, 1), max_value=date(2099, 12, 31),
                )  # fmt: skip
            if action is Action.REPORT:
                st.number_input("进度（%）", 0, 100, task.progress, key=f"{fields}progress",
                                width=140)  # fmt: skip
        st.text_area(WORDS.get(action, "说明（可不填）"), key=f"{fields}words", height=68)
        st.form_submit_button(
            action.value,
            type="primary",
            on_click=acting.on_task,
            args=(task.id, task.revision, fields, action),
        )


WORDS = {
    Action.DISPUTE: "改办理由",
    Action.UPHOLD: "维持的理由",
    Action.REPORT: "办理进展",
    Action.ASK_EXTENSION: "延期理由",
    Action.REFUSE_EXTENSION: "不同意的理由",
    Action.SUBMIT: "办理结果和佐证材料",
    Action.RETURN: "退回的具体问题",
    Action.REOPEN: "重新立项的理由",
    Action.WITHDRAW: "撤销的理由",
}
