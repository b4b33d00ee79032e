"""One writer at a time, and the name of who it is for whoever comes second."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout

from kb.catalogue.leader import Leader, myself, taken
from kb.config import Settings
from kb.engine.embedded import files
from kb.errors import IndexLocked

LOCK = "writer.lock"
OWNER = "writer.json"
AGAIN = 0.5
"""Seconds until whoever waits looks again."""


class WriterLock:
    """The right to write one base, freed by the system when its holder dies: a lock file in the
    home, and with the catalogue in PostgreSQL a lock there, which holds for every machine."""

    def __init__(self, settings: Settings) -> None:
        settings.index_dir.mkdir(parents=True, exist_ok=True)
        self._owner = settings.index_dir / OWNER
        self._lock = FileLock(settings.index_dir / LOCK, thread_local=False)
        self._leader = Leader(settings.database_url) if settings.database_url else None
        self._wait = settings.index_wait_seconds

    @property
    def lease(self) -> str:
        """What the catalogue's writer shows before each transaction (`kb.catalogue.leader`)."""
        return self._leader.token if self._leader else ""

    def acquire(self) -> None:
        """Take it, waiting for others at most as long as the settings say.

        Raises:
            IndexLocked: somebody else holds it; the message names process, machine, account, time.
            CatalogueError: PostgreSQL does not answer.
        """
        until = time.monotonic() + self._wait
        while True:
            try:
                self._at_once()
            except IndexLocked:
                if time.monotonic() >= until:
                    raise
                time.sleep(min(AGAIN, max(until - time.monotonic(), 0.01)))
            else:
                return

    def _at_once(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise taken(_read(self._owner)) from None
        try:
            if self._leader is not None:
                self._leader.acquire()
            files.replace_json(self._owner, myself())
        except BaseException:
            self.release()
            raise

    def check(self) -> None:
        """Raises `IndexLocked` where the right was lost meanwhile. A file's is not lost."""
        if self._leader is not None:
            self._leader.check()

    def steady(self) -> AbstractContextManager[None]:
        """Inside, nobody else becomes holder: for what makes a generation visible.

        Raises:
            IndexLocked: as `check`.
        """
        return nullcontext() if self._leader is None else self._leader.steady()

    def release(self) -> None:
        """Let go. Idempotent."""
        if self._leader is not None:
            self._leader.release()
        if self._lock.is_locked:
            files.remove(self._owner)
            self._lock.release()


def _read(owner: Path) -> dict[str, object] | None:
    try:
        return dict(json.loads(owner.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
