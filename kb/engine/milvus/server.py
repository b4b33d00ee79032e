"""Speaks to a Milvus server: opens, waits, tries again, says in words what went wrong."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from kb.config import Settings
from kb.errors import ConfigError, EngineError

SECONDS = 30.0
"""A request may take so long."""

PATIENCE = 60.0
"""Seconds after which nothing is tried again: a server may answer, but take too long each time."""

PAUSES = (0.2, 0.5, 1.0, *(2.0,) * 15)
"""Before each further try of something that does no harm when done twice: a server that is
restarted is away for some seconds."""

AWAY = ("unavailable", "deadline", "connect", "timeout", "not ready", "rate limit")
"""In what a server says, or the client of it: waiting may help."""

OLDEST = (2, 5)
"""BM25 functions and TEXT_MATCH came with it."""

REST = {
    "grpc.keepalive_time_ms": 300_000,
    "grpc.keepalive_permit_without_calls": False,
    # How long it rests between two tries to connect, and how long one try may take. By itself up to
    # two minutes: a server that was away for one would stay away for us when it is back.
    "grpc.max_reconnect_backoff_ms": 3_000,
    "grpc.min_reconnect_backoff_ms": 5_000,
}
"""The client pings an idle server every ten seconds. A full server permits that; one with gRPC's
own limits (milvus-lite) answers with «too many pings» and hangs up, on whoever asks next. Each
request has its time, so that a connection that died is found without them."""

OPENING = 10.0
"""Seconds that a server has to answer the first time."""

PAGE = 1000
"""Rows fetched or sent at once."""

Row = dict[str, Any]
T = TypeVar("T")


class Server:
    """One connection. Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self.uri = settings.milvus_uri
        self.name = settings.milvus_name
        if not self.uri:
            raise ConfigError(
                "engine 设为 milvus，却没有写明它在哪里",
                hint="设 KB_MILVUS_URI，如 http://127.0.0.1:19530",
            )
        try:
            import grpc
            import pymilvus
        except ModuleNotFoundError as error:
            raise EngineError(
                "没有安装 pymilvus，不能使用 Milvus", hint="运行 pip install 'shuniu[cluster]'"
            ) from error
        # What goes wrong is said by us, in words; the client would print each time how.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        # The client passes on what its transport says of a request that took too long.
        self._trouble: tuple[type[Exception], ...] = (pymilvus.MilvusException, grpc.RpcError)
        self.client: Any
        self.version: str
        self.client, self.version = self._opened(pymilvus.MilvusClient, settings.milvus_token)
        found = re.match(r"v?(\d+)\.(\d+)", self.version)
        if found and (int(found[1]), int(found[2])) < OLDEST:
            self.close()
            raise EngineError(
                f"Milvus {self.uri} 的版本是 {self.version}，需要 2.5 或更新", hint="升级 Milvus"
            )

    def _opened(self, client: Callable[..., Any], token: str) -> tuple[Any, str]:
        """Connect, ask for the version. Twice more if the server hung up; not if nobody answered
        in time."""
        began = time.monotonic()
        for pause in (*PAUSES[:2], None):
            try:
                made = client(self.uri, token=token, timeout=OPENING, grpc_options=REST)
                return made, str(made.get_server_version(timeout=OPENING))
            except self._trouble as error:
                late = time.monotonic() - began > OPENING
                if pause is None or late or not _passing(error):
                    raise EngineError(
                        f"Milvus {self.uri} 连不上：{_why(error)}",
                        hint="检查服务是否在运行、网络与 KB_MILVUS_URI（及 KB_MILVUS_TOKEN）",
                    ) from error
                time.sleep(pause)
        raise AssertionError  # pragma: no cover

    def close(self) -> None:
        """Let go of the connection. Idempotent."""
        self.client.close()

    def ask(self, what: str, act: Callable[[], T], *, of: str = "") -> T:
        """Do something that may be done twice, again and again while the server is away.

        Args:
            what: for the message, a short Chinese clause.
            act: the request.
            of: the collection that it needs in memory: milvus-lite, restarted, has none there.

        Raises:
            EngineError: the server said no, or stayed away.
        """
        began = time.monotonic()
        for pause in (*PAUSES, None):
            try:
                return self._loaded(act, of) if of else act()
            except self._trouble as error:
                late = time.monotonic() - began > PATIENCE
                if pause is None or late or not _passing(error):
                    raise EngineError(
                        f"Milvus {self.uri} {what}失败：{_why(error)}",
                        hint="检查服务的状态与日志；已发布的索引不受影响",
                    ) from error
                time.sleep(pause)
        raise AssertionError  # pragma: no cover

    def _loaded(self, act: Callable[[], T], of: str) -> T:
        try:
            return act()
        except self._trouble as error:
            if "released" not in _why(error):
                raise
            self.client.load_collection(of, timeout=SECONDS)
            return act()

    def has(self, collection: str) -> bool:
        """Whether there is a collection or alias of this name."""
        return bool(self.ask("查询", lambda: self.client.has_collection(collection)))

    def rows(
        self, collection: str, filter_: str, fields: Sequence[str], *, limit: int | None = None
    ) -> Iterator[Row]:
        """Rows that a filter lets through, in the order of their keys, page by page. A page that
        was lost is asked for again: each begins after the last key of the one before."""
        after, left = "", limit
        while left is None or left > 0:
            many = PAGE if left is None else min(PAGE, left)
            beyond = f'key > "{after}"'
            where = f"{beyond} and ({filter_})" if filter_ else beyond
            page = self.ask(
                "读取", partial(self._page, collection, where, fields, many), of=collection
            )
            yield from page
            if len(page) < many:
                return
            after = page[-1]["key"]
            left = None if left is None else left - len(page)

    def _page(self, collection: str, where: str, fields: Sequence[str], many: int) -> list[Row]:
        found = self.client.query(
            collection,
            filter=where,
            output_fields=list(dict.fromkeys(["key", *fields])),
            limit=many,
            timeout=SECONDS,
            # What the client's own iterator asks for: only so a page is the first of the keys.
            iterator="True",
            reduce_stop_for_best="True",
        )
        return list(found)

    def count(self, collection: str, filter_: str) -> int:
        """How many rows a filter lets through ("": all)."""
        found = self.ask(
            "计数",
            lambda: self.client.query(
                collection, filter=filter_, output_fields=["count(*)"], timeout=SECONDS
            ),
            of=collection,
        )
        return int(found[0]["count(*)"])

    def put(self, collection: str, rows: Sequence[Row]) -> None:
        """Write rows; those whose keys are there are replaced, so that twice does no harm."""
        for start in range(0, len(rows), PAGE):
            some = list(rows[start : start + PAGE])
            self.ask(
                "写入",
                partial(self.client.upsert, collection, some, timeout=SECONDS),
                of=collection,
            )

    def delete(self, collection: str, keys: Sequence[str]) -> None:
        """Remove rows by key. Idempotent."""
        for start in range(0, len(keys), 500):
            some = list(keys[start : start + 500])
            self.ask("删除", partial(self.client.delete, collection, ids=some), of=collection)

    def drop(self, collection: str) -> None:
        """Remove a collection. Idempotent."""
        if self.has(collection):
            self.ask("删除", lambda: self.client.drop_collection(collection, timeout=SECONDS))


def _passing(error: Exception) -> bool:
    """Whether waiting may help: the server is away, starting, or asks to be asked less."""
    says = _why(error).lower()
    return any(word in says for word in AWAY)


def _why(error: Exception) -> str:
    told = getattr(error, "details", None)
    says = str(getattr(error, "message", "") or (told() if callable(told) else "") or error)
    return " ".join(says.split())[:300]
