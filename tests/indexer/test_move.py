"""The index to Milvus and back: the same passages, resumed after kill -9, nothing touched."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer import move as moving
from indexer.move import Moved, move
from indexer.publish import Options, index
from indexer.vectors import EVERYTHING
from kb.cli import main
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.milvus import reader, writer
from kb.engine.milvus.server import Server
from kb.engine.query import Field, Or, Term
from kb.errors import ConfigError, EngineError, IndexCorrupt, IndexMissing
from tests.support.milvus import Lite, forget, lite

FILES, ARTICLES = 6, 7


def quiet(stage: str, done: int, total: int, path: str) -> None: ...


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """A home of 42 passages on this machine, with an office's own word."""
    folder = tmp_path / "制度"
    folder.mkdir()
    for paper in range(FILES):
        articles = [
            f"第{'一二三四五六七'[at]}条　桂花树{paper}由园林处于{at + 1}月养护，外借公章须经批准。"
            for at in range(ARTICLES)
        ]
        text = f"# 办法{paper}\n\n" + "\n\n".join(articles) + "\n"
        (folder / f"{paper}.md").write_text(text, "utf-8")
    made = Settings(home=tmp_path / "库", workers=1)
    made.home.mkdir()
    (made.home / "dictionary.txt").write_text("桂花树\n", "utf-8")
    index(made, [folder], Options())
    return made


@pytest.fixture
def there(here: Settings) -> Iterator[Settings]:
    """Where it is to go."""
    made = lite().settings(here.home)
    yield made
    forget(made)


def content(settings: Settings) -> dict[str, Any]:
    with closing(open_engine(settings).reader(expect=None)) as held:
        ids = sorted(held.ids())
        tree = Or((Term(Field.BIGRAMS, "养护"), Term(Field.WORDS, "桂花树", 2.0)))
        near = held.vectors(ids)[3]
        return {
            "generation": held.generation,
            "stamps": dict(zip(ids, held.stamps(ids), strict=True)),
            "vectors": np.round(held.vectors(ids), 6).tolist(),
            "words": [m.id for m in held.keyword(tree, EVERYTHING, 20)],
            "near": [m.id for m in held.nearest(near, EVERYTHING, 20)],
        }


def files(settings: Settings) -> dict[str, str]:
    """What lies in the index."""
    found = sorted(p for p in settings.index_dir.rglob("*") if p.is_file())
    return {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in found
        if p.name != "writer.lock" and not p.name.startswith("writer.json")
    }


def onward(settings: Settings) -> Settings:
    """As `settings`, on a home whose own index was put aside: a machine that never had it."""
    settings.index_dir.rename(settings.home / "index-before")
    settings.index_dir.mkdir()
    for path in (settings.home / "index-before").glob("dictionary-*"):
        (settings.index_dir / path.name).write_bytes(path.read_bytes())
    return settings


def test_there_and_back(here: Settings, there: Settings) -> None:
    before, lies = content(here), files(here)
    told: list[tuple[str, int]] = []
    moved = move(here, there, lambda stage, done, total, path: told.append((stage, done)))
    assert moved == Moved(FILES * ARTICLES, 1, already=False)
    assert content(there) == before
    assert files(here) == lies
    assert {stage for stage, _ in told} == {"取出", "核对"}
    assert move(here, there, quiet).already
    back = replace(onward(there), engine="tantivy")
    assert move(there, back, quiet) == Moved(FILES * ARTICLES, 1, already=False)
    assert content(back) == before == content(there)
    assert not list(here.index_dir.glob("moving-*"))


def _killed(settings: Settings, target: Settings, after: int) -> None:
    """In a process of its own: die after so many batches were sent or fetched."""
    moving.BATCH = writer.PAGE = 5
    seen = 0

    def die() -> None:
        nonlocal seen
        seen += 1
        if seen == after:
            os.kill(os.getpid(), signal.SIGKILL)

    put, vectors = Server.put, reader.MilvusReader.vectors

    def sent(self: Server, collection: str, rows: list[dict[str, Any]]) -> None:
        put(self, collection, rows)
        if "_g0" in collection:
            die()

    def fetched(self: reader.MilvusReader, ids: list[str]) -> Any:
        found = vectors(self, ids)
        die()
        return found

    Server.put = sent  # type: ignore[method-assign,assignment]
    reader.MilvusReader.vectors = fetched  # type: ignore[method-assign,assignment]
    move(settings, target, quiet)


