"""An indexing run that the page started: a process of its own, followed line by line.

A process and not a thread: workers are spawned from it, and from within Streamlit they would import
the page; and a run must end cleanly when somebody stops it, whatever it is doing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kb.config import Settings
from kb.errors import ConfigError

TAIL = 40
"""Lines of what it said that are kept for whoever asks what went wrong."""


@dataclass(slots=True)
class Job:
    """One run. ``total`` 0: not known yet. ``report``: as ``kb index --json``, at its end."""

    what: str
    who: str
    began: datetime
    process: subprocess.Popen[str]
    dry: bool = False
    stage: str = "准备"
    done: int = 0
    total: int = 0
    path: str = ""
    ended: datetime | None = None
    code: int | None = None
    cancelled: bool = False
    report: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return self.ended is None

    @property
    def share(self) -> float:
        """How far the present stage is, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    @property
    def in_words(self) -> str:
        """What is done now, or what came of it."""
        if self.running:
            where = f" {self.done}/{self.total}" if self.total else ""
            return f"{self.stage}{where}" + (f"　{self.path}" if self.path else "")
        if self.cancelled:
            return "已取消，索引没有改动"
        if self.code in (0, 1) and self.report:
            return self._came_of_it(self.report)
        return "没有完成：" + ("；".join(self.said[-3:]) or f"退出码 {self.code}")

    def _came_of_it(self, r: dict[str, Any]) -> str:
        if "files" not in r:
            return f"已退回第 {r['generation']} 代"
        changes = f"新增 {r['new']}、修改 {r['changed']}、移动 {r['moved']}、删除 {r['gone']}"
        if self.dry:
            return f"试运行，没有改动索引；真正运行时会：{changes}"
        failed = f"，{len(r['failed'])} 个文件未入库" if r["failed"] else ""
        return f"已完成：第 {r['generation']} 代，{changes}{failed}"


_jobs: dict[Path, Job] = {}
_lock = threading.Lock()


def current(settings: Settings) -> Job | None:
    """The run of this home that goes on, or the last one of this server."""
    return _jobs.get(settings.home)


def start(settings: Settings, arguments: Sequence[str], *, what: str, who: str) -> Job:
    """Begin ``kb index`` with these arguments.

    Raises:
        ConfigError: one goes on already.
    """
    with _lock:
        going = _jobs.get(settings.home)
        if going is not None and going.running:
            raise ConfigError(
                f"正在更新索引（{going.what}，{going.who or '本机'} 于 {going.began:%H:%M} 开始）",
                hint="等它完成，或先取消",
            )
        command = [sys.executable, "-m", "kb", "--home", str(settings.home), "index"]
        # A group of its own: what ends the server at the terminal (Ctrl+C) is not meant for it,
        # and what ends it is not meant for the server.
        alone: dict[str, Any] = (
            {"start_new_session": True}
            if os.name == "posix"
            else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        )
        process = subprocess.Popen(  # noqa: S603 - our own program, no word of a person in it
            [*command, "--json", "--progress", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONUTF8": "1"},
            **alone,
        )
        dry = "--dry-run" in arguments
        job = Job(what, who, datetime.now().astimezone(), process, dry)
        _jobs[settings.home] = job
    threading.Thread(target=_follow, args=(job,), daemon=True).start()
    return job


def cancel(job: Job) -> None:
    """Ask it to stop: as Ctrl+C at the terminal (``kb index --progress`` takes SIGTERM for that).
    What was published before serves on."""
    if job.running:
        job.cancelled = True
        stop = signal.SIGTERM if os.name == "posix" else getattr(signal, "CTRL_BREAK_EVENT", 2)
        job.process.send_signal(stop)


def _follow(job: Job) -> None:
    out: list[str] = []
    printed, said = job.process.stdout, job.process.stderr
    reader = threading.Thread(target=lambda: out.extend(printed or ()), daemon=True)
    reader.start()
    for line in said or ():
        _note(job, line.rstrip("\n"))
    reader.join()
    job.code = job.process.wait()
    for pipe in (printed, said):
        if pipe is not None:
            pipe.close()
    try:
        job.report = json.loads("".join(out))
    except ValueError:
        job.report = {}
    # It may have come to its end before it heard.
    job.cancelled = job.cancelled and not job.report
    job.ended = datetime.now().astimezone()


def _note(job: Job, line: str) -> None:
    """A line of progress is ``stage<TAB>done<TAB>total<TAB>path``; others are words."""
    parts = line.split("\t")
    if len(parts) == 4 and parts[1].isdigit() and parts[2].isdigit():
        job.stage, job.path = parts[0], parts[3]
        job.done, job.total = int(parts[1]), int(parts[2])
    elif line.strip():
        job.said = [*job.said, line.strip()][-TAIL:]
