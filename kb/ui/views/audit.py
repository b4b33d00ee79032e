"""审计: what was done, by whom, when; with filters, a picture of each, and the chain's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from kb.access.policy import LABELS, Action
from kb.access.table import as_csv, as_jsonl
from kb.catalogue.audit import AuditLog, EventRow, Filter
from kb.catalogue.audit_archive import verify
from kb.ui import session
from kb.ui.markup import e, empty_state
from kb.ui.markup import table as framed
from kb.ui.words import FIRST_DAY, LAST_DAY

PAGE = 100
OTHER = {
    "login": "登录", "logout": "退出", "password": "修改口令", "setup": "设立管理员",
    "correct": "改正著录", "correct.withdraw": "收回改正", "purge": "清除涉密文件",
    "mark.accepted": "确认非涉密", "mark.refused": "确认不得入库", "mark.doubtful": "收回密级决定",
    "index": "更新索引", "serve": "打开网页服务", "migrate": "升级数据库", "backup": "备份",
    "restore": "恢复备份", "doctor": "检查环境", "bench": "测量速度", "train": "训练排序",
}  # fmt: skip
WORDS = {a.value: label for a, label in LABELS.items()} | OTHER


def show() -> None:
    """The auditor's page."""
    with session.guarded():
        seat = session.at_the_door()
        seat.allow(Action.AUDIT, "查看")
        log = seat.log
        which = _filter(log)
        events = log.events(which, limit=PAGE + 1)
        if not events:
            st.html(empty_state("没有符合条件的记录", "请放宽筛选条件。"))
        else:
            _charts(log, which)
            st.html(table(events[:PAGE]))
            if len(events) > PAGE:
                st.caption(f"只列出最近 {PAGE} 条；全部记录请导出。")
        with st.container(horizontal=True):
            if st.button("核对日志链", icon=":material/verified:"):
                _verify(log)
            if st.button("准备导出", icon=":material/download:"):
                copy = seat.number("审计日志", "csv+jsonl", "导出", Action.AUDIT)
                rows = list(log.every(which))
                name = f"审计日志 第{copy.copy}份 {copy.id}"
                st.download_button("下载 CSV", as_csv(rows), f"{name}.csv", "text/csv")
                st.download_button("下载 JSONL", as_jsonl(rows), f"{name}.jsonl", "text/plain")


def _filter(log: AuditLog) -> Filter:
    who = ["", *sorted(name for name, _, _ in log.tally(Filter(), "who"))]
    done = ["", *sorted(name for name, _, _ in log.tally(Filter(), "action"))]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("谁", who, format_func=lambda v: v or "全部", key="audit_who")
        action = st.selectbox(
            "做什么", done, format_func=lambda v: WORDS.get(v, v) or "全部", key="audit_action"
        )
        result = st.selectbox("结果", ["全部", "允许", "拒绝"], key="audit_result")
        since = st.date_input(
            "从哪一天",
            value=date.today() - timedelta(days=30),
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format="YYYY-MM-DD",
            key="audit_since",
        )
        words = st.text_input("对象中含有", key="audit_words")
    return Filter(
        who=name or "",
        action=action or "",
        allowed={"允许": True, "拒绝": False}.get(result or ""),
        since=datetime.combine(since, time()).astimezone(UTC) if since else None,
        words=words.strip(),
    )


def _charts(log: AuditLog, which: Filter) -> None:
    by_day = log.tally(which, "day")
    by_who = sorted(log.tally(which, "who"), key=lambda t: -t[1])
    by_action = [(WORDS.get(n, n), c, r) for n, c, r in log.tally(which, "action")]
    st.html(
        '<div class="kb-tallies">'
        + chart("每日", by_day[-14:])
        + chart("人员", by_who[:10])
        + chart("操作", sorted(by_action, key=lambda t: -t[1])[:10])
        + "</div>"
    )


def chart(title: str, values: Sequence[tuple[str, int, int]]) -> str:
    """Bars in plain markup: a chart library would ask for a looser policy of scripts."""
    top = max((count for _, count, _ in values), default=1) or 1
    rows = "".join(
        f"<tr><th scope='row'>{e(name or '—')}</th>"
        f"<td><div class='kb-bar' style='width:{100 * count / top:.1f}%'></div></td>"
        f"<td>{count}{f'<em>拒绝 {refused}</em>' if refused else ''}</td></tr>"
        for name, count, refused in values
    )
    return f"<figure><figcaption>{e(title)}</figcaption><table>{rows}</table></figure>"


def table(events: Sequence[EventRow]) -> str:
    """The events, newest first."""
    rows = (
        f"<tr{'' if one.allowed else ' class=kb-refused'}><td>{one.id}</td><td>{_at(one)}</td>"
        f"<td>{e(one.who)}</td><td>{e(WORDS.get(one.action, one.action))}</td>"
        f"<td>{e(one.subject)}</td><td>{'允许' if one.allowed else '拒绝'}</td>"
        f"<td>{e(one.reason)}</td><td>{e(one.origin)}</td></tr>"
        for one in events
    )
    names = ("号", "时间", "谁", "做什么", "对象", "结果", "理由", "从何处")
    return framed(names, rows)


def _at(one: EventRow) -> str:
    return one.at.replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _verify(log: AuditLog) -> None:
    found = verify(log)
    if found.good:
        st.success(f"日志完好：{found.events} 条，末条摘要 {found.head[1][:16]}……")
    else:
        st.error(f"日志在第 {found.at} 条处对不上：{found.why}", icon=":material/error:")
