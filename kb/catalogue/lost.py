"""A PostgreSQL that goes away under way: what may wait, what may be asked again, and what is said.

| what was under way | what is done |
|---|---|
| a connection is wanted | asked for again for `PATIENCE` seconds: nothing has happened yet |
| a read of the index (`again`) | asked once more, on a new connection: reading twice does no harm |
| a change, before its commit | the server takes it back; said: not written |
| a commit whose answer never came | nobody can know; said so, and never done twice by the program |

Installed on engines that have been connected once: a wrong address is told at once.
"""

from __future__ import annotations

import functools
import inspect
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import InterfaceError, OperationalError

from kb.errors import CatalogueError, CatalogueLost, CommitInDoubt

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds in which a connection is asked for again: a restart takes some. What takes longer
(another server takes over, some 20 to 40 s) is told; whoever asks after that is served."""

PAUSE = 0.2

READ_ONLY = "25006"
"""The server was the leader when the connection was made and is a standby now."""

COMMITTING = "shuniu committing"

BUSY = frozenset({"55P03", "40P01", "57014"})
"""Waited too long for a lock; two waited for each other; told to stop."""

HINT = "稍后重试；仍然不行时由维护人员检查数据库服务与网络（kb doctor 会写明地址与状态）"
IN_DOUBT = "先刷新，看它在不在，再决定是否重做；" + HINT


def watch(engine: Engine) -> None:
    """Have an engine wait for a server that comes back, and say in words what it cannot mend."""
    event.listen(engine, "do_connect", _patiently)
    event.listen(engine, "handle_error", _in_words)
    event.listen(engine, "commit", _committing)
    for other in ("begin", "rollback"):
        event.listen(engine, other, _not_committing)


def _committing(connection: Connection) -> None:
    connection.info[COMMITTING] = True


def _not_committing(connection: Connection) -> None:
    if not connection.invalidated:  # else there is nothing left to be noted of
        connection.info.pop(COMMITTING, None)


def _patiently(dialect: Any, _record: object, args: Any, options: Any) -> Any:
    began = time.monotonic()
    while True:
        try:
            return dialect.connect(*args, **options)
        except dialect.loaded_dbapi.OperationalError:
            if time.monotonic() - began + PAUSE > PATIENCE:
                raise
            time.sleep(PAUSE)


def _in_words(context: ExceptionContext) -> None:
    if context.is_pre_ping:
        return  # a connection that had died in the pool: it is made anew
    its = context.original_exception
    code = str(getattr(its, "sqlstate", "") or "")
    if code == READ_ONLY:
        # With it all that lie in the pool: the next are made where one may write.
        context.is_disconnect = True
    if context.is_disconnect:
        log.warning("the connection to PostgreSQL was lost: %s", _line(its))
        raise _lost(context)
    if not isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError):
        return
    log.warning("PostgreSQL: %s", _line(its))
    if context.connection is None:
        raise CatalogueError("连不上目录数据库（PostgreSQL），这一步没有办成", hint=HINT)
    if code in BUSY:
        raise CatalogueError(
            "目录数据库（PostgreSQL）正忙，等了太久，这一步没有写入", hint="稍后重试"
        )
    raise CatalogueError(
        f"目录数据库（PostgreSQL）没有办成：{_line(its)}", hint="由维护人员运行 kb doctor 检查"
    )


def _lost(context: ExceptionContext) -> CatalogueLost:
    connection = context.connection
    # Without a statement it is a commit or the end of what only read: which, is noted before.
    committing = (
        connection is not None and context.statement is None and COMMITTING in connection.info
    )
    at_once = (
        connection is not None
        and connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    )
    if committing or at_once:
        return CommitInDoubt(
            "与目录数据库（PostgreSQL）的连接在写入的最后一刻断了：可能已经写入，也可能没有",
            hint=IN_DOUBT,
        )
    return CatalogueLost("与目录数据库（PostgreSQL）的连接断了，这一步没有写入", hint=HINT)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


R = TypeVar("R")
C = TypeVar("C", bound=type)


def again(kind: C) -> C:
    """A class whose public methods only read: each is asked once more where the connection is lost.

    Not those that hand rows on one by one: what was handed on cannot be taken back.
    """
    for name, member in list(vars(kind).items()):
        plain = inspect.isfunction(member) and not inspect.isgeneratorfunction(member)
        if plain and not name.startswith("_"):
            setattr(kind, name, _twice(member))
    return kind


def _twice(read: Callable[..., R]) -> Callable[..., R]:
    @functools.wraps(read)
    def asked(*args: Any, **options: Any) -> R:
        try:
            return read(*args, **options)
        except CatalogueLost as error:
            log.warning("%s: asked again (%s)", read.__qualname__, error.message)
        return read(*args, **options)

    return asked
