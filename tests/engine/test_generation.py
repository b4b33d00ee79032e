"""What lies on disk: sharing, pruning, rolling back, locking, the pointer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from engine_support import (
    ALL,
    ENGINES,
    VERSIONS,
    content,
    entry,
    first,
    ids,
    opened,
    publish,
    second,
    settings,
)

from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded import files, generation
from kb.engine.query import Everything, Field, Term
from kb.errors import IndexCorrupt, IndexLocked, IndexMissing, IndexStale, NotFound


@pytest.fixture(params=ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Only engines whose generations are folders."""
    return settings(tmp_path, request.param)


def test_unchanged_segments_are_shared(where: Settings) -> None:
    first(where)
    second(where)
    one, two = (generation.folder(where.index_dir, n) for n in (1, 2))
    shared = [
        name
        for name in files.below(one)
        if (two / name).exists() and (one / name).samefile(two / name)
    ]
    assert {Path(name).suffix for name in shared} >= {".npy", ".ids", ".vectors"}
    assert any(name.startswith("keyword/") for name in shared)


def test_copied_where_links_fail(where: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    first(where)
    second(where)
    assert len(list(opened(where).ids())) == 23
    assert generation.verify(generation.folder(where.index_dir, 2), deep=True) == []
    assert generation.verify(generation.folder(where.index_dir, 1), deep=True) == []


def test_the_former_generation_is_untouched(where: Settings) -> None:
    first(where)
    folder = generation.folder(where.index_dir, 1)
    before = {name: files.digest(folder / name) for name in generation.read_manifest(folder).files}
    second(where)
    assert {name: files.digest(folder / name) for name in before} == before


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_only_the_last_are_kept(keep: int, tmp_path: Path) -> None:
    where = settings(tmp_path, keep=keep)
    for i in range(5):
        publish(where, [entry(f"g{i}")])
    assert generation.kept(where) == list(range(6 - keep, 6))


def test_rollback(where: Settings) -> None:
    first(where)
    before = content(where)
    second(where)
    after = content(where)
    assert generation.rollback(where) == 1
    assert open_engine(where).current() == 1
    assert content(where) == before
    with pytest.raises(NotFound, match="更早"):
        generation.rollback(where)
    with open_engine(where).writer(VERSIONS) as writer:
        assert (writer.generation, writer.base) == (3, 1)  # a number is never given twice
    assert generation.numbers(where.index_dir) == [1]
    assert second(where) == 3
    assert content(where) == after
    assert generation.kept(where) == [1, 3]


def test_rollback_passes_over_a_damaged_generation(tmp_path: Path) -> None:
    where = settings(tmp_path)
    for i in range(3):
        publish(where, [entry(f"g{i}", "x")], fresh=True)
    damaged = next(generation.folder(where.index_dir, 2).glob("rows/*.ids"))
    damaged.write_bytes(b"g9")
    assert generation.rollback(where) == 1
    assert ids(opened(where), Term(Field.WORDS, "x")) == ["g0"]


def test_rollback_of_a_served_generation_that_is_gone(tmp_path: Path) -> None:
    where = settings(tmp_path)
    first(where)
    second(where)
    files.remove(generation.folder(where.index_dir, 2))
    reader = opened(where)
    assert (reader.generation, "gen-000002" in reader.damage) == (1, True)
    assert generation.rollback(where) == 1
    assert len(opened(where).keyword(Everything(), ALL, 99)) == 20


def test_rollback_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        generation.rollback(settings(tmp_path))


def test_no_rollback_while_writing(tmp_path: Path) -> None:
    where = settings(tmp_path)
    first(where)
    second(where)
    with open_engine(where).writer(VERSIONS), pytest.raises(IndexLocked):
        generation.rollback(where)
    assert open_engine(where).current() == 2


def test_the_other_keyword_engine_is_stale(tmp_path: Path) -> None:
    first(settings(tmp_path, "tantivy"))
    other = open_engine(settings(tmp_path, "whoosh"))
    with pytest.raises(IndexStale, match="tantivy → whoosh"):
        other.reader(expect=None)
    with pytest.raises(IndexStale, match="kb index --full"):
        other.writer(VERSIONS)
    with other.writer(VERSIONS, fresh=True) as writer:
        assert writer.publish() == 2
    assert other.reader(expect=VERSIONS).generation == 2


def test_another_format_is_stale(tmp_path: Path) -> None:
    where = settings(tmp_path)
    first(where)
    path = generation.folder(where.index_dir, 1) / generation.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 99}))
    with pytest.raises(IndexStale, match="99 → 1"):
        open_engine(where).reader(expect=None)


def test_a_manifest_that_is_not_the_pointed_one(tmp_path: Path) -> None:
    where = settings(tmp_path)
    first(where)
    path = generation.folder(where.index_dir, 1) / generation.MANIFEST
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(IndexCorrupt, match="与指针"):
        open_engine(where).reader(expect=None)


def test_halves_that_disagree_are_not_published(
    where: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first(where)
    with open_engine(where).writer(VERSIONS) as writer:
        monkeypatch.setattr(writer._keyword, "remove", lambda keys: None)
        writer.remove(["a3"])
        with pytest.raises(IndexCorrupt, match="关键词部分有 20 条，向量部分有 19 条"):
            writer.publish()
    assert open_engine(where).current() == 1
    assert not list(where.index_dir.glob("tmp-*"))


def test_what_is_open_may_stay_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows deletes nothing that is mapped; publishing and recovering go on without."""
    where = settings(tmp_path, keep=1)
    first(where)
    with monkeypatch.context() as patched:
        patched.setattr(files.shutil, "rmtree", lambda *_, **__: None)
        assert second(where) == 2
        assert publish(where) == 3
    assert generation.numbers(where.index_dir) == [1, 2, 3]
    assert publish(where) == 4
    assert generation.numbers(where.index_dir) == [4]


def test_only_what_is_needed_is_imported() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from kb.config import Settings;"
        "from kb.engine import open_engine;"
        "open_engine(Settings(home=Path('nowhere'))).current();"
        "print([m for m in ('faiss', 'tantivy', 'whoosh', 'torch') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
