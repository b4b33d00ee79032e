"""The base that every page of this process shares, who reads it, and errors in words."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import streamlit as st
from starlette.requests import HTTPConnection

from kb.access.policy import Action
from kb.access.sessions import COOKIE
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.catalogue.accounts import AccountStore
from kb.catalogue.audit import AuditLog
from kb.catalogue.rows import NamedRow
from kb.catalogue.tokens import TokenStore
from kb.config import Settings, load_settings
from kb.errors import AccessDenied, ConfigError, IndexCorrupt, IndexMissing, KbError
from kb.model import Scope
from kb.retrieve import How, SearchResult
from kb.retrieve.reading import AS_READ
from kb.seat import Seat
from kb.ui import counters
from kb.ui.cache import Results
from kb.ui.gate import origin_of
from kb.ui.keepers import keeper
from kb.ui.markup import empty_state, plain

log = logging.getLogger("kb.ui")


@dataclass(frozen=True, slots=True)
class Opened:
    """A base and the searches kept of it."""

    base: KnowledgeBase
    results: Results


@dataclass(frozen=True, slots=True)
class Mine:
    """The base as one visitor may use it. ``base`` is a `Seat`: it has the base's words, keeps
    every answer within the visitor's scope and notes every question."""

    base: KnowledgeBase
    results: Results
    seat: Seat


class MyResults:
    """Searches of one visitor; what is kept of them is keyed by scope (`kb.ui.cache`)."""

    def __init__(self, seat: Seat, names: Callable[[Scope], list[NamedRow]]) -> None:
        self._seat = seat
        self._names = names

    def search(self, query: str, scope: Scope, limit: int, how: How = AS_READ) -> SearchResult:
        """As `Seat.search`."""
        if how == AS_READ:
            return self._seat.search(query, scope, limit=limit)
        return self._seat.search(query, scope, limit=limit, how=how)

    def names(self, scope: Scope) -> list[NamedRow]:
        """What every paper is called that he may see."""
        self._seat.require(Action.SEARCH)
        return self._names(scope.within(self._seat.scope(scope.as_of)))


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
        opened(settings).base.search("印章", Scope.everything(as_of=date.today()), limit=1)


def close_all() -> None:
    """Let go of every base. The server calls it when it stops."""
    with _lock:
        while _opened:
            _opened.popitem()[1].base.close()


def renew() -> None:
    """Let a change outside the index (synonyms) be seen at once, by everybody in this process."""
    found = opened(load_settings())
    found.base.renew()
    found.results.clear()


Asking = tuple[HTTPConnection, Settings]
_asking: ContextVar[Asking | None] = ContextVar("_asking", default=None)


@contextmanager
def serving(request: HTTPConnection, settings: Settings) -> Iterator[None]:
    """Inside, who is reading is who sent this request to a route of ours."""
    before = _asking.set((request, settings))
    try:
        yield
    finally:
        _asking.reset(before)


def token() -> str:
    """What the browser brought when it opened the page's connection."""
    return str(st.context.cookies.get(COOKIE, ""))


def visitor() -> Visitor:
    """Who is reading, as his account stands at this moment.

    Raises:
        AccessDenied: nobody who has signed in.
    """
    if (asking := _asking.get()) is not None:
        request, settings = asking
        return keeper(settings).visitor(request.cookies.get(COOKIE, ""), origin_of(request))
    origin = f"网页 {st.context.ip_address or ''}".strip()
    return keeper(load_settings()).visitor(token(), origin)


def offers(action: Action | None) -> bool:
    """Whether a page that needs ``action`` is among those that the reader is shown."""
    try:
        who = visitor()
    except KbError:
        return action in (None, Action.SEARCH)  # the page will say what is the matter
    if who.identity is None:
        # A home without accounts has none to look after; its owner reads the log himself.
        return action is not Action.ACCOUNTS
    return action is None or who.may(action).allowed


