"""Every kind of file of a home is damaged in turn: found by the doctor, mended by --repair."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.publish import Options, index
from indexer.repair import examine, repair
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.cli import main
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded import files, generation
from kb.errors import IndexCorrupt, IndexLocked
from kb.model import Scope

ALL = Scope.everything(as_of=None)
PAPERS = {
    "印章.md": "# 某局印章管理办法\n\n第一条　为管好印章，制定本办法。\n\n"
    "第二条　公章外借须经局长批准。\n",
    "请假.md": "# 某局请假规定\n\n第一条　请假三日以上的，由局长批准。\n",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two generations of two papers."""
    folder = tmp_path_factory.mktemp("sound")
    source = folder / "文件"
    source.mkdir()
    for name, text in PAPERS.items():
        (source / name).write_text(text, encoding="utf-8")
    settings = Settings(home=folder / "home", workers=1)
    index(settings, [source], Options())
    (source / "请假.md").write_text(PAPERS["请假.md"].replace("三日", "五日"), encoding="utf-8")
    index(settings, [], Options())
    return folder / "home"


@pytest.fixture
def settings(sound: Path, tmp_path: Path) -> Settings:
    return Settings(
        home=Path(shutil.copytree(sound, tmp_path / "home")), workers=1, generation_check_seconds=0
    )


def said(settings: Settings) -> list[tuple[str, str, bytes]]:
    with KnowledgeBase.open(settings) as base:
        assert not base.damage
        shot = base.snapshot()
        rows = shot.rows.passages(list(shot.reader.ids()), ALL)
        vectors = shot.reader.vectors(list(rows))
        assert base.search("公章外借", ALL).hits[0].id == "印章.md#第二条"
        return [
            (id_, row.passage.text, vector.tobytes())
            for (id_, row), vector in zip(rows.items(), vectors, strict=True)
        ]


def flip(path: Path, at: int | None = None) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 if at is None else at] ^= 4
    path.write_bytes(bytes(raw))


def quiet(stage: str, done: int, total: int, path: str) -> None: ...


def kinds(home: Path) -> dict[str, Path]:
    """One non-empty file of each kind that the index has."""
    where = generation.folder(home / "index", 2)
    found = {}
    for name in files.below(where):
        path = where / name
        if path.stat().st_size:
            found[path.suffix if path.suffix != ".json" else path.name] = path
    return found


def test_every_kind_of_index_file_is_found_and_mended(
    settings: Settings, sound: Path, tmp_path: Path
) -> None:
    before = said(settings)
    assert repair(settings, quiet) == []
    assert len(kinds(sound)) >= 9
    for kind in kinds(sound):
        home = tmp_path / f"harmed{kind}"
        shutil.copytree(sound, home)
        harmed = replace(settings, home=home)
        path = kinds(home)[kind]
        flip(path)
        health = examine(harmed)
        assert any(str(path) in line for line in health.files), (kind, health)
        assert repair(harmed, quiet), kind
        assert examine(harmed).whole, kind
        assert said(harmed) == before, kind


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b'{"generation"'),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        lambda path: path.write_bytes(
            path.read_bytes().replace(b'"generation": 2', b'"generation": 9')
        ),
    ],
    ids=["torn", "empty", "gone", "elsewhere"],
)
def test_a_damaged_pointer(settings: Settings, harm: Callable[[Path], None]) -> None:
    before = said(settings)
    harm(settings.index_dir / "CURRENT")
    assert not examine(settings).whole
    assert repair(settings, quiet)
    assert examine(settings).whole
    assert said(settings) == before


def test_the_next_run_heals_without_reading_a_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = said(settings)
    for path in (
        settings.index_dir / "CURRENT",
        next(settings.index_dir.glob("gen-*2/rows/*.ids")),
    ):
        path.write_bytes(b"")
        monkeypatch.setattr("indexer.publish.run", lambda *_, **__: pytest.fail("a file was read"))
        index(settings, [], Options())
        assert examine(settings).whole
        assert said(settings) == before


def test_the_whole_index_is_gone(settings: Settings) -> None:
    before = said(settings)
    shutil.rmtree(settings.index_dir)
    assert repair(settings, quiet)
    assert said(settings) == before


