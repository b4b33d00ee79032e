"""令牌, below the accounts: which programs may ask, and for how long. As ``kb api token``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from kb.access.policy import Action
from kb.access.tokens import DAYS, MOST_DAYS, Narrowed, Tokens, state
from kb.catalogue.accounts import AccountRow
from kb.catalogue.tokens import TokenRow
from kb.model import Tier
from kb.seat import Seat
from kb.ui.markup import e, plain, table

SAYS = (
    "供 OA 等其他程序调用只读接口（`kb api serve`）。"
    "以所选账号的权限，只少不多；每次调用都记入日志。"
)


def show(seat: Seat, names: Sequence[str]) -> None:
    """Every token; new ones for the accounts named. Nothing is drawn for who may not keep accounts.

    Raises:
        AccessDenied: he may not. KbError: as `kb.access.tokens.Tokens.add`.
    """
    tokens = Tokens(seat.tokens, seat.accounts)
    st.subheader("接口令牌", anchor=False)
    st.caption(SAYS)
    left, right = st.columns(2, gap="large")
    # The forms act first, so that the table below tells what has become of it.
    shown = st.container()
    with left:
        _new(seat, tokens, names)
    with right:
        _revoke(seat, tokens)
    with shown:
        if rows := tokens.store.all():
            st.html(table(HEAD, map(_row, rows)))


HEAD = ("令牌", "账号", "只到", "到期", "最近使用", "状态")


def _new(seat: Seat, tokens: Tokens, names: Sequence[str]) -> None:
    with st.form("token_new", border=False, clear_on_submit=True):
        name = st.text_input("令牌名（用它的程序，如 OA）")
        user = st.selectbox("以哪个账号的权限", names)
        days = st.number_input("有效天数", 1, MOST_DAYS, DAYS)
        tiers = ["", *(tier.value for tier in Tier)]
        least = st.selectbox(
            "最高只到", tiers, format_func=lambda t: Tier(t).label if t else "同账号"
        )
        go_on = st.form_submit_button("发放令牌")
    if not go_on:
        return
    seat.allow(Action.ACCOUNTS, f"发放令牌 {name}（{user}）")
    until = datetime.now(UTC) + timedelta(days=int(days))
    less = Narrowed(clearance=Tier(least) if least else None)
    secret = tokens.add(name.strip(), user or "", seat.visitor.name, expires=until, less=less)
    st.success(f"已发放令牌 {plain(name)}，只显示这一次，遗失须撤销后另发：`{secret}`")


def _revoke(seat: Seat, tokens: Tokens) -> None:
    living = [token.name for token, _ in tokens.store.all() if token.revoked is None]
    if not living:
        return
    with st.form("token_end", border=False):
        name = st.selectbox("令牌", living)
        go_on = st.form_submit_button("撤销令牌")
    if go_on and name:
        seat.allow(Action.ACCOUNTS, f"撤销令牌 {name}")
        tokens.store.revoke(name)
        st.success(f"已撤销令牌 {plain(name)}，即时生效。")


def _row(pair: tuple[TokenRow, AccountRow]) -> str:
    token, account = pair
    values = (
        token.name,
        account.name,
        Tier(token.clearance).label if token.clearance else "同账号",
        _day(token.expires) if token.expires else "不到期",
        _day(token.seen) if token.seen else "—",
        state(token, account),
    )
    return "<tr>" + "".join(f"<td>{e(value)}</td>" for value in values) + "</tr>"


def _day(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).astimezone().date().isoformat()
