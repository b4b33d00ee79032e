"""Run a function over tasks in worker processes that can be killed.

The standard pools stop altogether when one worker dies; here a worker that crashes, hangs or is
out of memory costs the one file it was reading.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

from indexer.bounds import bound_memory

Task = TypeVar("Task")
Result = TypeVar("Result")
AHEAD = 2
"""Tasks sent to a worker before its answers come back, so that it need not wait for the next."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What became of a task whose worker died or ran out of time."""

    why: str


@dataclass(frozen=True, slots=True)
class _More:
    """A worker's word that the task it is at may take so many seconds more."""

    seconds: float


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: SpawnProcess
    pipe: Connection
    tasks: deque[Task]
    since: float
    """When its present task began, put off by the time it asked for."""


_asks: list[Connection] = []


def more_time(seconds: float) -> None:
    """In a worker: the present task may take so much longer (or, below 0, less). Elsewhere nothing
    is done. For work that is known to go on, such as a page of OCR."""
    for pipe in _asks:
        pipe.send(_More(seconds))


def run(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    workers: int,
    seconds: float,
    memory_mb: int = 0,
) -> Iterator[tuple[Task, Result | Lost]]:
    """Yield each task with its result, in the order they finish.

    Args:
        function: importable by name; its argument and result can be pickled.
        workers: processes at most (never more than tasks).
        seconds: time for one task before its worker is killed.
        memory_mb: memory of one worker (see `indexer.bounds`); 0 is no bound.
    """
    waiting = deque(tasks)
    pool = [_start(function, memory_mb) for _ in range(min(workers, len(waiting)))]
    try:
        for worker in pool:
            _feed(worker, waiting)
        while any(worker.tasks for worker in pool):
            for worker in _ready(pool, seconds):
                yield from _collect(worker, seconds)
                if not worker.process.is_alive() or worker.pipe.closed:
                    waiting.extendleft(reversed(worker.tasks))
                    pool.remove(worker)
                    if waiting:
                        pool.append(worker := _start(function, memory_mb))
                _feed(worker, waiting)
    finally:
        for worker in pool:
            _stop(worker)


def _start(function: Callable[[Any], Any], memory_mb: int) -> _Worker[Any]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(function, theirs, memory_mb), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours, deque(), time.monotonic())


def _serve(function: Callable[[Any], Any], pipe: Connection, memory_mb: int) -> None:
    bound_memory(memory_mb)
    _asks[:] = [pipe]
    try:
        while (task := pipe.recv()) is not None:
            pipe.send(function(task))
    except (EOFError, KeyboardInterrupt, BrokenPipeError):
        return


def _feed(worker: _Worker[Any], waiting: deque[Any]) -> None:
    while waiting and not worker.pipe.closed and len(worker.tasks) < AHEAD:
        if not worker.tasks:
            worker.since = time.monotonic()
        worker.tasks.append(waiting.popleft())
        # A worker that died idle shows when its answer is awaited.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.pipe.send(worker.tasks[-1])


def _ready(pool: list[_Worker[Any]], seconds: float) -> list[_Worker[Any]]:
    busy = {w.pipe: w for w in pool if w.tasks}
    soonest = min(w.since for w in busy.values()) + seconds
    ready = wait(list(busy), timeout=max(0.0, soonest - time.monotonic()))
    if ready:
        return [worker for pipe, worker in busy.items() if pipe in ready]
    return [w for w in busy.values() if time.monotonic() - w.since >= seconds]


def _collect(worker: _Worker[Any], seconds: float) -> Iterator[tuple[Any, Any]]:
    try:
        if worker.pipe.poll():
            result = worker.pipe.recv()
            if isinstance(result, _More):
                worker.since += result.seconds
                return
            yield worker.tasks.popleft(), result
            worker.since = time.monotonic()
            return
        why = f"处理超过 {seconds:.0f} 秒，已中止"
    except (EOFError, OSError):
        worker.process.join(timeout=5)
        why = f"读取进程意外结束（代码 {worker.process.exitcode}）"
    yield worker.tasks.popleft(), Lost(why)
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _stop(worker: _Worker[Any]) -> None:
    if worker.pipe.closed:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        worker.pipe.send(None)
    worker.pipe.close()
    worker.process.join(timeout=2)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
