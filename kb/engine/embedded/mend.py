"""What to serve, and what to point at, where the pointer or the served generation is damaged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from kb.config import Settings
from kb.engine.embedded import files, generation
from kb.engine.embedded.generation import Manifest
from kb.engine.embedded.lock import WriterLock
from kb.errors import EngineError, IndexCorrupt, IndexMissing


def sound(index_dir: Path, *, upto: int | None) -> Iterator[Manifest]:
    """Generations whose files are all there at their size, newest first, at most ``upto``."""
    for number in reversed(generation.numbers(index_dir)):
        where = generation.folder(index_dir, number)
        if (upto is None or number <= upto) and not generation.verify(where, deep=False):
            yield generation.read_manifest(where)


def newest(index_dir: Path) -> int | None:
    """The newest sound generation; for a pointer that cannot be read."""
    return next((m.generation for m in sound(index_dir, upto=None)), None)


def mend_pointer(settings: Settings, sealed: Collection[int]) -> int | None:
    """Where the pointer is lost or damaged, point at the newest generation that can be known.

    Args:
        settings: of the home.
        sealed: generations whose rows the catalogue has in full.

    Returns:
        what it points at now; None where it was well.

    Raises:
        IndexMissing: nothing was ever published. IndexLocked: another process is writing.
    """
    index_dir = settings.index_dir
    with suppress(IndexCorrupt):
        if generation.read_pointer(index_dir) is not None or not sealed:
            return None
    lock = WriterLock(settings)
    lock.acquire()
    try:
        known = [n for n in generation.numbers(index_dir) if n in sealed]
        readable = [n for n in known if _manifest(index_dir, n)]
        # Without any manifest the catalogue still says what was published last; the index is then
        # built again from it.
        number = max(readable or known or sealed, default=0)
        if not number:
            raise IndexMissing(f"还没有建立索引：{index_dir}", hint="请先运行 kb index 资料文件夹")
        path = generation.folder(index_dir, number) / generation.MANIFEST
        digest = files.digest(path) if path.is_file() else ""
        last = max([number, *sealed, *generation.numbers(index_dir)])
        generation.point(index_dir, number, last, digest)
        return number
    finally:
        lock.release()


def _manifest(index_dir: Path, number: int) -> bool:
    try:
        generation.read_manifest(generation.folder(index_dir, number))
    except EngineError:
        return False
    return True
