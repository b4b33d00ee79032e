"""A writer killed at any named step: the old generation serves, the next run heals."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from engine_support import (
    ENGINES,
    VERSIONS,
    content,
    die_at,
    entry,
    first,
    opened,
    publish,
    second,
    settings,
    unit,
)

from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded import files, generation
from kb.engine.embedded.steps import STEPS
from kb.errors import IndexCorrupt

SPAWN = multiprocessing.get_context("spawn")
PUBLISHED = STEPS[STEPS.index("pointed") :]


def killed(where: Settings, step: str, how: str) -> None:
    child = SPAWN.Process(target=die_at, args=(str(where.home), where.engine, step, how))
    child.start()
    child.join(120)
    assert child.exitcode == (-9 if how == "kill" else 17)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[object, object]]:
    """What the first and the second generation hold when nothing goes wrong."""
    known: dict[str, tuple[object, object]] = {}

    def build(engine: str) -> tuple[object, object]:
        if engine not in known:
            where = settings(tmp_path_factory.mktemp("clean"), engine)
            first(where)
            before = content(where)
            second(where)
            known[engine] = (before, content(where))
        return known[engine]

    return build


@pytest.mark.parametrize(
    ("engine", "step", "how"),
    [("tantivy", step, "kill" if i % 2 else "exit") for i, step in enumerate(STEPS)]
    + [("whoosh", step, "kill") for step in ("added", "keyword", "renamed", "pointed")],
)
def test_killed_at(
    engine: str,
    step: str,
    how: str,
    tmp_path: Path,
    clean: Callable[[str], tuple[object, object]],
) -> None:
    where = settings(tmp_path, engine)
    first(where)
    killed(where, step, how)
    before, after = clean(engine)
    assert content(where) == (after if step in PUBLISHED else before)
    second(where)
    assert content(where) == after
    served = open_engine(where).current()
    assert served == (3 if step in PUBLISHED else 2)
    assert not list(where.index_dir.glob("tmp-*"))
    assert not list(where.index_dir.glob("CURRENT.*"))
    assert generation.kept(where) == generation.numbers(where.index_dir)
    assert generation.verify(generation.folder(where.index_dir, served), deep=True) == []


@pytest.mark.parametrize("step", ["keyword", "synced", "manifest", "pointing"])
def test_a_failing_step_publishes_nothing(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the disk is full: the error is raised, what was there serves, nothing is left."""
    where = settings(tmp_path)
    first(where)
    before = content(where)

    def fail(reached: str) -> None:
        if reached == step:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(generation, "step", fail)
        with pytest.raises(OSError, match="No space"):
            second(where)
    assert content(where) == before
    assert not list(where.index_dir.glob("tmp-*"))
    second(where)
    assert generation.kept(where) == generation.numbers(where.index_dir)


def every_file(where: Settings) -> list[Path]:
    folder = generation.folder(where.index_dir, 1)
    return [folder / name for name in files.below(folder)]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_flipped_byte_is_found(engine: str, tmp_path: Path) -> None:
    where = settings(tmp_path, engine)
    first(where)
    folder = generation.folder(where.index_dir, 1)
    pointer = generation.require_pointer(where.index_dir)
    assert generation.check_pointed(where.index_dir, pointer, deep=True) == []
    for path in every_file(where):
        sound = path.read_bytes()
        if not sound:
            continue
        at = len(sound) // 2
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 4]) + sound[at + 1 :])
        problems = generation.check_pointed(where.index_dir, pointer, deep=True)
        assert any(str(path) in p for p in problems), path
        path.write_bytes(sound)
    assert generation.verify(folder, deep=True) == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("harm", ["torn", "gone"])
def test_a_torn_or_missing_file_is_found_at_open(engine: str, harm: str, tmp_path: Path) -> None:
    where = settings(tmp_path, engine)
    first(where)
    for path in every_file(where):
        sound = path.read_bytes()
        if not sound:
            continue
        path.unlink()
        if harm == "torn":
            path.write_bytes(sound[:-1])
        with pytest.raises(IndexCorrupt) as caught:
            open_engine(where).reader(expect=VERSIONS)
        assert str(path) in str(caught.value)
        assert "kb index --full" in caught.value.hint
        path.write_bytes(sound)
    assert len(list(opened(where).ids())) == 20


def test_a_fresh_writer_mends_anything(tmp_path: Path) -> None:
    where = settings(tmp_path)
    first(where)
    second(where)
    generation.pointer_path(where.index_dir).write_bytes(b'{"generation"')
    assert open_engine(where).current() == 2
    reader = opened(where)
    assert (reader.generation, "CURRENT" in reader.damage) == (2, True)
    with pytest.raises(IndexCorrupt):
        open_engine(where).writer(VERSIONS)
    assert publish(where, [entry("a", "x")], fresh=True) == 3
    assert list(opened(where).ids()) == ["a"]


def test_grown_and_built_at_once_are_alike(tmp_path: Path) -> None:
    """Vectors do not depend on what else was there when they were stored."""
    entries, vectors = [entry(f"{i:03d}", f"w{i % 9}") for i in range(90)], unit(90, 3)
    whole, grown = settings(tmp_path / "whole"), settings(tmp_path / "grown")
    publish(whole, entries, vectors=vectors)
    for i in range(0, 90, 7):
        publish(grown, entries[i : i + 7], vectors=vectors[i : i + 7])
    ids = list(opened(whole).ids())
    assert ids == list(opened(grown).ids())
    assert np.array_equal(opened(whole).vectors(ids), opened(grown).vectors(ids))
