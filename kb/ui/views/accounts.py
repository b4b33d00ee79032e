"""账号: who may come in, and what for. The same rules as ``kb user``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from kb.access.accounts import Accounts, Person
from kb.access.policy import DUTIES, Action, Role
from kb.catalogue.accounts import AccountRow
from kb.model import Tier
from kb.seat import Seat
from kb.ui import session
from kb.ui.markup import e
from kb.ui.markup import table as framed
from kb.ui.views import tokens


def show() -> None:
    """The administrator's page."""
    with session.guarded():
        seat = session.at_the_door()
        seat.allow(Action.ACCOUNTS, "查看")
        accounts = Accounts(seat.accounts)
        rows = accounts.store.all()
        st.html(table(rows))
        left, right = st.columns(2, gap="large")
        with left:
            _new(seat, accounts)
        with right:
            _change(seat, accounts, rows)
        reading = [r.name for r in rows if not r.disabled and Action.SEARCH in DUTIES[Role(r.role)]]
        tokens.show(seat, reading)


def _role(key: str) -> Role:
    roles = [r.value for r in Role]
    chosen = st.selectbox("角色", roles, format_func=lambda r: Role(r).label, key=f"{key}_role")
    return Role(chosen)


def _rights(key: str) -> tuple[Tier, frozenset[str] | None]:
    tiers = [t.value for t in Tier]
    chosen = st.selectbox(
        "最高知悉范围", tiers, index=1, format_func=lambda t: Tier(t).label, key=f"{key}_tier"
    )
    tier = Tier(chosen)
    says = "部门（多个用顿号分开；全部部门写“全部”）"
    text = st.text_input(says, key=f"{key}_departments").strip()
    names = frozenset(part.strip() for part in text.replace("，", "、").split("、") if part.strip())
    return tier, None if text == "全部" else names


def _new(seat: Seat, accounts: Accounts) -> None:
    st.subheader("新设账号", anchor=False)
    with st.form("account_new", border=False, clear_on_submit=True):
        name = st.text_input("账号（小写字母和数字）")
        shown = st.text_input("姓名")
        number = st.text_input("工号")
        role = _role("new")
        tier, departments = _rights("new")
        subject = st.text_input("统一身份认证的邮箱（可不填）")
        go_on = st.form_submit_button("设立")
    if not go_on:
        return
    with session.guarded():
        seat.allow(Action.ACCOUNTS, f"新设 {name} {role.label}")
        person = Person(name, role, shown, number, tier, departments, subject=subject)
        first = accounts.add(person)
        if first:
            st.success(f"已设立 {name}。初始口令（只显示这一次，首次登录须修改）：`{first}`")
        else:
            st.success(f"已设立 {name}，用统一身份认证登录。")


def _change(seat: Seat, accounts: Accounts, rows: Sequence[AccountRow]) -> None:
    st.subheader("修改账号", anchor=False)
    with st.form("account_change", border=False):
        name = st.selectbox("账号", [row.name for row in rows])
        role = _role("change")
        tier, departments = _rights("change")
        with st.container(horizontal=True):
            rights = st.form_submit_button("改角色与范围")
            again = st.form_submit_button("重置口令")
            stop = st.form_submit_button("停用")
            start = st.form_submit_button("启用")
    with session.guarded():
        if rights:
            seat.allow(Action.ACCOUNTS, f"改 {name} {role.label} {tier.label}")
            accounts.set_rights(
                name, role=role, clearance=tier, departments=departments, keep_departments=False
            )
            st.success("已修改，对方的下一次操作即按新的权限。")
        elif again:
            seat.allow(Action.ACCOUNTS, f"重置口令 {name}")
            st.success(f"新的初始口令（只显示这一次）：`{accounts.reset(name)}`")
        elif stop or start:
            seat.allow(Action.ACCOUNTS, f"{'停用' if stop else '启用'} {name}")
            accounts.disable(name, disabled=stop)
            st.success("已停用。" if stop else "已启用。")


def table(rows: Sequence[AccountRow]) -> str:
    """Every account, without what is secret of it."""
    names = ("账号", "姓名", "工号", "角色", "知悉范围", "部门", "状态", "上次登录")
    lines = (
        "<tr>" + "".join(f"<td>{e(value)}</td>" for value in _values(row)) + "</tr>" for row in rows
    )
    return framed(names, lines)


def _values(row: AccountRow) -> tuple[str, ...]:
    now = datetime.now(UTC).replace(tzinfo=None)
    locked = row.locked_until is not None and row.locked_until.replace(tzinfo=None) > now
    state = (
        "停用" if row.disabled else "锁定" if locked else "待改口令" if row.must_change else "正常"
    )
    seen = row.seen.replace(tzinfo=UTC).astimezone() if row.seen else None
    return (
        row.name,
        row.shown,
        row.number or "—",
        Role(row.role).label,
        Tier(row.clearance).label,
        "全部" if row.departments is None else "、".join(row.departments) or "—",
        state,
        seen.strftime("%Y-%m-%d %H:%M") if seen else "—",
    )
