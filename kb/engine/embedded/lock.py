"""One writer at a time, and the name of who it is for whoever comes second."""

from __future__ import annotations

import json
import os
import socket
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from kb.engine.embedded import files
from kb.errors import IndexLocked

LOCK = "writer.lock"
OWNER = "writer.json"


class WriterLock:
    """The right to write the index of one home. Freed by the system when its holder dies."""

    def __init__(self, index_dir: Path) -> None:
        self._owner = index_dir / OWNER
        self._lock = FileLock(index_dir / LOCK, thread_local=False)

    def acquire(self) -> None:
        """Take it at once.

        Raises:
            IndexLocked: somebody else holds it; the message names process, machine and time.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise IndexLocked(
                f"另一个进程正在更新索引（{self._holder()}）",
                hint="等它结束后再试；若确已无人使用，结束该进程即可，锁会自动释放",
            ) from None
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        files.replace_json(
            self._owner, {"pid": os.getpid(), "host": socket.gethostname(), "since": now}
        )

    def release(self) -> None:
        """Let go. Idempotent."""
        if self._lock.is_locked:
            files.remove(self._owner)
            self._lock.release()

    def _holder(self) -> str:
        try:
            owner = json.loads(self._owner.read_text(encoding="utf-8"))
            return f"进程 {owner['pid']}，机器 {owner['host']}，始于 {owner['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "持有者未留下记录"
