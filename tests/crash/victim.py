"""Indexes in a child of its own on each line of standard input, for others to kill.

    {"home": …, "source": …, "pause": "step" or ""}   →   pid, later «paused» or the exit status

Everything is imported once, so that a run costs what it does and not what loading costs. The
child reads files in its own process; that readers die is tested elsewhere.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any


def main() -> None:
    from indexer import publish
    from kb.config import Settings
    from kb.engine.embedded import generation, reader, writer  # noqa: F401

    publish.run = _here  # type: ignore[assignment]
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            code = 3
            try:
                _pause_at(generation, order["pause"])
                told = _progress(order["pause"])
                settings = Settings(home=Path(order["home"]), workers=1)
                publish.index(settings, [Path(order["source"])], publish.Options(), told)
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


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
