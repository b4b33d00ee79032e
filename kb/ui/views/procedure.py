"""程序核对: the steps of a checklist against the day of the meeting, what people say of them."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.decide.course import CourseAct
from kb.decide.model import day_in_words
from kb.decide.office import Decision
from kb.decide.procedure import MarkKind, Plan, Row, StepState
from kb.ui import acting, session
from kb.ui.markup import e, table

TONES = {
    StepState.DONE: "good",
    StepState.WAIVED: "plain",
    StepState.NOT_NEEDED: "plain",
    StepState.ASK: "wait",
    StepState.OPEN: "wait",
    StepState.NEAR: "warn",
    StepState.LATE: "gone",
}


def show(one: Decision) -> None:
    """The side of a decision."""
    locked = one.frozen
    if not locked:
        _choose(one)
    plan = one.plan
    if plan is None:
        st.caption("选定一份清单，按上会日期推算每一步最迟哪天办。清单可在数据目录中修改、增加。")
        return
    st.caption(f"依据《{plan.checklist.title}》。适用：{plan.checklist.binds or '本单位'}。")
    st.html(plan_html(plan))
    if not locked:
        _conditions(one, plan)
        _mark(one, plan)


def plan_html(plan: Plan) -> str:
    """A table: step, state, the last day with how it was counted, article, proof."""
    return table(("步骤", "状态", "最迟", "依据", "凭据"), map(_row, plan.rows), "kb-ledger")


def _row(row: Row) -> str:
    step, mark = row.step, row.mark
    late = '<br><small class="kb-ended">迟办</small>' if row.late else ""
    proof = e(step.proof)
    if mark is not None:
        proof = f"{e(mark.words)}<br><small>{e(mark.who)}　{mark.day}</small>"
    latest = ""
    if row.advice:
        day = day_in_words(row.latest) if row.latest else "日期未定"
        latest = f"<b>{day}</b><br><small>{e(row.advice)}</small>"
    return (
        f'<tr><td style="min-width:11rem"><b>{e(step.name)}</b><br>'
        f"<small>{e(step.text)}</small></td>"
        f'<td class="kb-nowrap"><span class="kb-badge kb-{TONES[row.state]}">{e(row.state)}</span>'
        f"{late}</td><td>{latest or '—'}</td><td>{e(step.place)}</td><td>{proof}</td></tr>"
    )


def _choose(one: Decision) -> None:
    known = session.here().seat.office().checklists
    key = f"list:{one.row.id}:"
    names = ["", *known]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "程序清单",
            names,
            names.index(one.course.checklist) if one.course.checklist in names else 0,
            format_func=lambda name: known[name].name if name else "未选",
            key=f"{key}checklist",
            width=320,
        )
        st.button("选定", key=f"{key}go", on_click=_chosen, args=(one, key))


def _chosen(one: Decision, key: str) -> None:
    data: dict[str, object] = {"checklist": acting.field(f"{key}checklist")}
    acting.on_decision(one.row.id, CourseAct.CHECKLIST, one.course.length, key, data)


def _conditions(one: Decision, plan: Plan) -> None:
    """What decides whether a step is needed: asked, never assumed."""
    if not plan.checklist.conditions:
        return
    st.html("<h4>先确认</h4>")
    for condition in plan.checklist.conditions:
        held = one.course.answers.get(condition.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f"<span>{e(condition.question)}</span>", width="content")
            for says, value in (("是", True), ("否", False)):
                st.button(
                    says,
                    key=f"ask:{condition.id}:{says}",
                    type="primary" if held is value else "secondary",
                    on_click=acting.on_decision,
                    args=(
                        one.row.id, CourseAct.ANSWER, one.course.length, "ask:",
                        {"condition": condition.id, "holds": value},
                    ),
                )  # fmt: skip


def _mark(one: Decision, plan: Plan) -> None:
    key = f"mark:{one.row.id}:"
    steps = {row.step.id: row.step for row in plan.rows}
    st.html("<h4>登记一步</h4>")
    with st.form(f"{key}form", border=False, clear_on_submit=False):
        with st.container(horizontal=True):
            st.selectbox("步骤", list(steps), format_func=lambda s: steps[s].name, key=f"{key}step")
            st.selectbox("结果", [*(k.value for k in MarkKind), "撤回登记"], key=f"{key}kind")
            st.date_input(
                "哪天", date.today(), key=f"{key}day", format="YYYY-MM-DD", width=160,
                min_value=date(2000, 1, 1),
            )  # fmt: skip
        st.text_input(
            "凭据或者理由", key=f"{key}words", placeholder="如：合法性审查意见书〔2026〕3号"
        )
        st.form_submit_button("登记", icon=":material/check:", on_click=_marked, args=(one, key))


def _marked(one: Decision, key: str) -> None:
    kind = acting.field(f"{key}kind")
    data: dict[str, object] = {
        "step": acting.field(f"{key}step"),
        "words": acting.field(f"{key}words"),
        "day": st.session_state.get(f"{key}day"),
    }
    if kind == "撤回登记":
        acting.on_decision(one.row.id, CourseAct.UNMARK, one.course.length, key, data)
    else:
        acting.on_decision(
            one.row.id, CourseAct.MARK, one.course.length, key, data | {"kind": kind}
        )
