"""Opens readers and writers of one base on a Milvus server."""

from __future__ import annotations

from contextlib import closing, suppress
from threading import Lock

from kb.config import Settings
from kb.engine.embedded.engine import NAMES
from kb.engine.embedded.generation import REBUILD
from kb.engine.embedded.lock import WriterLock
from kb.engine.milvus.meta import Manifest, Meta
from kb.engine.milvus.reader import MilvusReader
from kb.engine.milvus.server import Server
from kb.engine.milvus.writer import MilvusWriter
from kb.engine.protocol import Versions
from kb.errors import EngineError, IndexCorrupt, IndexMissing, IndexStale, NotFound


class MilvusEngine:
    """Implements `kb.engine.protocol.Engine`. Connects when it is first asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._server: Server | None = None

    def current(self) -> int | None:
        """The published generation: what the alias names."""
        return self._meta().current()

    def versions(self) -> Versions | None:
        """What the published generation was built with."""
        with suppress(IndexCorrupt):
            if (number := self.current()) is not None:
                return self._meta().manifest(number).versions
        return None

    def reader(self, *, expect: Versions | None) -> MilvusReader:
        """Pin the published generation. See `kb.engine.protocol.Engine`."""
        number = self.current()
        if number is None:
            raise IndexMissing(
                f"Milvus {self._settings.milvus_uri} 中还没有索引",
                hint="先运行 kb index 文件夹",
            )
        manifest = self._meta().manifest(number)
        _require(manifest, expect)
        server = Server(self._settings)
        try:
            meta = Meta(server)
            reader = MilvusReader(server, meta, manifest, meta.terms(number))
        except BaseException:
            server.close()
            raise
        return reader

    def writer(
        self, versions: Versions, *, fresh: bool = False, number: int | None = None
    ) -> MilvusWriter:
        """Start the next generation. See `kb.engine.protocol.Engine`."""
        lock = WriterLock(self._settings)
        lock.acquire()
        try:
            served = self.current()
            if number is not None:
                self._require_free(number)
            base = None
            if served is not None and not fresh:
                _require(self._meta().manifest(served), versions)
                base = self.reader(expect=None)
            server = Server(self._settings)
            return MilvusWriter(self._settings, lock, server, versions, served or 0, base, number)
        except BaseException:
            lock.release()
            raise

    def rollback(self) -> int:
        """Serve the generation before the present one again. Returns its number.

        Raises:
            NotFound: no older one is kept. IndexLocked: another process is writing.
        """
        lock = WriterLock(self._settings)
        lock.acquire()
        try:
            now, meta = self.current() or 0, self._meta()
            older = [n for n in meta.numbers() if n < now and meta.published(n)]
            if not older:
                raise NotFound("没有保留更早的索引", hint="增大 keep_generations 可多保留几代")
            with lock.steady():
                meta.serve(older[-1])
            return older[-1]
        finally:
            lock.release()

    def _require_free(self, number: int) -> None:
        meta = self._meta()
        there = [n for n in meta.numbers() if n >= number and meta.published(n)]
        if there:
            raise EngineError(
                f"Milvus {self._settings.milvus_uri} 上的 {self._settings.milvus_name} 已有"
                f"第 {there[-1]} 代索引，不能再放入第 {number} 代",
                hint="用另一个 KB_MILVUS_NAME，或删去那里的旧索引后再搬",
            )

    def _meta(self) -> Meta:
        with self._lock:
            if self._server is None:
                self._server = Server(self._settings)
            return Meta(self._server)


def described(settings: Settings) -> str:
    """Which server answers, and which generations of this base it has, for people.

    Raises:
        ConfigError, EngineError: it does not; says why.
    """
    with closing(Server(settings)) as server:
        meta = Meta(server)
        there = "、".join(map(str, meta.numbers())) or "无"
        served = meta.current()
    says = f"{settings.milvus_uri}，版本 {server.version}，集合 {settings.milvus_name}"
    return f"{says}：在用第 {served or '—'} 代，存有 {there}"


def _require(manifest: Manifest, expect: Versions | None) -> None:
    if expect is None or expect == manifest.versions:
        return
    changes = [
        f"{name}（{old} → {new}）"
        for field, name in NAMES.items()
        if (old := getattr(manifest.versions, field)) != (new := getattr(expect, field))
    ]
    raise IndexStale(f"索引建立之后有变化：{'、'.join(changes)}", hint=REBUILD)
