"""密级存疑, 反馈与未答: what waits for a person."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from indexer.clearing import Marked, decide, marked
from kb.base import KnowledgeBase
from kb.model import Mark
from kb.ui import links, session
from kb.ui.feedback import KINDS
from kb.ui.keeping import keeping
from kb.ui.manage import table
from kb.ui.markup import e, go, plain
from kb.ui.views import admin_intake


def waiting(base: KnowledgeBase) -> int:
    """How many files with a doubtful mark nobody has looked at yet."""
    return sum(m.waits for m in marked(base.files(), base.marks))


def marks() -> None:
    """Files with a mark of secrecy; a doubtful one is decided here."""
    base = keeping()
    found = marked(base.files(), base.marks)
    st.write(
        "首页单独成行的“秘密”“机密”等字样可能是密级标志，也可能不是，须由有权的人看过原件后决定；"
        "决定之前不保存任何内容。决定只对当时的文件内容有效，文件改动后重新询问。"
        "带正式标志（如“机密★”）的文件任何人不得放行。"
    )
    if not found:
        st.caption("没有带密级字样的文件。")
    for one in found:
        with st.container(border=True, key=f"mark:{one.file.path}"):
            st.html(f"<b>{e(one.file.path)}</b><p>{e(one.says)}</p>")
            if one.mark is not Mark.CERTAIN:
                _decision(one)
    history = base.marks.history()
    if history:
        with st.expander(f"决定的记录（{len(history)}）"):
            names = {"accepted": "确认非涉密", "refused": "不得入库", "doubtful": "收回决定"}
            rows = [
                (row.path, names[row.decision], row.evidence, row.digest[:12])
                for row in reversed(history)
            ]
            st.html(table(("文件", "决定", "由谁、何时、理由", "内容校验值"), rows))


def _decision(one: Marked) -> None:
    key = one.file.path
    st.text_input("依据或理由", key=f"note:{key}", max_chars=300)
    with st.container(horizontal=True, gap="small"):
        if one.decided is None or one.decided.decision != Mark.ACCEPTED.value:
            _button("看过原件，确认非涉密", Mark.ACCEPTED, key)
        if one.decided is None or one.decided.decision != Mark.REFUSED.value:
            _button("不得入库", Mark.REFUSED, key)
        if one.decided is not None:
            _button("收回决定", Mark.DOUBTFUL, key)


def _button(label: str, decision: Mark, path: str) -> None:
    st.button(label, key=f"{decision.value}:{path}", on_click=_decide, args=(decision, path))


def _decide(decision: Mark, path: str) -> None:
    with session.guarded():
        base = keeping()
        decide(
            [path],
            decision,
            files=base.files(),
            sources=base.sources(),
            marks=base.marks,
            audit=base.audit,
            who=session.scope().reader or "本机使用者",
            note=str(st.session_state.get(f"note:{path}", "")),
            origin="page",
        )
        st.toast("已记下", icon=":material/check:")
        admin_intake.begin(base.settings, [], "按决定更新索引")


def told() -> None:
    """What people reported, and what they asked in vain."""
    base = keeping()
    rows = base.desk.told()
    st.subheader(f"没找到／有误（{sum(row.done is None for row in rows)} 件未处理）", anchor=False)
    if not rows:
        st.caption("还没有人反馈。检索结果旁的“没找到／有误”会列在这里。")
    for row in rows[:50]:
        with st.container(border=True, key=f"told:{row.id}"):
            day = row.at.replace(tzinfo=UTC).astimezone()
            path, at = links.place_of(row.passage_id) if row.passage_id else ("", "")
            where = go(links.read(path, at=at), e(row.passage_id)) if path else ""
            st.html(
                f"<b>{e(KINDS.get(row.what, row.what))}</b>　{e(row.says)}"
                f'<div class="kb-summary">{e(row.who or "本机")}　{day:%Y-%m-%d %H:%M}　'
                f"检索：{go(links.search(row.query), e(row.query))}　{where}</div>"
            )
            if row.done is None:
                st.button(
                    "处理完毕",
                    key=f"settle:{row.id}",
                    on_click=base.desk.settle,
                    args=(row.id, session.scope().reader),
                )
            else:
                done = row.done.replace(tzinfo=UTC).astimezone()
                st.caption(f"已处理，{plain(row.done_by or '本机')} {done:%Y-%m-%d %H:%M}")
    asked = base.desk.unanswered(50)
    st.subheader("没有找到直接依据的问题", anchor=False)
    if not asked:
        st.caption("还没有。")
        return
    shown = [(row.query, str(row.times), f"{_local(row.at):%Y-%m-%d}") for row in asked]
    st.html(table(("问题", "次数", "最近一次"), shown))


def _local(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC).astimezone()
