"""Generations on disk: folders built aside, one manifest in each, one pointer to the one served.

    <home>/index/CURRENT            {"generation": 7, "last": 7, "manifest": "<digest>"}
    <home>/index/gen-000007/        manifest.json, keyword/, rows/
    <home>/index/tmp-000008-<pid>/  being built; the next writer removes what a crash left

A published folder never changes. Numbers are never given twice, not after a rollback either:
pages and caches know a generation by its number.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kb.config import Settings
from kb.engine.embedded import files
from kb.engine.embedded.lock import WriterLock
from kb.engine.embedded.steps import STEPS, step
from kb.engine.protocol import Versions
from kb.errors import EngineError, IndexCorrupt, IndexMissing, IndexStale, NotFound

__all__ = ["STEPS", "Manifest", "Pointer", "kept", "rollback", "step", "verify"]

FORMAT = 1
"""Of the folder's layout; another one asks for ``kb index --full``."""

POINTER = "CURRENT"
MANIFEST = "manifest.json"
REBUILD = "请运行 kb doctor --repair 修复，或 kb index --full 重建索引"
REPAIR = "请运行 kb doctor --repair 修复，或 kb index --full 重建索引"

_FOLDER = re.compile(r"gen-(\d{6,})")


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is served, the last number given, and the digest of its manifest."""

    generation: int
    last: int
    manifest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a generation consists of. ``files``: path below its folder → (bytes, digest).
    ``catalogue``: digest of the rows that belong to it, "" where nobody told."""

    generation: int
    engine: str
    versions: Versions
    counts: dict[str, int]
    rows: dict[str, Any]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    catalogue: str = ""
    format: int = FORMAT


def folder(index_dir: Path, number: int) -> Path:
    """Where generation ``number`` lies."""
    return index_dir / f"gen-{number:06d}"


def numbers(index_dir: Path) -> list[int]:
    """Generations that have a folder, published or not, ascending."""
    if not index_dir.is_dir():
        return []
    found = (_FOLDER.fullmatch(p.name) for p in index_dir.iterdir())
    return sorted(int(match[1]) for match in found if match)


def pointer_path(index_dir: Path) -> Path:
    """The file that says which generation is served."""
    return index_dir / POINTER


def read_pointer(index_dir: Path) -> Pointer | None:
    """The pointer; None where nothing was ever published.

    Raises:
        IndexCorrupt: it cannot be understood, or is missing although generations are there.
    """
    path = index_dir / POINTER
    try:
        return Pointer(**json.loads(files.patiently(path.read_bytes)))
    except FileNotFoundError:
        if numbers(index_dir):
            raise IndexCorrupt(f"索引指针 {path} 不见了", hint=REBUILD) from None
        return None
    except (OSError, ValueError, TypeError) as error:
        raise IndexCorrupt(f"索引指针 {path} 已损坏：{error}", hint=REBUILD) from error


def require_pointer(index_dir: Path) -> Pointer:
    """The pointer, or `IndexMissing`."""
    if (found := read_pointer(index_dir)) is None:
        raise IndexMissing(f"还没有建立索引：{index_dir}", hint="请先运行 kb index 资料文件夹")
    return found


def read_manifest(where: Path) -> Manifest:
    """The manifest of a generation's folder.

    Raises:
        IndexCorrupt: it is missing or cannot be understood. IndexStale: of another format.
    """
    path = where / MANIFEST
    try:
        raw = json.loads(path.read_bytes())
        if raw["format"] != FORMAT:
            raise IndexStale(f"索引格式有变化（{raw['format']} → {FORMAT}）：{path}", hint=REBUILD)
        raw["versions"] = Versions(**raw["versions"])
        raw["files"] = {k: (int(v[0]), str(v[1])) for k, v in raw["files"].items()}
        return Manifest(**raw)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise IndexCorrupt(f"索引清单 {path} 已损坏：{error}", hint=REPAIR) from error


def write_manifest(where: Path, manifest: Manifest) -> str:
    """Write and sync it. Returns its digest."""
    files.write_json(where / MANIFEST, asdict(manifest))
    files.sync_dir(where)
    return files.digest(where / MANIFEST)


