"""A frozen pack: as it was frozen, what has changed since, whom it went to."""

from __future__ import annotations

import streamlit as st

from kb.access.policy import Action
from kb.base import KnowledgeBase
from kb.catalogue.editions import EditionRow
from kb.decide.changes import from_plain
from kb.decide.freeze import open_edition
from kb.decide.model import day_in_words
from kb.decide.verify import verify
from kb.ui import acting, links, session, signed, state
from kb.ui.differences import sides_html
from kb.ui.files import FROZEN, NAMES, TYPES, file_name
from kb.ui.markup import e, go
from kb.ui.views import follow_up


def show(base: KnowledgeBase, edition_id: str) -> None:
    """The page of one edition."""
    row = base.people.editions.by_id(int(edition_id) if edition_id.isdigit() else 0)
    pack, _ = open_edition(row)
    seen = verify(base, session.scope(), row)
    st.html(go(links.link(links.PACK), "← 全部材料"))
    at = f"{row.at.astimezone():%Y-%m-%d %H:%M}"
    st.html(
        f'<div class="kb-made"><h2>{e(pack.topic)}</h2><div class="kb-summary">'
        f"{e(row.number)} 第{row.edition}版　{e(at)} {e(row.who)}定稿　"
        f"以 {e(row.as_of or '不限日期')} 为准　第 {row.generation} 代索引　"
        f"校验码 {e(row.digest[:16])}</div></div>"
    )
    key = f"{FROZEN}{row.id}"
    files = "".join(
        f'<a class="kb-open" download href="'
        f'{e(links.pack_file(key, file_name(pack.topic, pack.as_of, form)))}">'
        f"下载{e(NAMES[form])}</a>"
        for form in TYPES
    )
    draft = (
        "其中有您无权查看的部分，已按规定隐去；校验码是隐去之后的。"
        if pack.redacted
        else go(links.link(links.PACK, {state.PACK: row.pack_id}), "修改草稿，出新一版")
    )
    st.html(f'<div class="kb-files">{files}</div><div class="kb-row">{draft}</div>')
    if seen.altered:
        st.html(f'<div class="kb-weak"><b>{e(seen.says)}</b>定稿本身不变；需要时出新一版。</div>')
        with st.expander("新旧对照", expanded=len(seen.altered) < 4):
            st.html(sides_html(seen.altered))
    else:
        st.success(f"已核对：{seen.says}", icon=":material/verified:")
    if row.edition > 1:
        changes = from_plain(row.changes)
        with st.expander(f"与第{row.edition - 1}版的差别（{len(changes.lines())}）"):
            lines = "".join(f"<li>{e(line)}</li>" for line in changes.lines())
            st.html(
                f'<ul class="kb-log">{lines}</ul>' + sides_html(changes.altered, "上一版", "本版")
            )
    left, right = st.columns([6, 5], gap="medium")
    with left:
        view = links.pack_file(key, file_name(pack.topic, pack.as_of, "html"))
        st.iframe(f"{view}?view=1", height=900, alt="参阅材料")
    with right:
        _deliveries(base, row)


def _deliveries(base: KnowledgeBase, row: EditionRow) -> None:
    kept = base.people.editions
    st.subheader("呈送", anchor=False)
    acting.told()
    # Outside of the form: a remark that becomes a task is signed by it, too.
    signed.ask()
    with st.form("deliver", border=False):
        names = st.text_input("呈送给（多人用顿号分开）", placeholder="王局长、李副局长")
        if st.form_submit_button("呈送", icon=":material/send:"):
            found = [n.strip() for n in names.replace("，", "、").replace(",", "、").split("、")]
            found = [n for n in found if n]
            session.here().seat.allow(Action.COMPOSE, f"呈送 {row.number} → {'、'.join(found)}")
            kept.deliver(row.id, found, signed.name())
    office = session.here().seat.office()
    tasks = {task.remark_id: office.task(task.id) for task in kept.tasks() if task.remark_id}
    for one in kept.deliveries(edition_id=row.id):
        state_now = "已圈阅" if one.circled else "已阅" if one.read else "未阅"
        when = one.circled or one.read
        stamp = f"　{when.astimezone():%Y-%m-%d %H:%M}" if when else ""
        st.html(
            f'<div class="kb-row"><b>{e(one.recipient)}</b><small>第 {one.copy} 份　'
            f"{state_now}{stamp}</small></div>"
        )
        for remark in kept.remarks([one.id]):
            by = f"，{remark.typed_by}录入" if remark.typed_by not in ("", one.recipient) else ""
            st.html(
                f'<div class="kb-remark">{e(remark.text)}<small>{e(one.recipient)}　'
                f"{e(day_in_words(remark.day))}{e(by)}</small></div>"
            )
            if remark.id in tasks:
                task = tasks[remark.id]
                due = day_in_words(task.limit) if task.limit else "未定时限"
                says = f"督办 {task.id}　{task.lead or '未定承办'}，{due}，{task.state}"
                st.html(go(links.task(task.id), e(says)))
            else:
                day = day_in_words(remark.day)
                _task(remark.id, remark.text, f"{one.recipient}{day}批示（{row.number}）")


def _task(remark_id: int, text: str, name: str) -> None:
    with st.expander("立项督办"):
        follow_up.form(f"remark:{remark_id}:", what=text, source=name, remark_id=remark_id)