def change(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "index.sqlite")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE node SET text = replace(text, '局长', '科长') WHERE text LIKE '%外借%'",
        "UPDATE version SET title = '另一办法' WHERE path = '印章.md'",
        "UPDATE passage SET lead = 'x' WHERE id = '印章.md#第二条'",
        "UPDATE validity SET start = '2030-01-01'",
        "UPDATE file SET relative = 'x.md' WHERE path = '印章.md' AND died IS NULL",
    ],
)
def test_altered_rows_are_found_and_read_again(settings: Settings, statement: str) -> None:
    before = said(settings)
    change(settings.home, statement)
    assert not examine(settings).whole
    assert repair(settings, quiet)
    assert examine(settings).whole
    assert said(settings) == before


def test_a_broken_database_is_put_aside_and_all_is_read_again(settings: Settings) -> None:
    before = said(settings)
    path = settings.home / "index.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = database.execute("PRAGMA page_size").fetchone()[0]
        root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'node'").fetchone()
    raw = bytearray(path.read_bytes())
    start = (root[0] - 1) * page
    raw[start : start + 200] = bytes(200)
    path.write_bytes(bytes(raw))
    assert examine(settings).database
    assert "移到" in repair(settings, quiet)[0]
    assert examine(settings).whole
    assert said(settings) == before


def test_an_older_generation_stands_in_and_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    where = generation.folder(settings.index_dir, 2)
    alive = where / "rows/alive.npy"
    alive.write_bytes(alive.read_bytes()[:-1])
    with KnowledgeBase.open(settings) as base:
        assert base.generation == 1
        assert "alive.npy" in base.damage
        pinned = base.snapshot()
        assert base.snapshot() is pinned
        assert "三日" in base.passage("请假.md#第一条", ALL).passage.text
    assert main(["--home", str(settings.home), "search", "公章外借"]) == 0
    assert "kb doctor --repair" in capsys.readouterr().err
    assert main(["--home", str(settings.home), "doctor", "--repair", "--json"]) in (0, 1)
    found = {f["what"]: f["good"] for f in json.loads(capsys.readouterr().out)}
    assert found["索引文件"]
    with KnowledgeBase.open(settings) as base:
        assert (base.generation, base.damage) == (3, "")
        assert "五日" in base.passage("请假.md#第一条", ALL).passage.text


def test_nothing_stands_in_where_nothing_is_sound(settings: Settings) -> None:
    for path in settings.index_dir.glob("gen-*/rows/alive.npy"):
        path.write_bytes(b"")
    with pytest.raises(IndexCorrupt, match=r"alive\.npy") as caught:
        KnowledgeBase.open(settings)
    assert "kb doctor --repair" in caught.value.hint


def test_a_quarantined_paper_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "文件"
    source.mkdir()
    for n in range(6):
        (source / f"记录{n}.md").write_text(f"# 记录{n}\n\n第{n}次会议。\n", encoding="utf-8")
    secret = source / "方案.md"
    secret.write_text("# 方案\n\n蓝鲸计划的要点。\n", encoding="utf-8")
    settings = Settings(home=tmp_path / "home", workers=1)
    index(settings, [source], Options())
    secret.write_text("机密★长期\n\n# 方案\n\n蓝鲸计划的要点。\n", encoding="utf-8")
    report = index(settings, [], Options())
    assert [path for path, _ in report.purged] == ["方案.md"]
    assert generation.kept(settings) == [report.generation]
    traces = [
        path.name
        for path in settings.home.rglob("*")
        if path.is_file() and any(w.encode() in path.read_bytes() for w in ("蓝鲸", "要点"))
    ]
    assert traces == []
    assert examine(settings).whole
    with KnowledgeBase.open(settings) as base:
        assert all("蓝鲸" not in h.text for h in base.search("蓝鲸计划", ALL).hits)


def test_nothing_is_taken_back_from_a_run_that_is_going_on(settings: Settings) -> None:
    change(settings.home, "UPDATE passage SET lead = 'x' WHERE id = '印章.md#第二条'")
    with (
        open_engine(settings).writer(open_engine(settings).versions()) as writer,
        Catalogue.open(settings) as catalogue,
    ):
        catalogue.writer(writer.generation, current=writer.base).source("/b", "乙")
        with pytest.raises(IndexLocked):
            repair(settings, quiet)
        assert [s.name for s in catalogue.reader(writer.generation).sources()] == ["文件", "乙"]
