"""Is this process alive, and can it answer? For whatever starts, stops and chooses servers.

Both addresses are open to everybody who can reach the server, so they say which part is missing and
what helps, and never where it lies: no path, no address, no count of papers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kb.config import Settings
from kb.errors import (
    CatalogueError,
    EngineError,
    IndexCorrupt,
    IndexMissing,
    IndexStale,
    KbError,
    ModelError,
)
from kb.ui import session
from kb.ui.keepers import keeper

log = logging.getLogger("kb.ui")

LIMIT = 5.0
"""Seconds after which a part that has not answered is missing: no balancer waits longer."""

KEPT = 1.0
"""Seconds for which an answer is good: the address is open, and a look costs the databases."""

PARTS = ("catalogue", "index")

WORDS: dict[type[Exception], tuple[str, str]] = {
    IndexMissing: ("还没有入库任何文件", "先运行 kb index 文件夹"),
    IndexStale: ("索引由另一个版本的程序建立", "运行 kb index --full"),
    IndexCorrupt: ("索引文件有损坏", "运行 kb doctor --repair"),
    CatalogueError: ("目录数据库没有回答，或版本不合", "检查数据库服务；升级后运行 kb migrate"),
    ModelError: ("向量模型打不开", "运行 kb doctor"),
    EngineError: ("索引服务没有回答", "检查索引服务（Milvus）是否在运行"),
}
"""In order: the first that fits is said."""

SLOW = ("有部分在 5 秒内没有回答", "检查数据库与索引服务")
ELSE = {
    "catalogue": WORDS[CatalogueError],
    "index": WORDS[EngineError],
    "all": ("程序遇到了没有料到的情况", "看服务器的记录"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found: the generation served (0: none), when it was made, and what is missing,
    in words; ``why`` is whole, for the log."""

    generation: int = 0
    made: datetime | None = None
    missing: list[dict[str, str]] = field(default_factory=list)
    why: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether a question would be answered."""
        return not self.missing


class Health:
    """Looks at one home, one look at a time, whoever asks and however often."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._look: Future[Found] | None = None
        self._began = 0.0
        self._said: list[dict[str, str]] = []

    async def found(self) -> Found:
        """What is found now, or was a moment ago; after `LIMIT` seconds, that nothing is known."""
        look = self._going()
        await asyncio.wait([asyncio.wrap_future(look)], timeout=LIMIT)
        return look.result() if look.done() else Found(missing=[_said("all", SLOW)])

    def _going(self) -> Future[Found]:
        with self._lock:
            over = self._look is None or self._look.done()
            if self._look is None or (over and time.monotonic() - self._began >= KEPT):
                self._look, self._began = Future(), time.monotonic()
                # A thread of its own: a part that hangs takes none of those that answer requests,
                # and does not hold up the end of the server.
                threading.Thread(target=self._run, args=(self._look,), daemon=True).start()
            return self._look

    def _run(self, look: Future[Found]) -> None:
        try:
            found = self._at()
        except BaseException:
            log.exception("the look at the server's own state failed")
            found = Found(missing=[_said("all", ELSE["all"])], why=("failed",))
        if found.missing != self._said:
            self._said = found.missing
            # Whole, with paths and addresses: the log is for who keeps the server.
            log.warning("the server is %s", "；".join(found.why) or "ready")
        look.set_result(found)

    def _at(self) -> Found:
        try:
            base = session.opened(self._settings).base
        except KbError as error:
            return _lacks({"catalogue" if isinstance(error, CatalogueError) else "index": error})
        silent: dict[str, Exception] = {}
        made = None
        try:
            base.snapshot()
        except Exception as error:
            silent["index"] = error
        try:
            keeper(self._settings).doors.answers()
            # Its rows are asked for by generation: without one there is nothing to ask.
            made = None if silent else base.published()[0].replace(tzinfo=UTC)
        except Exception as error:
            silent["catalogue"] = error
        return _lacks(silent) if silent else Found(base.generation, made)


def routes(health: Health) -> list[Route]:
    """``/healthz`` and ``/readyz``."""

    async def live(_: Request) -> Response:
        """It runs. Nothing is asked of the databases: a server that is started anew because they
        are away would be away too."""
        return _answer({"status": "ok"})

    async def ready(_: Request) -> Response:
        """Whether to send readers here. 503 where not, with what is missing."""
        found = await health.found()
        if found.ready:
            return _answer({"status": "ok", "generation": found.generation})
        return _answer({"status": "not ready", "missing": found.missing}, 503)

    return [Route("/healthz", live), Route("/readyz", ready)]


def _answer(says: dict[str, object], status: int = 200) -> Response:
    return JSONResponse(says, status_code=status, headers={"Cache-Control": "no-store"})


def _lacks(silent: Mapping[str, Exception]) -> Found:
    missing = [
        _said(part, next((w for kind, w in WORDS.items() if isinstance(error, kind)), ELSE[part]))
        for part, error in silent.items()
    ]
    return Found(missing=missing, why=tuple(map(str, silent.values())))


def _said(part: str, words: tuple[str, str]) -> dict[str, str]:
    return {"part": part, "message": words[0], "hint": words[1]}
