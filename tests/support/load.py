"""Writers and readers at work while something fails: who was told what, and what is there after."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import pairwise
from types import TracebackType

from kb.catalogue.audit import AuditLog, Event, Filter
from kb.errors import KbError


@dataclass(slots=True)
class Found:
    """What came of a fault.

    acknowledged: writes of which the program said that they are done. refused: that it refused in
    words. lost: acknowledged and not there. unasked: there, though nobody asked for them. doubled:
    there twice. reads, failed: answered, refused in words. wrong: answers that were not the right
    one. strange: exceptions that are not the program's own. stood_still: the longest time without a
    write, in seconds; silent: the same for answers.
    """

    acknowledged: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    doubled: int = 0
    reads: int = 0
    failed: int = 0
    wrong: list[object] = field(default_factory=list)
    strange: list[BaseException] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    stood_still: float = 0.0
    silent: float = 0.0


class Load(AbstractContextManager["Load"]):
    """Threads that write lines of the audit log, and others that ask a question, as fast as they
    are answered.

    Args:
        log: where lines are written; each has words of its own.
        ask: a question; its right answer is what it gives before the fault.
    """

    def __init__(
        self,
        log: AuditLog,
        ask: Callable[[], object] | None,
        *,
        writers: int = 2,
        readers: int = 2,
        pause: float = 0.01,
    ) -> None:
        self._log = log
        self._ask = ask
        self._right = ask() if ask else None
        self._pause = pause
        self._name = secrets.token_hex(4)
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._tried: set[str] = set()
        self._done: dict[str, float] = {}
        self._answered: list[float] = []
        self.found = Found()
        kinds = [self._write] * writers + [self._read] * (readers if ask else 0)
        self._threads = [
            threading.Thread(target=kind, args=(number,), daemon=True)
            for number, kind in enumerate(kinds)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(180)

    def acknowledged(self) -> int:
        """Writes so far."""
        return len(self._done)

    def until(self, more: int, seconds: float = 120.0) -> float:
        """Wait for ``more`` further writes and for an answer, seconds that it took.

        Raises:
            TimeoutError: they did not come.
        """
        began = time.monotonic()
        wanted, answers = len(self._done) + more, len(self._answered) + bool(self._ask)
        while len(self._done) < wanted or len(self._answered) < answers:
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"no write or no answer for {seconds} s: {self.found}")
            time.sleep(0.005)
        return time.monotonic() - began

    def count(self, log: AuditLog | None = None) -> Found:
        """What is there after the end, against what was said; ``log`` another way to it."""
        found = self.found
        rows = [row.subject for row in (log or self._log).every(Filter(words=self._name))]
        there = set(rows)
        found.acknowledged = len(self._done)
        found.lost = sorted(self._done.keys() - there)
        found.unasked = sorted(there - self._tried)
        found.doubled = len(rows) - len(there)
        found.stood_still = _longest(self._done.values())
        found.silent = _longest(self._answered)
        return found

    def back(self, since: float) -> tuple[float, float]:
        """Seconds from ``since`` (a `time.monotonic`) to the first write that was acknowledged
        after it, and to the first answer."""
        return _first(self._done.values(), since), _first(self._answered, since)

    def _write(self, number: int) -> None:
        at = 0
        while not self._ended.is_set():
            at += 1
            words = f"{self._name}/{number}/{at}"
            self._tried.add(words)
            try:
                self._log.append(Event("甲", "试验", "load", words))
            except KbError as error:
                self._refused(error, reading=False)
            except BaseException as error:
                self.found.strange.append(error)
            else:
                self._done[words] = time.monotonic()
            time.sleep(self._pause)

    def _read(self, _: int) -> None:
        assert self._ask is not None
        while not self._ended.is_set():
            try:
                answer = self._ask()
            except KbError as error:
                self._refused(error, reading=True)
            except BaseException as error:
                self.found.strange.append(error)
            else:
                with self._lock:
                    self.found.reads += 1
                    self._answered.append(time.monotonic())
                if answer != self._right:
                    self.found.wrong.append(answer)
            time.sleep(self._pause)

    def _refused(self, error: KbError, *, reading: bool) -> None:
        with self._lock:
            self.found.said.add(str(error))
            if reading:
                self.found.failed += 1
            else:
                self.found.refused += 1
        time.sleep(0.05)


def _longest(moments: Iterable[float]) -> float:
    gaps = [after - before for before, after in pairwise(sorted(moments))]
    return max(gaps, default=0.0)


def _first(moments: Iterable[float], since: float) -> float:
    return min((at - since for at in moments if at >= since), default=float("nan"))