def killed(settings: Settings, target: Settings, after: int) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=_killed, args=(settings, target, after)
    )
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def test_killed_on_the_way_there(
    here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, lies = content(here), files(here)
    killed(here, there, 4)
    assert open_engine(there).current() is None
    assert {k: v for k, v in files(here).items() if "spool-" not in k} == lies
    monkeypatch.setattr(writer, "PAGE", 5)
    put, sent = Server.put, []

    def counted(self: Server, collection: str, rows: list[dict[str, Any]]) -> None:
        sent.extend(rows if "_g0" in collection else [])
        put(self, collection, rows)

    monkeypatch.setattr(Server, "put", counted)
    move(here, there, quiet)
    # Of 42, four fives had arrived.
    assert len(sent) == FILES * ARTICLES - 20
    assert content(there) == before == content(here)
    assert files(here) == lies


def test_killed_on_the_way_back(
    here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(here)
    move(here, there, quiet)
    back = replace(onward(there), engine="tantivy")
    (here.index_dir / "moving-000001-0123456789abcdef").write_bytes(b"of another index")
    killed(there, back, 4)
    assert open_engine(back).current() is None
    assert content(there) == before
    # Three fives lay in the file; and what a torn disk leaves behind them is not believed.
    [staged] = here.index_dir.glob("moving-*")
    staged.write_bytes(staged.read_bytes()[:-5] + b"torn")
    monkeypatch.setattr(moving, "BATCH", 5)
    moved = move(there, back, quiet)
    assert moved.held == 14
    assert content(back) == before
    assert not list(here.index_dir.glob("moving-*"))


def test_what_does_not_arrive_as_it_was_is_said(
    here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Server.put

    def bent(self: Server, collection: str, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row.get("id") == "3.md#第二条":
                row["vector"][0] += 0.01
        put(self, collection, rows)

    monkeypatch.setattr(Server, "put", bent)
    with pytest.raises(IndexCorrupt, match=r"3\.md#第二条 的向量"):
        move(here, there, quiet)


def test_a_run_there_and_back_again(here: Settings, there: Settings, tmp_path: Path) -> None:
    """The home goes on living on the server: the next generation comes back beside the old one."""
    move(here, there, quiet)
    (tmp_path / "制度/9.md").write_text("# 新办法\n\n第一条　桂花树由园林处养护。\n", "utf-8")
    assert index(there, [], Options()).generation == 2
    assert move(there, here, quiet).generation == 2
    assert content(here) == content(there)
    assert "9.md#第一条" in content(here)["stamps"]


def test_what_is_in_the_way(here: Settings, there: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="搬不到 whoosh"):
        move(here, replace(here, engine="whoosh"), quiet)
    with pytest.raises(IndexMissing):
        move(replace(here, home=tmp_path / "空"), there, quiet)
    move(here, there, quiet)
    index(there, [], Options(full=True))
    with pytest.raises(EngineError, match="已有第 2 代索引，不能再放入第 1 代"):
        move(here, there, quiet)


def test_by_the_command(
    here: Settings,
    there: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KB_MILVUS_URI", there.milvus_uri)
    monkeypatch.setenv("KB_MILVUS_NAME", there.milvus_name)
    assert main(["--home", str(here.home), "migrate", "--engine", "milvus"]) == 0
    said = capsys.readouterr()
    assert "两边各 42 个单元，第 1 代，逐个核对一致" in said.out
    assert "把 KB_ENGINE 设为 milvus" in said.out
    assert "核对 42/42" in said.err
    both = ["migrate", "--engine", "milvus", "--database", "sqlite"]
    assert main(["--home", str(here.home), *both]) != 0
    assert "一次只搬一样" in capsys.readouterr().err


def test_a_server_that_is_away(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Lite()
    target = own.settings(here.home)
    own.close()
    monkeypatch.setattr("kb.engine.milvus.server.PAUSES", (0.1,))
    with pytest.raises(EngineError, match="连不上"):
        move(here, target, quiet)
    assert open_engine(here).current() == 1
