"""How many requests a minute, in this process's memory: a bucket that fills evenly."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

A_MINUTE = 600
"""Requests of one token, where nothing else is said."""

KEPT = 10_000
"""Keys at most; the one that was used longest ago goes."""


class Rate:
    """A bucket of ``a_minute`` for each key. Safe for several threads."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(a_minute)
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """0 where there is one left for this key; else after how many seconds there will be."""
        a_second = self._most / 60
        with self._lock:
            now = self._clock()
            left, then = self._held.get(key, (self._most, now))
            left = min(self._most, left + (now - then) * a_second)
            took = left >= 1
            self._held[key] = (left - took, now)
            self._held.move_to_end(key)
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return 0.0 if took else (1 - left) / a_second
