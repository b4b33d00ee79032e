"""A watched folder is in the index soon after it changed; what is refused is told, and retried."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.publish import Options, index
from indexer.report import Report
from indexer.watch import Watch, is_far
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded.lock import WriterLock
from kb.errors import CatalogueError, IndexLocked, KbError
from kb.model import Scope

ALL = Scope.everything(as_of=None)
PATIENCE = 120.0
"""Seconds until a test gives up: no measure of speed."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "文件"
    source.mkdir()
    for n in range(6):
        (source / f"记录{n}.md").write_text(f"# 记录{n}\n\n第{n}次会议。\n", encoding="utf-8")
    return source


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", workers=1, generation_check_seconds=0)


class Running:
    """A watch in a thread, and what it said."""

    def __init__(self, settings: Settings, paths: list[Path], every: float) -> None:
        self.said: list[Report | KbError] = []
        self.watch = Watch(
            settings, paths, Options(), lambda *_: None, self.said.append, every=every
        )
        self.thread = threading.Thread(target=self.watch.run)
        self.thread.start()

    def until(self, true: Callable[[], object]) -> None:
        began = time.monotonic()
        while not true():
            assert self.thread.is_alive(), "the watch ended by itself"
            assert time.monotonic() - began < PATIENCE, self.said
            time.sleep(0.05)


@pytest.fixture
def started(settings: Settings) -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def start(*paths: Path, every: float = 0.0) -> Running:
        running.append(Running(settings, list(paths), every))
        return running[-1]

    yield start
    for each in running:
        each.watch.stop.set()
        each.thread.join(PATIENCE)
        assert not each.thread.is_alive()


def found(settings: Settings, word: str) -> bool:
    if open_engine(settings).current() is None:
        return False
    with KnowledgeBase.open(settings) as base:
        return any(word in hit.text for hit in base.search(word, ALL).hits)


def test_changes_are_followed(
    settings: Settings, source: Path, started: Callable[..., Running]
) -> None:
    running = started(source)
    running.until(lambda: running.said)
    with KnowledgeBase.open(settings) as base:
        (source / "新.md").write_text("# 新\n\n桂花树的养护。\n", encoding="utf-8")
        running.until(lambda: any("桂花" in hit.text for hit in base.search("桂花树", ALL).hits))
        (source / "新.md").unlink()
        running.until(
            lambda: not any("桂花" in hit.text for hit in base.search("桂花树", ALL).hits)
        )
    assert [type(told) for told in running.said] == [Report] * 3


def test_what_changed_while_nobody_watched_is_taken_in(
    settings: Settings, source: Path, started: Callable[..., Running]
) -> None:
    index(settings, [source], Options())
    (source / "新.md").write_text("# 新\n\n桂花树的养护。\n", encoding="utf-8")
    running = started()
    running.until(lambda: found(settings, "桂花树"))


def test_a_network_folder_is_looked_through_now_and_then(
    settings: Settings,
    source: Path,
    started: Callable[..., Running],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("indexer.watch.is_far", lambda root: True)
    running = started(source, every=0.3)
    running.until(lambda: running.said)
    (source / "新.md").write_text("# 新\n\n桂花树的养护。\n", encoding="utf-8")
    running.until(lambda: found(settings, "桂花树"))


def test_a_folder_that_drops_removes_nothing_and_is_taken_up_again(
    settings: Settings, source: Path, started: Callable[..., Running]
) -> None:
    running = started(source, every=0.3)
    running.until(lambda: running.said)
    away = source.rename(source.with_name("断开"))
    running.until(lambda: any(isinstance(told, KbError) for told in running.said))
    assert found(settings, "会议")
    (away / "新.md").write_text("# 新\n\n桂花树的养护。\n", encoding="utf-8")
    away.rename(source)
    running.until(lambda: found(settings, "桂花树"))


def test_who_stands_by_takes_over_when_the_one_at_work_is_gone(
    settings: Settings,
    source: Path,
    started: Callable[..., Running],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("indexer.watch.FAR_SECONDS", 0.2)
    index(settings, [source], Options())
    (source / "新.md").write_text("# 新\n\n桂花树的养护。\n", encoding="utf-8")
    at_work = WriterLock(settings)
    at_work.acquire()
    running = started()
    running.until(lambda: running.said)
    time.sleep(0.5)
    assert [type(told) for told in running.said] == [IndexLocked], "said once, not at each look"
    at_work.release()
    running.until(lambda: found(settings, "桂花树"))


def test_a_database_that_is_away_ends_no_watch(
    settings: Settings,
    source: Path,
    started: Callable[..., Running],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("indexer.watch.FAR_SECONDS", 0.2)
    index(settings, [source], Options())

    def away(*_: object, **__: object) -> None:
        raise CatalogueError("连不上")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Catalogue, "open", away)
        running = started()
        running.until(lambda: running.said)
    (source / "新.md").write_text("# 新\n\n桂花树的养护。\n", encoding="utf-8")
    running.until(lambda: found(settings, "桂花树"))


@pytest.mark.parametrize(("kind", "far"), [("nfs4", True), ("cifs", True), ("ext4", False)])
def test_file_systems_of_other_machines(
    kind: str, far: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = str(tmp_path / "共享").replace(" ", "\\040")
    mounts = f"/dev/sda1 / ext4 rw 0 0\nserver:/x {share} {kind} rw 0 0\n"
    monkeypatch.setattr(Path, "read_text", lambda self, **_: mounts)
    assert is_far(tmp_path / "共享" / "里面") is far
    assert not is_far(tmp_path / "共享的")
