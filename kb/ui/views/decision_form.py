"""The form of a decision: a new one, or one that is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from kb.catalogue.agenda import DecisionRow
from kb.decide.agenda import State
from kb.decide.template import DEFAULT, names
from kb.errors import StepRefused
from kb.model import Tier
from kb.ui import acting, session, signed
from kb.ui.files import own_templates

KINDS = ("", "重大决策", "重要人事任免", "重大项目安排", "大额资金使用", "日常事项")
SEPARATOR = re.compile(r"[、，,；;\n]+")


def parts(text: str) -> list[str]:
    """Names divided by 、 or the like."""
    return [part.strip() for part in SEPARATOR.split(text) if part.strip()]


def new() -> None:
    """An empty form."""
    _form("new-decision:", None)


def change(row: DecisionRow) -> None:
    """What there is, to be changed; upon the version that is shown."""
    _form(f"edit:{row.id}:{row.version}:", row)


def _form(key: str, row: DecisionRow | None) -> None:
    base = session.here().base
    tiers = [t for t in Tier if t in session.scope().tiers]
    forms = names(own_templates(base.settings))
    with st.form(f"{key}form", border=False, enter_to_submit=False):
        st.text_input(
            "议题名称", row.title if row else "", key=f"{key}title",
            placeholder="如：采购一批办公设备",
        )  # fmt: skip
        with st.container(horizontal=True):
            st.date_input(
                "上会日期", row.day if row else None, key=f"{key}day", format="YYYY-MM-DD",
                min_value=date(2000, 1, 1), max_value=date(2099, 12, 31),
            )  # fmt: skip
            st.text_input("会议", row.meeting if row else "", key=f"{key}meeting",
                          placeholder="局长办公会")  # fmt: skip
            kinds = list(dict.fromkeys([*KINDS, row.kind if row else ""]))
            st.selectbox(
                "类别", kinds, key=f"{key}kind", index=kinds.index(row.kind) if row else 0,
                format_func=lambda name: name or "未分类",
            )  # fmt: skip
        with st.container(horizontal=True):
            st.text_input("承办单位", row.department if row else "", key=f"{key}department",
                          placeholder="办公室")  # fmt: skip
            st.text_input(
                "配合单位（用顿号分开）", "、".join(row.partners) if row else "",
                key=f"{key}partners", placeholder="财务处、机关纪委",
            )  # fmt: skip
            tier = Tier(row.tier) if row else Tier.INTERNAL
            at = tiers.index(tier) if tier in tiers else len(tiers) - 1
            st.selectbox("知悉范围", tiers, at, key=f"{key}tier",
                         format_func=lambda tier: tier.label)  # fmt: skip
            form = row.template if row and row.template in forms else DEFAULT
            at = forms.index(form) if form in forms else 0
            st.selectbox("材料模板", forms, at, key=f"{key}template")
        st.text_area("要回答的问题（每行一个）", "\n".join(row.questions) if row else "",
                     key=f"{key}questions", height=80)  # fmt: skip
        st.text_area("背景（可不填，原样写入材料）", row.background if row else "",
                     key=f"{key}background", height=80)  # fmt: skip
        st.text_area(
            "上会附件（每行一件：文件名或库内路径）", "\n".join(row.papers) if row else "",
            key=f"{key}papers", height=68,
        )  # fmt: skip
        st.form_submit_button(
            "保存修改" if row else "列入议题",
            type="primary",
            icon=":material/save:",
            on_click=_save,
            args=(key, row.id if row else "", row.version if row else 0),
        )


def _save(key: str, decision_id: str, based_on: int) -> None:
    values = typed(key)

    def act() -> None:
        if not values["title"]:
            raise StepRefused("没有填写议题名称", hint="请填写后再保存")
        who = signed.name()
        if not who:
            raise StepRefused("没有写明是谁", hint="请填写署名")
        agenda = session.here().base.people.agenda
        if not decision_id:
            agenda.add(values | {"state": State.IDEA.value}, who=who)
        elif not agenda.change(decision_id, based_on, values, who):
            raise StepRefused("刚才有人先改了，没有保存", hint="看过新的内容后再试一次")

    if acting.attempt(act, "已保存" if decision_id else f"已列入议题：{values['title']}"):
        acting.clear(key)


def typed(key: str) -> dict[str, Any]:
    """The columns of a decision as they stand in the form."""

    def lines(name: str) -> list[str]:
        return [line.strip() for line in acting.field(key + name).splitlines() if line.strip()]

    kept: Mapping[Any, Any] = st.session_state
    return {
        "title": acting.field(f"{key}title"),
        "background": acting.field(f"{key}background"),
        "questions": lines("questions"),
        "kind": acting.field(f"{key}kind"),
        "meeting": acting.field(f"{key}meeting"),
        "day": kept.get(f"{key}day"),
        "department": acting.field(f"{key}department"),
        "partners": parts(acting.field(f"{key}partners")),
        "papers": lines("papers"),
        "tier": Tier(kept.get(f"{key}tier") or Tier.INTERNAL).value,
        "template": acting.field(f"{key}template") or DEFAULT,
    }
