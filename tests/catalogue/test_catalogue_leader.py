"""One of several indexers writes a base on PostgreSQL: who is refused, who takes over, and that
nothing of the one before is written or shown after that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.catalogue.leader import Leader, taken
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded.lock import WriterLock
from kb.errors import CatalogueError, IndexLocked
from kb.model import Scope
from tests.support.postgres import Server

ALL = Scope.everything(as_of=date(2026, 3, 2))

HOLDS = """
import sys
from pathlib import Path
from kb.config import Settings
from kb.engine.embedded.lock import WriterLock
lock = WriterLock(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))
lock.acquire()
print("taken", flush=True)
sys.stdin.read()
lock.release()
print("let go", flush=True)
"""


@contextmanager
def another(settings: Settings, home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of «another machine» (a home of its own) that has the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(home), settings.database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        assert process.stdout.readline() == "taken\n"
        yield process
    finally:
        process.kill()
        process.wait(60)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def made(there: Settings) -> Settings:
    """With the schemas in it."""
    Catalogue.open(there, create=True).close()
    return there


def cut(settings: Settings) -> None:
    """End the connection that holds the lock, as a network does."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
        ).fetchall()
        for (pid,) in found:
            connection.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))


def test_who_comes_second_is_told_who_works_and_takes_over_when_he_is_killed(
    made: Settings, papers: Path, tmp_path: Path
) -> None:
    with another(made, tmp_path / "另一台") as process:
        with pytest.raises(IndexLocked) as refused:
            index(made, [papers], Options())
        for word in (f"进程 {process.pid}，", "机器 ", "账号 ", "始于 20"):
            assert word in refused.value.message
        assert open_engine(made).current() is None
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        # Nobody has to clear anything away; the server notices that the connection is gone.
        patient = replace(made, index_wait_seconds=30)
        assert index(patient, [papers], Options()).generation == 1


def test_who_waits_goes_on_when_the_other_lets_go(made: Settings, tmp_path: Path) -> None:
    with another(made, tmp_path / "另一台") as process:
        lock = WriterLock(replace(made, index_wait_seconds=60))
        waits = threading.Thread(target=lock.acquire)
        waits.start()
        waits.join(0.7)
        assert waits.is_alive()
        assert process.stdin is not None
        process.stdin.close()
        waits.join(60)
        assert not waits.is_alive()
        lock.check()
        lock.release()


def test_a_refusal_keeps_nothing(made: Settings, tmp_path: Path) -> None:
    first = WriterLock(replace(made, home=tmp_path / "一"))
    first.acquire()
    second = WriterLock(replace(made, home=tmp_path / "二"))
    with pytest.raises(IndexLocked, match=f"进程 {os.getpid()}"):
        second.acquire()
    first.release()
    first.release()
    second.acquire()
    second.release()


def test_a_lock_without_a_record_is_refused_too() -> None:
    assert "未留下记录" in taken(None).message
    assert "未留下记录" in taken({"pid": 1}).message


def test_after_the_next_one_came_nothing_of_the_former_is_written(made: Settings) -> None:
    former, next_ = Leader(made.database_url), Leader(made.database_url)
    former.acquire()
    with Catalogue.open(made) as one, Catalogue.open(made) as two:
        old = one.writer(1, current=0, lease=former.token)
        old.source("/a", "甲")
        cut(made)
        next_.acquire()
        new = two.writer(1, current=0, lease=next_.token)
        for act in (
            lambda: old.source("/b", "乙"),
            lambda: old.seal({}),
            old.recover,
            former.check,
            former.steady().__enter__,
        ):
            with pytest.raises(IndexLocked, match="中途失去"):
                act()
        new.source("/c", "丙")
        assert [s.name for s in two.reader(1).sources()] == ["丙"]
    former.release()
    next_.check()
    next_.release()


def test_the_next_one_waits_for_what_is_being_written(made: Settings) -> None:
    former, next_ = Leader(made.database_url), Leader(made.database_url)
    former.acquire()
    order: list[str] = []

    def take_over() -> None:
        next_.acquire()
        order.append("taken")

    with Catalogue.open(made) as catalogue:
        rows = catalogue.writer(1, current=0, lease=former.token)
        other = threading.Thread(target=take_over)
        with rows._writing():
            cut(made)
            other.start()
            other.join(0.7)
            order.append("written")
        other.join(30)
    assert order == ["written", "taken"]
    next_.release()
    former.release()


@pytest.mark.parametrize("how", ["cut", "restarted"])
def test_a_run_that_lost_the_lock_publishes_nothing(
    made: Settings, papers: Path, postgres: Server, how: str
) -> None:
    index(made, [papers], Options())
    (papers / "新.md").write_text("# 新办法\n\n第一条　桂花树由园林处养护。\n", encoding="utf-8")

    def strike(stage: str, done: int, total: int, path: str) -> None:
        if (stage, done) != ("发布", 0):
            return
        if how == "cut":
            cut(made)
        else:
            postgres.end(signal.SIGQUIT)
            postgres.start()

    with pytest.raises(IndexLocked, match="没有发布"):
        index(made, [], Options(), strike)
    assert open_engine(made).current() == 1
    with KnowledgeBase.open(made) as base:
        assert not [p.path for p in base.documents(ALL) if "新" in p.path]
    assert index(made, [], Options()).generation == 2
    with KnowledgeBase.open(made) as base:
        assert base.search("桂花树谁养护", ALL).hits[0].id == "新.md#第一条"


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    lock = WriterLock(Settings(home=tmp_path, database_url="postgresql://kb:geheim@127.0.0.1:1/kb"))
    with pytest.raises(CatalogueError, match="连不上") as caught:
        lock.acquire()
    assert "geheim" not in str(caught.value)
    WriterLock(Settings(home=tmp_path)).acquire()
