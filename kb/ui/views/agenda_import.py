"""Decisions from a workbook: what each row would become, what is wrong with it, then taken in."""

from __future__ import annotations

import hashlib

import streamlit as st

from kb.decide.agenda_sheet import COLUMNS, Read, Sheet, read
from kb.decide.model import day_in_words
from kb.errors import KbError, StepRefused
from kb.model import Tier
from kb.ui import acting, session, signed
from kb.ui.markup import e, plain, table
from kb.ui.sheets import example, rows_of

GIVEN = "agenda-sheet"
DONE = "agenda-sheet-done"


def show() -> None:
    """The upload, its preview, and the button that takes the good rows in."""
    names = "、".join(known[0] for known in COLUMNS.values())
    st.caption(
        f"第一行为表头，必须有“议题”一列；可有 {names}。"
        "先显示每行读成什么、哪里不对，确认后才写入。"
    )
    st.download_button("下载样表", example(), "议题样表.xlsx", icon=":material/download:")
    given = st.file_uploader("选择 Excel 文件（.xlsx）", type="xlsx", key=GIVEN)
    if given is None:
        return
    data = given.getvalue()
    if st.session_state.get(DONE) == _digest(data):
        st.caption("这个文件已经导入；再选一个文件可以接着导入。")
        return
    with session.guarded():
        found = _read(given.name, data)
        for fault in found.faults:
            st.error(plain(fault), icon=":material/error:")
        if found.unknown:
            st.caption(f"没有用到的列：{plain('、'.join(found.unknown))}")
        if not found.rows:
            return
        bad = len(found.rows) - len(found.good)
        st.html(
            f'<div class="kb-summary">共 {len(found.rows)} 行，可导入 {len(found.good)} 行'
            + (f"，有错 {bad} 行（改好后再导入，不影响其余）" if bad else "")
            + "</div>"
            + preview_html(found)
        )
        st.button(
            f"导入 {len(found.good)} 件议题",
            type="primary",
            disabled=not found.good,
            on_click=_take,
            args=(given.name, data),
        )


def _read(name: str, data: bytes) -> Sheet:
    scope = session.scope()
    held = [row.title for row in session.here().base.people.agenda.every()]
    return read(rows_of(name, data), held=held, tiers=frozenset(scope.tiers))


def _take(name: str, data: bytes) -> None:
    """All good rows, as they read now: what somebody added since is told of again."""
    good: list[Read] = []
    count = len(_read(name, data).good)

    def act() -> None:
        who = signed.name()
        if not who:
            raise StepRefused("没有写明是谁", hint="请填写署名")
        agenda = session.here().base.people.agenda
        for row in _read(name, data).good:
            try:
                agenda.add(row.values, who=who)
            except KbError as error:
                raise StepRefused(
                    f"第 {row.number} 行没有写入：{error.message}；前面的 {len(good)} 件已写入",
                    hint=error.hint,
                ) from error
            good.append(row)
        st.session_state[DONE] = _digest(data)

    acting.attempt(act, f"已导入 {count} 件议题")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def preview_html(found: Sheet) -> str:
    """Row by row."""
    head = ("行", "议题", "上会", "会议", "承办（配合）", "知悉范围", "检查")
    return table(head, map(_row, found.rows), "kb-ledger")


def _row(row: Read) -> str:
    values = row.values
    partners = f"（{e('、'.join(values['partners']))}）" if values["partners"] else ""
    said = [
        *(f'<span class="kb-ended">{e(fault)}</span>' for fault in row.faults),
        *(f"<small>{e(note)}</small>" for note in row.notes),
    ]
    day = day_in_words(values["day"]) if values["day"] else "未定"
    return (
        f'<tr><td style="min-width:0">{row.number}</td>'
        f'<td style="min-width:12rem">{e(values["title"])}</td><td class="kb-nowrap">{day}</td>'
        f"<td>{e(values['meeting'])}</td><td>{e(values['department'])}{partners}</td>"
        f'<td class="kb-nowrap">{e(Tier(values["tier"]).label)}</td>'
        f"<td>{'<br>'.join(said) or '可导入'}</td></tr>"
    )
