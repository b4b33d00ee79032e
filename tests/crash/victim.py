"""Indexes in a child of its own on each line of standard input, for others to kill.

    {"home": …, "source": …, "pause": …, "errno": …, "at": …, "bytes": …}
    → pid, later «paused» or the exit status

Everything is imported once, so that a run costs what it does and not what loading costs. The
child reads files in its own process; that readers die is tested elsewhere.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any


def main() -> None:
    from indexer import publish
    from kb.commands.output import storage_trouble
    from kb.config import Settings
    from kb.engine.embedded import generation, reader, writer  # noqa: F401

    publish.run = _here  # type: ignore[assignment]
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            code = 3
            try:
                _fail_at(order["home"], order["errno"], order["at"])
                _limit(order["bytes"])
                _pause_at(generation, order["pause"])
                told = _progress(order["pause"])
                settings = Settings(home=Path(order["home"]), workers=1)
                publish.index(settings, [Path(order["source"])], publish.Options(), told)
                code = 0
            except Exception as error:
                code = FAILED
                told_of = storage_trouble(error)
                print(f"{type(error).__name__}: {error} / {told_of}", file=sys.stderr)
            finally:
                os._exit(code)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


FAILED = 4
"""Exit status of a run that an error ended."""

WRITES = {"os.mkdir", "os.rename", "os.link", "os.truncate"}


def _fail_at(home: str, number: int, at: int) -> None:
    """Have the ``at``th act of writing below ``home`` fail. (Works as root, who may all.)"""
    left = [at]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            if not isinstance(path, str | bytes | os.PathLike) or not (
                flags & (os.O_WRONLY | os.O_RDWR) if mode is None else set(mode) & set("wax+")
            ):
                return
        elif event in WRITES:
            path = arguments[0]
        else:
            return
        if os.fsdecode(os.fspath(path)).startswith(home):
            left[0] -= 1
            if left[0] == 0:
                raise OSError(number, os.strerror(number), os.fsdecode(os.fspath(path)))

    if at:
        sys.addaudithook(hook)


def _limit(size: int) -> None:
    """Let no file grow past ``size`` bytes: what native code writes fails, too."""
    if size:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _here(function: Callable[[Any], Any], tasks: Sequence[Any], **_: object) -> Iterator[Any]:
    for task in tasks:
        yield task, function(task)


def _pause_at(generation: Any, name: str) -> None:
    def step(reached: str) -> None:
        if reached == name:
            _pause()

    generation.step = step


def _progress(name: str) -> Callable[[str, int, int, str], None]:
    def told(stage: str, done: int, total: int, path: str) -> None:
        if f"{stage} {done}" == name:
            _pause()

    return told


def _pause() -> None:
    print("paused", flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
