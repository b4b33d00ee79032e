"""One of several indexers writes a base whose catalogue lies in PostgreSQL.

Two things, because either alone is not enough:

- an **advisory lock** of a session of its own. The server gives it to one, and takes it back when
  that one's connection ends, however it ends.
- a **token** in a row that the holder writes over. A holder whose connection was cut off does not
  know it yet; the next one has written another token by then. Every transaction that writes index
  rows looks for its own token first and holds that row (`fence`), so that the next holder waits for
  the end of what is being written, and nothing is written after it. (Kleppmann, Designing
  Data-Intensive Applications, 8, «fencing tokens».)

In SQLite the lock file of the home does both (`kb.engine.embedded.lock`).
"""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kb.catalogue import postgres
from kb.catalogue.dialect import dumps, is_sqlite, lock_number
from kb.errors import IndexLocked

NUMBER = lock_number("writer")

# Of no worth to anybody but the holder: not migrated, not moved, not backed up.
MAKE = """
CREATE TABLE IF NOT EXISTS writer (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    token text NOT NULL, backend integer NOT NULL, owner text NOT NULL)
"""
TAKE = """
INSERT INTO writer (token, backend, owner) VALUES (:token, pg_backend_pid(), :owner)
ON CONFLICT (only_one) DO UPDATE
SET token = excluded.token, backend = excluded.backend, owner = excluded.owner
RETURNING backend
"""
HOLDER = """
SELECT owner FROM writer JOIN pg_locks ON pg_locks.pid = writer.backend
WHERE locktype = 'advisory' AND granted AND objsubid = 1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND ((classid::bigint << 32) | objid::bigint) = :number
"""
MINE = "SELECT 1 FROM writer WHERE token = :token FOR SHARE"
SAME = "SELECT pg_backend_pid() = :backend AND EXISTS (SELECT FROM writer WHERE token = :token)"

LOCK_NOT_AVAILABLE = "55P03"
"""What the former holder began to write has not ended within ``lock_timeout``."""


def myself() -> dict[str, object]:
    """Who this process is, for whoever comes second."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's number without a name
        account = str(os.getuid()) if hasattr(os, "getuid") else ""
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "account": account,
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def taken(owner: Mapping[str, object] | None) -> IndexLocked:
    """The refusal of whoever comes second, naming who holds the lock where that is known."""
    try:
        who = "持有者未留下记录" if owner is None else _named(owner)
    except (KeyError, TypeError):
        who = "持有者未留下记录"
    return IndexLocked(
        f"另一个进程正在更新索引（{who}）",
        hint="等它结束后再试；若确已无人使用，结束该进程即可，锁会自动释放",
    )


def _named(owner: Mapping[str, object]) -> str:
    account = f"，账号 {owner['account']}" if owner.get("account") else ""
    return f"进程 {owner['pid']}，机器 {owner['host']}{account}，始于 {owner['since']}"


def lost() -> IndexLocked:
    """The holder is the holder no more."""
    return IndexLocked(
        "更新索引的权利在中途失去了（与数据库的连接断开过）；这次运行没有发布",
        hint="检查数据库服务与网络，然后重新运行；已发布的索引不受影响",
    )


def fence(connection: Connection, token: str) -> None:
    """Go on only while ``token`` is the holder's; nobody else becomes holder before the end of
    this transaction. "" is for SQLite, where a file's lock cannot be lost.

    Raises:
        IndexLocked: the right was lost.
    """
    if not token or is_sqlite(connection):
        return
    if connection.execute(text(MINE), {"token": token}).scalar() is None:
        raise lost()


class Leader:
    """The right to write one base. Freed by the server when its holder's connection ends."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._backend = 0
        self.token = ""

    def acquire(self) -> None:
        """Take it at once.

        Raises:
            IndexLocked: somebody else holds it; the message names process, machine, account, time.
            CatalogueError: the server does not answer.
        """
        self._engine = postgres.engine_of(self._url, "index")
        try:
            self._connection = self._engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
            given = text("SELECT pg_try_advisory_lock(:number)")
            if not self._connection.execute(given, {"number": NUMBER}).scalar():
                raise taken(self._holder())
            self._note()
        except DBAPIError as error:
            self.release()
            if getattr(error.orig, "sqlstate", "") == LOCK_NOT_AVAILABLE:
                raise taken(None) from error
            raise postgres.unreachable(self._url, error) from error
        except BaseException:
            self.release()
            raise

    def check(self) -> None:
        """Raises `IndexLocked` where the right was lost meanwhile: the connection ended, as it does
        when the server restarts, or somebody else took over."""
        here = {"backend": self._backend, "token": self.token}
        try:
            same = self._connection is not None and bool(
                self._connection.execute(text(SAME), here).scalar()
            )
        except SQLAlchemyError as error:
            raise lost() from error
        if not same:
            raise lost()

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Inside, nobody else becomes holder: for what makes a generation visible.

        Raises:
            IndexLocked: as `check`.
        """
        self.check()
        assert self._engine is not None  # noqa: S101 # for mypy: `check` has seen a connection
        with ExitStack() as stack:
            try:
                connection = self._engine.connect()
                stack.callback(_done, connection)
                fence(connection, self.token)
            except DBAPIError as error:
                raise postgres.unreachable(self._url, error) from error
            yield

    def release(self) -> None:
        """Let go. Idempotent; where the connection is gone, so is the lock."""
        connection, engine = self._connection, self._engine
        self._connection = self._engine = None
        if connection is not None:
            with suppress(SQLAlchemyError):
                # By itself the server frees it a moment after the connection ends.
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            _done(connection)
        if engine is not None:
            engine.dispose()

    def _note(self) -> None:
        assert self._connection is not None  # noqa: S101 # for mypy: called by `acquire` only
        self._connection.execute(text(MAKE))
        self.token = secrets.token_hex(16)
        row = {"token": self.token, "owner": dumps(myself())}
        self._backend = int(self._connection.execute(text(TAKE), row).scalar_one())

    def _holder(self) -> Mapping[str, object] | None:
        assert self._connection is not None  # noqa: S101 # for mypy: called by `acquire` only
        with suppress(SQLAlchemyError, ValueError):
            found = self._connection.execute(text(HOLDER), {"number": NUMBER}).scalar()
            return dict(json.loads(found)) if found else None
        return None


def _done(connection: Connection) -> None:
    """Nothing was written here, so it does not matter if the server is gone by now: what was shown
    meanwhile is shown."""
    with suppress(SQLAlchemyError):
        connection.close()
