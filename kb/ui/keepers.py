"""The keeper of each home that this process shows, shared by routes and pages."""

from __future__ import annotations

import threading
from pathlib import Path

from kb.access.keeper import Keeper
from kb.config import Settings

_keepers: dict[Path, Keeper] = {}
_lock = threading.Lock()


def keeper(settings: Settings) -> Keeper:
    """The keeper of a home, made once."""
    with _lock:
        if settings.home not in _keepers:
            _keepers[settings.home] = Keeper(settings)
        return _keepers[settings.home]


def close_all() -> None:
    """Let go of all. The server calls it when it stops."""
    with _lock:
        while _keepers:
            _keepers.popitem()[1].close()
