"""管理: is the index whole, what did the last run do, take in more, what waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from kb.ui import session, state
from kb.ui.keeping import keeping
from kb.ui.manage import failures, files_html, state_html
from kb.ui.views import admin_intake, admin_people, correct
from kb.ui.views.common import side

SECTIONS: dict[str, str] = {
    "": "索引状态",
    "update": "更新索引",
    "upload": "上传文件",
    "files": "逐个文件",
    "words": "词典与同义词",
    "marks": "密级存疑",
    "told": "反馈与未答",
    "fixed": "著录改正",
}


def show() -> None:
    """The page of whoever keeps the base."""
    with session.guarded():
        base = keeping()
        waiting = admin_people.waiting(base)
        names = dict(SECTIONS)
        if waiting:
            names["marks"] = f"密级存疑（{waiting}）"
        VIEWS[side("管理什么", state.SECTION, names)]()


def _state() -> None:
    base = keeping()
    made, report = base.published()
    day = made.replace(tzinfo=UTC).astimezone() if made.tzinfo is None else made.astimezone()
    st.html(state_html(base.generation, day, report, base.counts(), base.sources()))
    failed = failures(base.files())
    if failed:
        st.html(
            f'<div class="kb-weak" role="status"><b>{len(failed)} 个文件没有入库</b>'
            "原因和办法见“逐个文件”。</div>"
        )
    if st.button("检查索引与环境", icon=":material/health_and_safety:"):
        with st.spinner("正在校验索引文件、数据库、字体和外部程序……"):
            found = admin_intake.health(base.settings)
        st.html(found)
    st.caption(f"本页显示于 {datetime.now().astimezone():%Y-%m-%d %H:%M}")


def _files() -> None:
    base = keeping()
    scope = session.scope()
    only = st.toggle("只看有问题的", key="only-faults")
    st.html(files_html(base.files(), base.documents(scope), base.generation, only_faults=only))


VIEWS: dict[str, Callable[[], None]] = {
    "": _state,
    "update": admin_intake.update,
    "upload": admin_intake.upload,
    "files": _files,
    "words": admin_intake.lists,
    "marks": admin_people.marks,
    "told": admin_people.told,
    "fixed": correct.records,
}