def listed(where: Path, base: Manifest | None, shared: set[str]) -> dict[str, tuple[int, str]]:
    """Sizes and digests of the files below ``where``; those ``shared`` keep the base's."""
    found: dict[str, tuple[int, str]] = {}
    for name in files.below(where):
        path = where / name
        if base is not None and name in shared:
            found[name] = base.files[name]
        elif name != MANIFEST:
            found[name] = (path.stat().st_size, files.digest(path))
    return found


def verify(where: Path, *, deep: bool) -> list[str]:
    """What is wrong with a generation's folder, in Chinese, a line a file; empty if all is well.

    Args:
        where: the folder.
        deep: read every byte and compare digests; otherwise only presence and size.
    """
    try:
        manifest = read_manifest(where)
    except EngineError as error:
        return [error.message]
    problems: list[str] = []
    for name, (size, wanted) in manifest.files.items():
        path = where / name
        try:
            actual = path.stat().st_size
        except OSError:
            problems.append(f"缺少文件 {path}")
            continue
        if actual != size:
            problems.append(f"文件 {path} 应为 {size} 字节，实为 {actual} 字节")
        elif deep and files.digest(path) != wanted:
            problems.append(f"文件 {path} 的内容与清单不符")
    return problems


def check_pointed(index_dir: Path, pointer: Pointer, *, deep: bool) -> list[str]:
    """`verify` of the generation served, and whether the pointer means this very manifest."""
    where = folder(index_dir, pointer.generation)
    problems = verify(where, deep=deep)
    path = where / MANIFEST
    if path.is_file() and files.digest(path) != pointer.manifest:
        problems.insert(0, f"索引清单 {path} 与指针 {index_dir / POINTER} 不符")
    return problems


def point(index_dir: Path, number: int, last: int, manifest: str) -> None:
    """Serve ``number`` from now on."""
    files.replace_json(
        index_dir / POINTER, {"generation": number, "last": last, "manifest": manifest}
    )


def kept(settings: Settings) -> list[int]:
    """Generations that can be served or rolled back to, ascending; the last one is served."""
    pointer = read_pointer(settings.index_dir)
    if pointer is None:
        return []
    return [n for n in numbers(settings.index_dir) if n <= pointer.generation]


def recover(index_dir: Path, pointer: Pointer | None, keep: int) -> None:
    """Remove what was never published, what was rolled back, and all but the last ``keep``."""
    served = 0 if pointer is None else pointer.generation
    older = [n for n in numbers(index_dir) if n <= served]
    wanted = {f"gen-{n:06d}" for n in older[-keep:]}
    for path in index_dir.iterdir():
        unpublished = path.name.startswith(("tmp-", f"{POINTER}.", "writer.json."))
        if unpublished or (_FOLDER.fullmatch(path.name) and path.name not in wanted):
            files.remove(path)


def publish(index_dir: Path, aside: Path, number: int) -> None:
    """Rename the folder built aside, then switch the pointer to it."""
    manifest = files.digest(aside / MANIFEST)
    where = folder(index_dir, number)
    files.patiently(lambda: aside.rename(where))
    files.sync_dir(index_dir)
    step("renamed")
    step("pointing")
    point(index_dir, number, number, manifest)
    step("pointed")


def rollback(settings: Settings) -> int:
    """Serve the newest sound generation before the present one. Returns its number.

    Raises:
        NotFound: no older sound generation is kept. IndexLocked: another process is writing.
    """
    index_dir = settings.index_dir
    pointer = require_pointer(index_dir)
    lock = WriterLock(settings)
    lock.acquire()
    try:
        for number in reversed([n for n in kept(settings) if n < pointer.generation]):
            where = folder(index_dir, number)
            if not verify(where, deep=True):
                last = max(pointer.last, *numbers(index_dir))
                with lock.steady():
                    point(index_dir, number, last, files.digest(where / MANIFEST))
                return number
    finally:
        lock.release()
    raise NotFound(
        "没有更早的完好索引可以退回", hint="保留几代由设置 keep_generations 决定；" + REBUILD
    )
