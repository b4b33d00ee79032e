"""Build the next generation aside; verify, sync, switch."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from kb.engine.embedded import files, generation, half, rows
from kb.engine.embedded.codec import Codec
from kb.engine.embedded.generation import Manifest, Pointer
from kb.engine.embedded.half import KeywordHalf
from kb.engine.embedded.lock import WriterLock
from kb.engine.embedded.reader import EmbeddedReader
from kb.engine.embedded.rows import Rows
from kb.engine.embedded.rows_build import RowsBuilder
from kb.engine.embedded.rows_finish import finish
from kb.engine.protocol import Entry, Told, Vectors, Versions, untold
from kb.errors import EngineError, IndexCorrupt


class EmbeddedWriter:
    """Implements `kb.engine.protocol.Writer`. Made by `EmbeddedEngine.writer`, holding its lock."""

    def __init__(
        self,
        index_dir: Path,
        lock: WriterLock,
        keep: int,
        engine: str,
        keyword: KeywordHalf,
        versions: Versions,
        pointer: Pointer | None,
        base: Manifest | None,
        number: int,
    ) -> None:
        self._index_dir = index_dir
        self._lock = lock
        self._keep = keep
        self._engine = engine
        self._half = keyword
        self._versions = versions
        self._base = base
        self._served = 0 if pointer is None else pointer.generation
        self._number = number
        self._aside = index_dir / f"tmp-{self._number:06d}-{os.getpid()}"
        self._shared: set[str] = set()
        self._open = True
        self._start()

    def _start(self) -> None:
        self._aside.mkdir()
        for name in (half.FOLDER, rows.FOLDER):
            (self._aside / name).mkdir()
        held: Rows | None = None
        if self._base is not None:
            where = generation.folder(self._index_dir, self._base.generation)
            held = Rows(where, self._base.rows, self._versions.dimensions)
            self._share(where, self._base)
        generation.step("linked")
        self._rows = RowsBuilder(self._aside, self._number, Codec(self._versions.dimensions), held)
        self._keyword = self._half.writer(self._aside / half.FOLDER, bulk=self._base is None)

    def _share(self, where: Path, base: Manifest) -> None:
        """Link what never changes, copy what does; leave out what every generation has anew."""
        for name in base.files:
            file = name.rpartition("/")[2]
            if file in (rows.ALIVE, rows.ORDER):
                continue
            if name.startswith(f"{half.FOLDER}/") and self._half.mutable(file):
                files.copy(where / name, self._aside / name)
            else:
                files.link_or_copy(where / name, self._aside / name)
                self._shared.add(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """The number that `publish` will give: above every number given before."""
        return self._number

    @property
    def base(self) -> int:
        """The generation served while this one is built; 0 if there is none.

        After a rollback it is less than ``generation - 1``: what belongs to numbers between them
        was rolled back for good.
        """
        return self._served

    @property
    def lease(self) -> str:
        """What the catalogue's writer shows before each transaction."""
        return self._lock.lease

    def remove(self, ids: Collection[str]) -> None:
        """Leave these passages out of the next generation. Unknown ids are ignored."""
        self._check()
        self._keyword.remove(self._rows.remove(ids))

    def add(self, entries: Sequence[Entry], vectors: Vectors, *, stored: bool = False) -> None:
        """Take these in; an id that is there already is replaced, by the last of a call's.
        See the protocol.

        Raises:
            ValueError: ``vectors`` is not of shape (len(entries), dimensions), or not finite.
        """
        self._check()
        keys, gone = self._rows.add(entries, vectors, stored=stored)
        self._keyword.add(keys, entries)
        self._keyword.remove(gone)
        generation.step("added")

    def carry(self, entries: Sequence[Entry], of: Sequence[str]) -> None:
        """Take these in, each with the vector that passage ``of`` has in the base, as stored.

        Raises:
            NotFound: the base has no such passage.
        """
        self._check()
        keys, gone = self._rows.carry(entries, of)
        self._keyword.add(keys, entries)
        self._keyword.remove(gone)
        generation.step("added")

    def untouched(self, ids: Sequence[str]) -> bool:
        """Whether the base has all of these and nothing replaced or removed one since."""
        self._check()
        return self._rows.untouched(ids)

    def publish(self, catalogue: str = "", told: Told = untold) -> int:
        """Verify, sync, switch. Returns the generation now served. The writer is then closed.

        Args:
            catalogue: digest of the catalogue's state that belongs to it, for the manifest.
            told: not called: nothing goes over a network.

        Raises:
            IndexCorrupt: the halves disagree; nothing was published. IndexLocked: the right to
                write was lost; nothing was published either.
        """
        self._check()
        self._keyword.finish()
        generation.step("keyword")
        meta = finish(self._rows)
        self._rows.base = None
        generation.step("rows")
        manifest = self._seal(meta, catalogue)
        self._verify(manifest)
        generation.step("verified")
        with self._lock.steady():
            generation.publish(self._index_dir, self._aside, self._number)
        self._open = False
        pointer = generation.read_pointer(self._index_dir)
        generation.recover(self._index_dir, pointer, self._keep)
        generation.step("pruned")
        self._lock.release()
        return self._number

    def close(self) -> None:
        """Drop what was not published and let go of the lock. Idempotent."""
        if self._open:
            self._open = False
            self._keyword.abandon()
            self._rows.base = None
            files.remove(self._aside)
        self._lock.release()

    def _seal(self, meta: dict[str, object], catalogue: str) -> Manifest:
        found = generation.listed(self._aside, self._base, self._shared)
        for name in found:
            if name not in self._shared:
                files.sync_file(self._aside / name)
        for name in (half.FOLDER, rows.FOLDER):
            files.sync_dir(self._aside / name)
        generation.step("synced")
        manifest = Manifest(
            generation=self._number,
            engine=self._engine,
            versions=self._versions,
            counts={"passages": len(self._rows.pending) + int(self._rows.base_alive.sum())},
            rows=meta,
            files=found,
            catalogue=catalogue,
        )
        generation.write_manifest(self._aside, manifest)
        generation.step("manifest")
        return manifest

    def _verify(self, manifest: Manifest) -> None:
        if problems := generation.verify(self._aside, deep=False):
            raise IndexCorrupt("；".join(problems), hint=generation.REBUILD)
        reader = EmbeddedReader(self._aside, manifest, self._half)
        try:
            reader.check_counts()
        finally:
            reader.close()

    def _check(self) -> None:
        if not self._open:
            raise EngineError("这次索引写入已经结束")