def here() -> Mine:
    """The base that this page shows (``KB_HOME``, which ``kb serve --home`` sets), for who reads.

    Raises:
        AccessDenied: nobody who has signed in.
    """
    asking = _asking.get()
    who = visitor()
    of = opened(asking[1] if asking else load_settings())
    seat = Seat(of.base, who, search=of.results.search)
    return Mine(seat.as_base, cast(Results, MyResults(seat, of.results.names)), seat)


@dataclass(frozen=True, slots=True)
class Bare:
    """What a home has without an index: accounts, tokens and the log. It answers no question."""

    settings: Settings
    accounts: AccountStore
    tokens: TokenStore
    audit: AuditLog
    generation: None = None


def at_the_door() -> Seat:
    """The visitor's seat for what needs no index (`Seat.accounts`, `Seat.tokens`, `Seat.log`): an
    administrator makes accounts before the first file is read, and while an index is mended.

    Raises:
        AccessDenied: nobody who has signed in.
    """
    try:
        return here().seat
    except (IndexMissing, IndexCorrupt):
        settings = load_settings()
        doors = keeper(settings).doors
        bare = Bare(settings, doors.accounts, doors.tokens, doors.audit)
        return Seat(cast(KnowledgeBase, bare), visitor())


def scope(as_of: date | None = None) -> Scope:
    """What the reader may see, as of which day."""
    return visitor().scope(as_of or date.today())


def in_words(error: KbError, home: Path, *, keeps: bool) -> tuple[str, str, str]:
    """What went wrong, what can be done, and what only helps who keeps the base (``keeps``).

    Paths of this machine and addresses of its servers tell a reader nothing, and are not his to
    know.
    """
    if isinstance(error, IndexCorrupt):
        log.error("the index of %s is damaged: %s", home, error.message)
        more = error.message.replace("；", "\n") if keeps else ""
        return CORRUPT, error.hint if keeps else "请告知维护人员", more
    if keeps:
        return error.message, error.hint, ""
    said, hint = (text.replace(str(home), "知识库") for text in (error.message, error.hint))
    if ADDRESS.search(said):
        log.error("%s", error.message)
        return FOREIGN.sub("", ADDRESS.sub("", said)), "稍后再试；仍然不行，请告知维护人员", ""
    return said, hint, ""


ADDRESS = re.compile(r" ?(?:postgres|https?)[\w+]*://\S+ ?")
FOREIGN = re.compile(r"：[^：]*[A-Za-z]+ [A-Za-z]+.*$", re.DOTALL)
"""What a server said, in its own language."""

CORRUPT = "索引文件有损坏，暂时不能检索和查阅；原来的文件不受影响。"


@contextmanager
def guarded() -> Iterator[None]:
    """Say what went wrong in words; a traceback goes to the log, never to the page."""
    try:
        yield
    except IndexMissing:
        st.html(NOTHING_YET)
    except AccessDenied as error:
        st.error(plain(error.message), icon=":material/lock:")
        if error.hint:
            st.caption(plain(error.hint))
    except KbError as error:
        counters.failed(error)
        message, hint, more = _told(error)
        st.error(plain(message), icon=":material/error:")
        if hint:
            st.caption(f"可以这样办：{plain(hint)}")
        if more:
            with st.expander("详细情况"):
                st.text(more)
    except Exception as error:
        counters.failed(error)
        log.exception("a view failed")
        st.error("这一页没有显示出来，程序遇到了没有料到的情况。", icon=":material/error:")
        st.caption("可以这样办：刷新页面重试；仍然不行，请把运行窗口中的记录交给维护人员。")


def _told(error: KbError) -> tuple[str, str, str]:
    try:
        return in_words(error, load_settings().home, keeps=offers(Action.MAINTAIN))
    except ConfigError:
        # The settings themselves are wrong: where the home is and who asks cannot be known.
        return error.message, error.hint, ""


NOTHING_YET = empty_state(
    "还没有入库任何文件",
    "枢纽先读取一个文件夹中的制度、经验和资料，再供查询。请在终端中运行：",
    ("kb index 文件夹路径", "或先看示例：kb demo"),
    "入库完成后刷新本页即可，不必重启。",
)
