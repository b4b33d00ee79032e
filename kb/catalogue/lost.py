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
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from kb.catalogue.dialect import is_sqlite
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
    its, connection = context.original_exception, context.connection
    if _code(its) == READ_ONLY:
        # With it all that lie in the pool: the next are made where one may write.
        context.is_disconnect = True
    if not context.is_disconnect and not isinstance(
        context.sqlalchemy_exception, OperationalError | InterfaceError
    ):
        return
    # Without a statement it is a commit or the end of what only read: which, is noted before.
    committing = (
        connection is not None and context.statement is None and COMMITTING in connection.info
    )
    at_once = (
        connection is not None
        and connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    )
    raise said(
        its,
        lost=bool(context.is_disconnect),
        reached=connection is not None,
        committing=committing or at_once,
    )


def said(
    its: BaseException | None, *, lost: bool, reached: bool = True, committing: bool = False
) -> CatalogueError:
    """What went wrong with PostgreSQL, in words.

    Args:
        its: what the driver raised.
        lost: with it the connection has gone.
        reached: there was a connection.
        committing: nobody can know whether it was written.
    """
    if lost:
        log.warning("the connection to PostgreSQL was lost: %s", _line(its))
        if committing:
            return CommitInDoubt(
                "与目录数据库（PostgreSQL）的连接在写入的最后一刻断了：可能已经写入，也可能没有",
                hint=IN_DOUBT,
            )
        return CatalogueLost("与目录数据库（PostgreSQL）的连接断了，这一步没有写入", hint=HINT)
    log.warning("PostgreSQL: %s", _line(its))
    if not reached:
        return CatalogueError("连不上目录数据库（PostgreSQL），这一步没有办成", hint=HINT)
    if _code(its) in BUSY:
        return CatalogueError(
            "目录数据库（PostgreSQL）正忙，等了太久，这一步没有写入", hint="稍后重试"
        )
    return CatalogueError(
        f"目录数据库（PostgreSQL）没有办成：{_line(its)}", hint="由维护人员运行 kb doctor 检查"
    )


def at_the_driver(engine: Engine, its: Exception, raw: Any, *, committing: bool) -> Exception:
    """The same for what is asked of the driver itself (`kb.catalogue.fixed`), which SQLAlchemy
    does not see: what is to be raised. ``raw`` is the driver's connection, None if there is none.
    """
    dialect = engine.dialect
    if is_sqlite(engine):
        return DBAPIError(None, None, its)
    stale = _code(its) == READ_ONLY
    gone = stale or bool(dialect.is_disconnect(its, raw, None))  # type: ignore[arg-type]
    if stale:
        engine.dispose()  # the next are made where one may write
    weighty = (dialect.loaded_dbapi.OperationalError, dialect.loaded_dbapi.InterfaceError)
    if not gone and not isinstance(its, weighty):
        return DBAPIError(None, None, its)
    return said(its, lost=gone, reached=raw is not None, committing=committing)


def _code(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", "") or "")


def _line(error: BaseException | None) -> str:
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
