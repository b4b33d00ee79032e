"""Files and folders that must survive a crash: syncing, hashing, linking, switching.

Windows has no sync of a folder and refuses to delete what is open; both are met here only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

CHUNK = 1 << 20
TRIES, PAUSE = 50, 0.02
"""How often, and after how many seconds, something that another program holds is tried again."""

T = TypeVar("T")


def patiently(act: Callable[[], T]) -> T:
    """Do something that Windows refuses for the moment while another program has the file open."""
    for _ in range(TRIES - 1):
        try:
            return act()
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(PAUSE)
    return act()


def sync_file(path: Path) -> None:
    """Bring a file's content to disk."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_dir(path: Path) -> None:
    """Bring a folder's entries to disk, where the system can (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """BLAKE2b of a file, 32 hexadecimal digits."""
    found = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            found.update(block)
    return found.hexdigest()


def link_or_copy(source: Path, target: Path) -> None:
    """Share an unchanged file with another folder; copy it where links are not possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def copy(source: Path, target: Path) -> None:
    """Copy a file's content."""
    shutil.copyfile(source, target)


def write_json(path: Path, value: Any) -> None:
    """Write and sync a small JSON file, readable by people."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def replace_json(path: Path, value: Any) -> None:
    """Switch a small JSON file from its old content to the new at once."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    write_json(aside, value)
    patiently(lambda: aside.replace(path))
    sync_dir(path.parent)


def remove(path: Path) -> None:
    """Remove a file or folder, as far as nobody holds it open; what stays goes another time."""
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def below(folder: Path) -> list[str]:
    """Every file below a folder, as sorted paths relative to it, with ``/``."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
