"""Opens readers and writers of one home; says what is missing, stale, torn or locked."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, cast

from kb.config import Settings
from kb.engine.embedded import generation, mend
from kb.engine.embedded.generation import REBUILD, REPAIR, Manifest, Pointer
from kb.engine.embedded.lock import WriterLock
from kb.engine.protocol import Versions
from kb.errors import EngineError, IndexCorrupt, IndexStale

if TYPE_CHECKING:
    from kb.engine.embedded.half import KeywordHalf
    from kb.engine.embedded.reader import EmbeddedReader
    from kb.engine.embedded.writer import EmbeddedWriter

NAMES = {
    "schema": "索引结构",
    "segmenter": "分词器",
    "dictionary": "词典",
    "model": "向量模型",
    "dimensions": "向量维数",
}


class EmbeddedEngine:
    """Implements `kb.engine.protocol.Engine` with the keyword half that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._index_dir = settings.index_dir

    def current(self) -> int | None:
        """The published generation, read from the pointer; cheap enough for every request.

        Where the pointer is damaged, the newest sound one.
        """
        try:
            pointer = generation.read_pointer(self._index_dir)
        except IndexCorrupt:
            if (found := mend.newest(self._index_dir)) is None:
                raise
            return found
        return None if pointer is None else pointer.generation

    def versions(self) -> Versions | None:
        """What the published generation was built with. See `kb.engine.protocol.Engine`."""
        with suppress(IndexStale, IndexCorrupt):
            if (pointer := generation.read_pointer(self._index_dir)) is not None:
                where = generation.folder(self._index_dir, pointer.generation)
                return generation.read_manifest(where).versions
        return None

    def reader(self, *, expect: Versions | None) -> EmbeddedReader:
        """Pin the published generation. See `kb.engine.protocol.Engine`.

        A damaged one is stood in for by the last good one that is kept; its reader says so.
        """
        try:
            return self._pinned(expect)
        except IndexCorrupt as error:
            if (found := self._stand_in(expect, error)) is None:
                raise
            return found

    def _pinned(self, expect: Versions | None) -> EmbeddedReader:
        from kb.engine.embedded.reader import EmbeddedReader

        pointer = generation.require_pointer(self._index_dir)
        while True:
            try:
                manifest = self._manifest(pointer)
                self._require(manifest, expect)
                where = generation.folder(self._index_dir, manifest.generation)
                return EmbeddedReader(where, manifest, _half(manifest.engine))
            except IndexCorrupt:
                # A writer may have published and removed this one since the pointer was read.
                again = generation.require_pointer(self._index_dir)
                if again == pointer:
                    raise
                pointer = again

    def _stand_in(self, expect: Versions | None, error: IndexCorrupt) -> EmbeddedReader | None:
        from kb.engine.embedded.reader import EmbeddedReader

        try:
            pointer = generation.read_pointer(self._index_dir)
        except IndexCorrupt:
            pointer = None
        upto = None if pointer is None else pointer.generation
        for manifest in mend.sound(self._index_dir, upto=upto):
            where = generation.folder(self._index_dir, manifest.generation)
            with suppress(IndexStale, IndexCorrupt):
                self._require(manifest, expect)
                if pointer is not None and manifest.generation == pointer.generation:
                    continue
                half = _half(manifest.engine)
                return EmbeddedReader(where, manifest, half, damage=error.message)
        return None

    def writer(
        self, versions: Versions, *, fresh: bool = False, number: int | None = None
    ) -> EmbeddedWriter:
        """Start the next generation. See `kb.engine.protocol.Engine`.

        A damaged index does not stop a ``fresh`` one: that is how it is mended.
        """
        from kb.engine.embedded.writer import EmbeddedWriter

        settings = self._settings
        lock = WriterLock(settings)
        lock.acquire()
        try:
            generation.step("locked")
            pointer = self._pointer(fresh=fresh)
            base = None if fresh or pointer is None else self._manifest(pointer)
            if base is not None:
                self._require(base, versions)
            # A damaged pointer names nothing; what it named is kept until there is a new one.
            if pointer is not None or not generation.numbers(self._index_dir):
                generation.recover(self._index_dir, pointer, settings.keep_generations)
            generation.step("recovered")
            half = _half(settings.engine)
            last = max([pointer.last if pointer else 0, *generation.numbers(self._index_dir)])
            if number is not None and number <= last:
                raise EngineError(
                    f"本机的 {self._index_dir} 已有第 {last} 代索引，不能再放入第 {number} 代",
                    hint="确认那里的索引不再要，把这个文件夹移走后再搬",
                )
            keep, name = settings.keep_generations, settings.engine
            return EmbeddedWriter(
                self._index_dir, lock, keep, name, half, versions, pointer, base, number or last + 1
            )
        except BaseException:
            lock.release()
            raise

    def _pointer(self, *, fresh: bool) -> Pointer | None:
        try:
            return generation.read_pointer(self._index_dir)
        except IndexCorrupt:
            if fresh:
                return None
            raise

    def _manifest(self, pointer: Pointer) -> Manifest:
        where = generation.folder(self._index_dir, pointer.generation)
        manifest = generation.read_manifest(where)
        if problems := generation.check_pointed(self._index_dir, pointer, deep=False):
            raise IndexCorrupt("；".join(problems), hint=REPAIR)
        return manifest

    def _require(self, manifest: Manifest, expect: Versions | None) -> None:
        changes: list[str] = []
        if manifest.engine != self._settings.engine:
            changes.append(f"关键词引擎（{manifest.engine} → {self._settings.engine}）")
        for field in fields(Versions) if expect is not None else ():
            old, new = getattr(manifest.versions, field.name), getattr(expect, field.name)
            if old != new:
                changes.append(f"{NAMES[field.name]}（{old} → {new}）")
        if changes:
            raise IndexStale(
                f"索引建立之后有变化：{'、'.join(changes)}",
                hint=REBUILD,
            )


def _half(name: str) -> KeywordHalf:
    if name == "whoosh":
        from kb.engine.embedded import whoosh_half

        return cast("KeywordHalf", whoosh_half)
    from kb.engine.embedded import tantivy_half

    return cast("KeywordHalf", tantivy_half)
