"""改正著录: who keeps the base corrects what a paper's description says."""

from __future__ import annotations

from datetime import UTC

import streamlit as st

from indexer import correcting
from kb.access.policy import Action
from kb.base import KnowledgeBase, Shown
from kb.catalogue.corrections import CorrectionRow
from kb.catalogue.rows import VersionRow
from kb.model import Tier
from kb.ui import jobs, session
from kb.ui.manage import table
from kb.ui.markup import e
from kb.ui.views import admin_intake

HELP = {
    "issued": "如 2023-05-16；没有就留空",
    "effective": "如 2023-06-01；没有就留空",
    "expires": "最后有效的一天；没有就留空",
    "review": "如 2027-05-16",
    "replaces": "被本文件取代的文件：标题或文号",
}


def show(shown: Shown) -> None:
    """The form, and what was corrected before; nothing for who may not."""
    if not session.here().seat.may(Action.MAINTAIN).allowed:
        return
    version = shown.version
    base = _keeping()
    held = correcting.of_version(base.corrections, base.snapshot().rows, version.path)
    job = jobs.current(base.settings)
    if job is not None and job.running:
        admin_intake.followed(base.settings)
    _held(held, version)
    with st.expander("改正著录", icon=":material/edit_note:", key="correct"):
        st.caption(
            "改正由您署名并记入审计日志，更新索引后生效；以后重新入库、移动文件都保留。"
            "知悉范围只能调高；类型、归口部门和知悉人员决定谁能看到，"
            "须写在来源文件夹的 manifest.toml 中。"
        )
        _form(version, {row.field: row.value for row in held})


def _keeping() -> KnowledgeBase:
    return session.here().seat.upkeep("改正著录")


def _form(version: VersionRow, waiting: dict[str, str]) -> None:
    values: dict[str, str] = {}
    with st.form("correct-form", border=False):
        columns = st.columns(2, gap="medium")
        for at, (field, name) in enumerate(correcting.NAMES.items()):
            now = waiting.get(field, correcting.value_of(version, field))
            key = f"fix:{version.path}:{field}"
            with columns[at % 2]:
                values[field] = _input(version, field, name, now, key)
        note = st.text_input(
            "依据", key=f"fix:{version.path}:note", max_chars=300, placeholder="如：原件第1页"
        )
        if st.form_submit_button("保存改正并更新索引", type="primary"):
            with session.guarded():
                _save(version.path, values, note)


def _input(version: VersionRow, field: str, name: str, now: str, key: str) -> str:
    if field == "level":
        levels = correcting.FORCES
        return st.selectbox(name, levels, index=levels.index(now), key=key, filter_mode=None)
    if field == "tier":
        tiers = [t.value for t in Tier if t.rank >= version.tier.rank]
        at = tiers.index(now) if now in tiers else 0
        return st.selectbox(
            name, tiers, index=at, format_func=lambda t: Tier(t).label, key=key, filter_mode=None
        )
    return st.text_input(name, value=now, key=key, placeholder=HELP.get(field), max_chars=300)


def _save(path: str, values: dict[str, str], note: str) -> None:
    # Asked anew: the paper, within what this person may see, as it stands now.
    version = session.here().base.document(path, session.scope()).version
    base = _keeping()
    done = correcting.correct(
        version,
        values,
        corrections=base.corrections,
        reader=base.snapshot().rows,
        audit=base.audit,
        who=session.scope().reader or "本机使用者",
        note=note,
    )
    st.toast(f"已记下：{'、'.join(done)}", icon=":material/check:")
    admin_intake.begin(base.settings, [], "按改正更新索引")
    st.rerun()


def _held(held: list[CorrectionRow], version: VersionRow) -> None:
    for row in held:
        waits = not _done(row, version)
        changed = row.digest != version.digest
        says = "等待更新索引" if waits else "已生效"
        if changed:
            says += "；改正之后原件有改动，请核对是否仍然适用"
        before, after = (_shown(row.field, value) for value in (row.before, row.value))
        with st.container(horizontal=True, vertical_alignment="center", key=f"kb-fixed:{row.id}"):
            st.html(
                f"<div><b>{e(correcting.NAMES[row.field])}</b>　{e(before)} → {e(after)}"
                f'<div class="kb-summary">{e(row.evidence)}　{e(says)}</div></div>'
            )
            st.button("收回", key=f"unfix:{row.id}", on_click=_withdraw, args=(row,))


def _done(row: CorrectionRow, version: VersionRow) -> bool:
    """Whether a run has followed it: a tier that the paper itself states higher counts."""
    now = correcting.value_of(version, row.field)
    if row.field == "tier":
        return Tier(now).rank >= Tier(row.value).rank
    return now == row.value


def _withdraw(row: CorrectionRow) -> None:
    with session.guarded():
        base = _keeping()
        correcting.withdraw(
            row,
            corrections=base.corrections,
            audit=base.audit,
            who=session.scope().reader or "本机使用者",
        )
        st.toast("已收回", icon=":material/undo:")
        admin_intake.begin(base.settings, [], "按改正更新索引")


def _shown(field: str, value: str) -> str:
    return (Tier(value).label if field == "tier" and value else value) or "无"


def records() -> None:
    """Every correction of the base, for 管理."""
    rows = _keeping().corrections.history()
    st.write("在“阅读”页的“著录与读取情况”中改正；这里是全部记录，更新索引时自动采用。")
    if not rows:
        st.caption("还没有人改正过著录。")
        return
    lines = [
        (
            row.path,
            correcting.NAMES[row.field],
            f"{_shown(row.field, row.before)} → "
            + ("（收回）" if row.withdrawn else _shown(row.field, row.value)),
            row.who,
            f"{row.at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}",
            row.note,
        )
        for row in reversed(rows)
    ]
    st.html(table(("文件", "项目", "改动", "由谁", "何时", "依据"), lines))
