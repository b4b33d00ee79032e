"""A worker is held to its memory, and takes what it started with it when it is killed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from indexer.pool import Lost, run
from indexer.readers import legacy

posix = pytest.mark.skipif(os.name != "posix", reason="the bounds are POSIX's")


def take(megabytes: int) -> str:
    try:
        return f"{len(bytearray(megabytes * 2**20)) // 2**20}"
    except MemoryError:
        return "MemoryError"


def convert(marker: str) -> None:
    """As the reader of DOC does, with a program that starts another and then waits."""
    inner = f"echo $$ > {marker}; sleep 300 & wait"
    legacy._run(["/bin/sh", "-c", f"/bin/sh -c '{inner}' & wait"], "a.doc")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to it")
def test_more_memory_than_allowed_is_refused() -> None:
    found = dict(run(take, [10, 3000], workers=1, seconds=60, memory_mb=1024))
    assert found == {10: "10", 3000: "MemoryError"}


@posix
def test_what_a_killed_worker_started_is_killed_too(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    ((_, result),) = run(convert, [str(marker)], workers=1, seconds=5)
    assert isinstance(result, Lost)
    pid = int(marker.read_text())
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(pid)


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        # A dead child that nobody has waited for yet is not alive.
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@posix
def test_the_guard_lets_a_program_end(tmp_path: Path) -> None:
    marker = tmp_path / "done"
    legacy._run(["/bin/sh", "-c", f"echo done > {marker}"], "a.doc")
    assert marker.read_text() == "done\n"
