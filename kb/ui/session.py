"""The base that every page of this process shares, who reads it, and errors in words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from kb.base import KnowledgeBase
from kb.config import Settings, load_settings
from kb.errors import IndexMissing, KbError
from kb.model import Scope
from kb.ui.cache import Results
from kb.ui.markup import empty_state

log = logging.getLogger("kb.ui")


@dataclass(frozen=True, slots=True)
class Opened:
    """A base and the searches kept of it."""

    base: KnowledgeBase
    results: Results


_opened: dict[Path, Opened] = {}
_lock = threading.Lock()


def opened(settings: Settings) -> Opened:
    """The base of a home, opened once in this process and shared by pages and routes.

    Not ``st.cache_resource``: routes outside a page use it too. An error is not kept: the next
    look tries again.

    Raises:
        IndexMissing: nothing was indexed yet; and as `KnowledgeBase.open`.
    """
    with _lock:
        if settings.home not in _opened:
            base = KnowledgeBase.open(settings)
            _opened[settings.home] = Opened(base, Results(base))
        return _opened[settings.home]


def warm(settings: Settings) -> None:
    """Read what the first search would wait for. What is wrong is told to whoever asks first."""
    with suppress(KbError):
        opened(settings).base.search("印章", scope(), limit=1)


def close_all() -> None:
    """Let go of every base. The server calls it when it stops."""
    with _lock:
        while _opened:
            _opened.popitem()[1].base.close()


def here() -> Opened:
    """The base that this page shows: ``KB_HOME``, which ``kb serve --home`` sets."""
    return opened(load_settings())


def scope(as_of: date | None = None) -> Scope:
    """Who is reading, and as of which day. Demo mode: one person at this machine, everything."""
    return Scope.everything(as_of=as_of or date.today())


@contextmanager
def guarded() -> Iterator[None]:
    """Say what went wrong in words; a traceback goes to the log, never to the page."""
    try:
        yield
    except IndexMissing:
        st.html(NOTHING_YET)
    except KbError as error:
        st.error(error.message, icon=":material/error:")
        if error.hint:
            st.caption(f"可以这样办：{error.hint}")
    except Exception:
        log.exception("a view failed")
        st.error("这一页没有显示出来，程序遇到了没有料到的情况。", icon=":material/error:")
        st.caption("可以这样办：刷新页面重试；仍然不行，请把运行窗口中的记录交给维护人员。")


NOTHING_YET = empty_state(
    "还没有入库任何文件",
    "枢纽先读取一个文件夹中的制度、经验和资料，再供查询。请在终端中运行：",
    ("kb index 文件夹路径", "或先看示例：kb demo"),
    "入库完成后刷新本页即可，不必重启。",
)
