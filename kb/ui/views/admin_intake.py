"""更新索引, 上传文件, 同义词: what changes the base."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import streamlit as st

from kb.base import KnowledgeBase
from kb.config import Settings
from kb.errors import KbError
from kb.ui import intake, jobs, session
from kb.ui.described import format_name
from kb.ui.jobs import Job
from kb.ui.keeping import keeping
from kb.ui.manage import findings_html, table
from kb.ui.markup import e, plain

HOW = {"rule": "读出", "front-matter": "文件自带", "manifest": "清单", "person": "人工"}
FIELDS = {
    "title": "标题", "kind": "类型", "number": "发文字号", "issuer": "制发机关", "tier": "知悉范围",
    "level": "效力层级", "issued": "印发日期", "effective": "施行日期", "expires": "失效日期",
    "bases": "制定依据", "repeals": "废止", "amends": "修改", "abbreviations": "简称",
    "department": "归口部门", "owner": "责任人", "review": "下次复核", "origin": "来源说明",
}  # fmt: skip


def health(settings: Settings) -> str:
    """What ``kb doctor`` finds."""
    _, out, said = intake.kb(settings, "doctor", "--json")
    try:
        return findings_html(json.loads(out))
    except ValueError:
        return f"<p>{e(said.strip() or '检查没有完成')}</p>"


def update() -> None:
    """Bring the index up to date, and follow the run."""
    base = keeping()
    job = jobs.current(base.settings)
    busy = job is not None and job.running
    st.write("重新读取全部来源文件夹，只处理有变动的文件；完成之前，检索照常使用原来的索引。")
    with st.container(horizontal=True, gap="small"):
        _start_button("更新索引", [], base, busy=busy, kind="primary")
        _start_button("先看看会做什么", ["--dry-run"], base, busy=busy)
        _start_button("全部重做", ["--full"], base, busy=busy)
        _start_button("退回上一代", ["--rollback"], base, busy=busy)
    follow()


def _start_button(
    label: str, arguments: list[str], base: KnowledgeBase, *, busy: bool, kind: str = "secondary"
) -> None:
    st.button(
        label,
        type="primary" if kind == "primary" else "secondary",
        disabled=busy,
        key=f"job:{label}",
        on_click=begin,
        args=(base.settings, arguments, label),
    )


def begin(settings: Settings, arguments: list[str], label: str) -> None:
    """Start a run; what is wrong is told in words."""
    with session.guarded():
        jobs.start(settings, arguments, what=label, who=session.scope().reader)


def follow() -> None:
    """The run of this base as it goes on."""
    followed(keeping().settings)


def followed(settings: Settings) -> None:
    """A run as it goes on, by itself once a second while it does; a button to stop it."""
    job = jobs.current(settings)
    if job is not None:
        every = 1.0 if job.running else None
        st.fragment(_follow, run_every=every)(job)


def _follow(job: Job) -> None:
    with st.container(border=True, key="kb-job"):
        st.html(f'<div class="kb-hit-title"><b>{e(job.what)}</b></div>')
        if job.running:
            st.progress(job.share, text=job.in_words)
            st.button(
                "正在停止……" if job.cancelled else "取消",
                key="cancel",
                disabled=job.cancelled,
                on_click=jobs.cancel,
                args=(job,),
            )
            st.session_state["watched"] = True
            return
        _ended(job)
    if st.session_state.pop("watched", False):
        st.rerun()


def _ended(job: Job) -> None:
    good = job.code in (0, 1) and not job.cancelled
    (st.success if good else st.warning)(job.in_words)
    failed = job.report.get("failed", [])
    if failed:
        rows = [(f["path"], f["why"], f.get("hint", "")) for f in failed]
        st.html(table(("未入库的文件", "原因", "可以这样办"), rows))


def upload() -> None:
    """See how files would be cut, then put them into a folder and take them in."""
    base = keeping()
    given = st.file_uploader(
        "选择文件（可多选）；先显示读取和切分的结果，确认后才放入文件夹", accept_multiple_files=True
    )
    if not given:
        st.caption("上传的文件在确认之前不保存。带密级标志的文件不要上传。")
        return
    good: list[tuple[str, bytes]] = []
    for one in given:
        data = one.getvalue()
        with st.spinner(f"正在读取 {plain(one.name)}……"):
            try:
                found = _looked_at(base.settings, one.name, data)
            except KbError as error:
                st.error(plain(error.message), icon=":material/error:")
                if error.hint:
                    st.caption(f"可以这样办：{plain(error.hint)}")
                continue
        good.append((one.name, data))
        for paper in found:
            _cut(paper)
    if good:
        _take_in(base, good)


@st.cache_data(show_spinner=False, max_entries=8, ttl=600)
def _looked_at(_settings: Settings, name: str, data: bytes) -> list[dict[str, Any]]:
    return intake.looked_at(_settings, name, data)


def _cut(paper: dict[str, Any]) -> None:
    report = paper["report"]
    with st.container(border=True):
        st.html(
            f'<div class="kb-hit-title"><b>{e(paper["title"])}</b></div>'
            f'<div class="kb-summary">{e(paper["path"])}　{e(format_name(paper["format"]))}　'
            f"{report['characters']} 字　条文 {report['articles']} 条　"
            f"检索单元 {paper['passages']} 个　引用 {paper['citations']} 处</div>"
        )
        doubts = [*report["gaps"], *report["notes"]]
        if doubts:
            st.html(f'<div class="kb-weak" role="status">{e("；".join(doubts))}</div>')
        rows = [
            (FIELDS.get(f["field"], f["field"]), f["value"], HOW.get(f["how"], ""), f["evidence"])
            for f in paper["fields"]
        ]
        st.html(table(("项目", "内容", "怎样得来", "所据原文"), rows))
        with st.expander("怎样切分的"):
            shown = [
                (n["level"], "　".join(p for p in (n["label"], n["title"]) if p), n["text"])
                for n in paper["outline"]
            ]
            st.html(table(("层级", "条次或标题", "文字"), shown))


def _take_in(base: KnowledgeBase, good: list[tuple[str, bytes]]) -> None:
    places = intake.folders(base.sources())
    if not places:
        st.warning("没有可放入的来源文件夹；请先用 kb index 文件夹 入库一个文件夹。")
        return
    folder = st.selectbox("放入哪个文件夹", places, format_func=str)
    if st.button(f"放入 {len(good)} 个文件并更新索引", type="primary"):
        with session.guarded():
            for name, data in good:
                path = intake.put(Path(folder), name, data, base.sources())
                st.toast(f"已放入 {path}", icon=":material/check:")
            begin(base.settings, [], "上传后更新索引")
    follow()


def lists() -> None:
    """The office's own words, and its own words for the same thing."""
    _list(
        intake.SYNONYMS,
        "同义词",
        "一行一组：`公章 印章` 两边互通；`谁说了算 > 批准 审批` 只从左到右。`#` 之后是说明。",
        "已保存，下一次检索就按新的同义词。",
    )
    _list(
        intake.DICTIONARY,
        "专用词",
        "一行一词，可加空格和词频，如 `三重一大 500`。`#` 之后是说明。下次更新索引时生效。",
        "已保存，下次更新索引时按新的词切分。",
    )


def _list(name: str, title: str, says: str, saved: str) -> None:
    settings = keeping().settings
    st.subheader(title, anchor=False)
    st.caption(says)
    text = st.text_area(
        title,
        value=intake.own_list(settings, name),
        height=220,
        key=f"list:{name}",
        label_visibility="collapsed",
    )
    if st.button(f"保存{title}", key=f"save:{name}"):
        with session.guarded():
            intake.save_list(settings, name, text)
            session.renew()
            st.success(saved)
