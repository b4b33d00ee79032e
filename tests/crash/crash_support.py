"""Papers before and after a change, a process to kill while it takes the change in, comparison."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from indexer.publish import Options, index
from indexer.repair import examine
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.engine.query import Field, Prefix, Term
from kb.model import Scope

ALL = Scope.everything(as_of=None)
HERE = Path(__file__).parent

PAPER = """# 某局{name}管理办法

（某发〔2020〕{n}号　2020年1月{n}日印发　自2020年2月1日起施行）

第一条　为管好{name}，制定本办法。

第二条　{name}的借用须经{who}批准，借期不超过{n}日。

第三条　本办法自2020年2月1日起施行。
"""
NAMES = ("印章", "车辆", "会议室", "档案", "设备", "钥匙", "图书", "经费")


def write_first(source: Path) -> None:
    source.mkdir(parents=True)
    for n, name in enumerate(NAMES, start=1):
        (source / f"{name}.md").write_text(PAPER.format(name=name, n=n, who="局长"), "utf-8")


def write_second(source: Path) -> None:
    """One edited, one moved, one gone, two new, of which one ends an old one."""
    edited = PAPER.format(name="车辆", n=2, who="办公室主任")
    (source / "车辆.md").write_text(edited, "utf-8")
    (source / "旧").mkdir()
    (source / "档案.md").rename(source / "旧/档案.md")
    (source / "钥匙.md").unlink()
    (source / "食堂.md").write_text(PAPER.format(name="食堂", n=9, who="后勤科"), "utf-8")
    new = PAPER.format(name="用印", n=7, who="秘书科").replace("2020", "2024")
    ends = "起施行。\n\n第四条　《某局印章管理办法》（某发〔2020〕1号）同时废止。"
    (source / "用印.md").write_text(new.replace("起施行。", ends), "utf-8")


def settings(home: Path) -> Settings:
    return Settings(home=home, workers=1, generation_check_seconds=0)


def built(home: Path, source: Path) -> dict[str, Any]:
    index(settings(home), [source], Options())
    return content(home)


def content(home: Path) -> dict[str, Any]:
    """Everything that a reader can tell, by path and id: no number, date or file name of the
    index's own, so that bases built in other ways can be compared."""
    with KnowledgeBase.open(settings(home)) as base:
        assert not base.damage, base.damage
        shot = base.snapshot()
        rows, reader = shot.rows, shot.reader
        ids = list(reader.ids())
        passages = rows.passages(ids, ALL)
        terms = {
            (field.value, term): sorted(m.id for m in reader.keyword(Term(field, term), ALL, 999))
            for field in (Field.WORDS, Field.BIGRAMS, Field.TITLE, Field.HEADING)
            for term, _ in reader.terms(field, ALL)
        }
        near = reader.nearest(reader.vectors(ids[:1])[0], ALL, 999) if ids else []
        return {
            "ids": ids,
            "catalogue": sorted(rows.passage_ids()),
            "texts": {i: (p.passage.lead, p.passage.text) for i, p in passages.items()},
            "versions": sorted(
                (v.path, v.digest, v.title, repr(v.validity), repr(v.described))
                for v in rows.versions(ALL)
            ),
            "nodes": {v.path: rows.nodes(v, ALL) for v in rows.versions(ALL)},
            "files": sorted((f.path, f.relative, f.digest, f.failure) for f in rows.files()),
            "vectors": reader.vectors(ids).tobytes(),
            "terms": terms,
            "numbers": sorted(m.id for m in reader.keyword(Prefix(Field.NUMBER, ""), ALL, 999)),
            "near": sorted((m.id, round(m.score, 5)) for m in near),
        }


def differences(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    return [part for part in a if a[part] != b[part]]


class Victim:
    """Runs that can be killed."""

    def __init__(self) -> None:
        root = str(HERE.parents[1])
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "victim.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": root},
        )

    def run(
        self,
        home: Path,
        source: Path,
        *,
        kill_after: float | None = None,
        pause: str = "",
        errno: int = 0,
        at: int = 0,
        most_bytes: int = 0,
    ) -> tuple[int, float]:
        """Exit status (-9 where killed) and seconds taken."""
        assert self._process.stdin is not None
        order = {"home": str(home), "source": str(source), "pause": pause}
        order |= {"errno": errno, "at": at, "bytes": most_bytes}
        began = time.monotonic()
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        pid = int(self._line())
        try:
            # A number may be given to another process once this one has ended; this may not.
            handle = os.pidfd_open(pid)
        except ProcessLookupError:  # it was done before
            return int(self._line()), time.monotonic() - began
        try:
            if kill_after is not None:
                time.sleep(kill_after)
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
            answer = self._line()
            if answer == "paused":
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                answer = self._line()
        finally:
            os.close(handle)
        return int(answer), time.monotonic() - began

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait(60)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def healthy(home: Path) -> None:
    health = examine(settings(home))
    assert health.whole, health
    assert not list((home / "index").glob("tmp-*"))
    assert not list((home / "index").glob("CURRENT.*"))
