"""Whole runs: what changed is done, nothing else; bad files cost themselves; nothing is lost."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from indexer.publish import Options, index, rollback
from indexer.report import Report
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.embed import load
from kb.errors import ConfigError, IndexMissing, NotFound
from kb.model import Scope, Status

ALL = Scope.everything(as_of=None)

SEAL = """# 某局印章管理办法

（某发〔2020〕1号　2020年1月6日印发　自2020年2月1日起施行）

第一条　为管好印章，制定本办法。

第二条　公章外借须经局长批准。

第三条　本办法自2020年2月1日起施行。
"""

LEAVE = """# 某局请假规定

（某发〔2021〕2号　2021年3月1日印发　自2021年4月1日起施行）

第一条　请假三日以上的，由局长批准。

第二条　病假应当附诊断证明。

第三条　本规定自2021年4月1日起施行。
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "文件"
    source.mkdir()
    (source / "印章.md").write_text(SEAL, encoding="utf-8")
    (source / "请假.md").write_text(LEAVE, encoding="utf-8")
    for n in range(4):
        (source / f"记录{n}.md").write_text(f"# 记录{n}\n\n第{n}次会议的情况。\n", "utf-8")
    return source


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", workers=1, generation_check_seconds=0.0)


def run(settings: Settings, *paths: Path, **options: bool) -> Report:
    return index(settings, list(paths), Options(**options))


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.moved, report.gone


def top(settings: Settings, query: str) -> str:
    with KnowledgeBase.open(settings) as base:
        hits = base.search(query, ALL, limit=1).hits
        return hits[0].id if hits else ""


def test_a_paper_of_one_line_is_found(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "短").mkdir()
    (tmp_path / "短" / "回复.txt").write_text("您好：停车场周五恢复开放，谢谢。", "utf-8")
    assert run(settings, tmp_path / "短").failed == []
    assert top(settings, "停车场恢复开放").startswith("回复.txt#")


def test_first_run_takes_everything_in(settings: Settings, source: Path) -> None:
    report = run(settings, source)
    assert counts(report) == (6, 0, 0, 0)
    assert (report.files, report.articles, report.generation) == (6, 6, 1)
    assert report.exit_code == 0
    assert top(settings, "公章外借") == "印章.md#第二条"


def test_a_second_run_does_nothing(settings: Settings, source: Path) -> None:
    run(settings, source)
    report = run(settings)
    assert counts(report) == (0, 0, 0, 0)
    assert (report.generation, report.files, report.articles) == (1, 6, 6)


def test_a_dry_run_changes_nothing(settings: Settings, source: Path) -> None:
    run(settings, source)
    (source / "请假.md").unlink()
    report = run(settings, dry_run=True)
    assert counts(report) == (0, 0, 0, 1)
    assert top(settings, "病假 诊断证明") == "请假.md#第二条"


def test_what_changed_is_seen_and_what_is_gone_is_gone(settings: Settings, source: Path) -> None:
    run(settings, source)
    (source / "印章.md").write_text(SEAL.replace("局长批准", "办公室主任批准"), encoding="utf-8")
    (source / "请假.md").unlink()
    report = run(settings)
    assert counts(report) == (0, 1, 0, 1)
    with KnowledgeBase.open(settings) as base:
        assert "办公室主任" in base.passage("印章.md#第二条", ALL).passage.text
        with pytest.raises(NotFound):
            base.passage("请假.md#第一条", ALL)
        indexed = set(base.snapshot().reader.ids())
    assert not {id_ for id_ in indexed if id_.startswith("请假")}


def test_an_open_base_follows_and_a_pinned_one_stays(settings: Settings, source: Path) -> None:
    run(settings, source)
    with KnowledgeBase.open(settings) as base:
        pinned = base.snapshot()
        (source / "印章.md").write_text(SEAL.replace("局长批准", "主任批准"), encoding="utf-8")
        run(settings)
        assert "主任批准" in base.passage("印章.md#第二条", ALL).passage.text
        before = pinned.rows.passages(["印章.md#第二条"], ALL)["印章.md#第二条"]
        assert "局长批准" in before.passage.text


def test_a_moved_file_is_found_by_its_old_id(settings: Settings, source: Path) -> None:
    run(settings, source)
    (source / "制度").mkdir()
    (source / "印章.md").rename(source / "制度/印章.md")
    assert counts(run(settings)) == (0, 0, 1, 0)
    with KnowledgeBase.open(settings) as base:
        assert base.passage("印章.md#第二条", ALL).passage.id == "制度/印章.md#第二条"


def test_a_new_paper_ends_an_old_one_that_did_not_change(settings: Settings, source: Path) -> None:
    run(settings, source)
    (source / "印章新.md").write_text(
        SEAL.replace("2020", "2024")
        .replace("某局印章管理办法", "某局用印管理规定")
        .replace("起施行。", "起施行，《某局印章管理办法》（某发〔2020〕1号）同时废止。"),
        encoding="utf-8",
    )
    assert counts(run(settings)) == (1, 0, 0, 0)
    with KnowledgeBase.open(settings) as base:
        now = Scope.everything(as_of=date(2024, 6, 1))
        then = Scope.everything(as_of=date(2023, 6, 1))
        assert base.document("印章.md", now).status is Status.REPEALED
        assert base.document("印章.md", then).status is Status.IN_FORCE
        paths = {hit.version.path for hit in base.search("公章外借", now, limit=10).hits}
        assert "印章新.md" in paths
        assert "印章.md" not in paths
        paths = {hit.version.path for hit in base.search("公章外借", then, limit=10).hits}
        assert "印章.md" in paths
        assert "印章新.md" not in paths


def test_bad_files_are_named_and_the_rest_is_taken_in(settings: Settings, source: Path) -> None:
    (source / "空.md").write_bytes(b"")
    (source / "不认识.xyz").write_bytes(b"\x00\x01\x02\x03" * 50)
    (source / "坏.docx").write_bytes(b"PK\x03\x04 this is no document" * 10)
    (source / "坏.pdf").write_bytes(b"%PDF-1.7\nthis is no document")
    (source / "乱码.txt").write_bytes(bytes(range(128, 256)) * 40)
    with (source / "巨大.pdf").open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024)
    report = run(settings, source)
    failed = {failure.path: failure for failure in report.failed}
    assert set(failed) == {"空.md", "不认识.xyz", "坏.docx", "坏.pdf", "乱码.txt", "巨大.pdf"}
    assert all(failure.why and failure.hint for failure in report.failed)
    assert report.exit_code == 1
    assert report.articles == 6
    assert top(settings, "公章外借") == "印章.md#第二条"
    again = run(settings)
    assert {failure.path for failure in again.failed} == set(failed)
    assert again.generation == report.generation
    assert top(settings, "公章外借") == "印章.md#第二条"


def test_a_bad_file_that_was_mended_is_taken_in(settings: Settings, source: Path) -> None:
    (source / "空.md").write_bytes(b"")
    run(settings, source)
    assert run(settings).generation == 1
    (source / "空.md").write_text(LEAVE.replace("病假", "事假"), encoding="utf-8")
    report = run(settings)
    assert (report.generation > 1, report.failed) == (True, [])
    assert top(settings, "事假 诊断证明") == "空.md#第二条"


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_file_that_may_not_be_read_is_named_and_read_when_it_may(
    settings: Settings, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = source / "请假.md"
    locked.chmod(0)
    try:
        if os.access(locked, os.R_OK):
            pytest.skip("this account reads everything (root): the reader's own test covers it")
        report = run(settings, source)
        assert [f.path for f in report.failed] == ["请假.md"]
    finally:
        locked.chmod(0o644)
    assert run(settings).failed == []
    assert top(settings, "病假 诊断证明") == "请假.md#第二条"


def test_too_much_gone_at_once_removes_nothing(settings: Settings, source: Path) -> None:
    run(settings, source)
    for path in sorted(source.iterdir())[:2]:
        path.unlink()
    with pytest.raises(ConfigError, match="accept-removals"):
        run(settings)
    assert run(settings, dry_run=True, accept_removals=True).gone == 2
    assert counts(run(settings, accept_removals=True)) == (0, 0, 0, 2)


def test_a_missing_root_removes_nothing(settings: Settings, source: Path) -> None:
    run(settings, source)
    source.rename(source.with_name("挪走了"))
    with pytest.raises(ConfigError, match="未删除"):
        run(settings)
    assert top(settings, "公章外借") == "印章.md#第二条"


def test_sources_accumulate_and_one_can_be_forgotten(
    settings: Settings, source: Path, tmp_path: Path
) -> None:
    other = tmp_path / "另一处"
    other.mkdir()
    (other / "印章.md").write_text(SEAL.replace("某局", "另局"), encoding="utf-8")
    run(settings, source)
    assert counts(run(settings, other)) == (1, 0, 0, 0)
    with KnowledgeBase.open(settings) as base:
        paths = [version.path for version in base.documents(ALL)]
        assert "另一处/印章.md" in paths
        assert "印章.md" in paths
    assert counts(run(settings, other, forget=True)) == (0, 0, 0, 1)
    with KnowledgeBase.open(settings) as base:
        assert [s.name for s in base.sources()] == ["文件"]


def test_a_folder_inside_a_source_is_refused(settings: Settings, source: Path) -> None:
    run(settings, source)
    (source / "里面").mkdir()
    with pytest.raises(ConfigError, match="重叠"):
        run(settings, source / "里面")


def test_rollback_serves_the_former_state(settings: Settings, source: Path) -> None:
    run(settings, source)
    (source / "印章.md").write_text(SEAL.replace("局长批准", "主任批准"), encoding="utf-8")
    assert run(settings).generation == 2
    assert rollback(settings) == 1
    with KnowledgeBase.open(settings) as base:
        assert "局长批准" in base.passage("印章.md#第二条", ALL).passage.text
    assert run(settings).generation >= 2
    with KnowledgeBase.open(settings) as base:
        assert "主任批准" in base.passage("印章.md#第二条", ALL).passage.text


def test_full_does_everything_again(settings: Settings, source: Path) -> None:
    run(settings, source)
    report = run(settings, full=True)
    assert report.changed == 6
    assert report.generation == 2
    assert top(settings, "公章外借") == "印章.md#第二条"


def test_no_source_is_an_error(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="kb index"):
        run(settings)
    with pytest.raises(IndexMissing):
        KnowledgeBase.open(settings)


class Counting:
    """The shipped model, counting the texts that it reads."""

    def __init__(self, settings: Settings) -> None:
        self._model = load(settings)
        self.read = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)

    def encode_passages(self, texts: list[str]) -> object:
        self.read += len(texts)
        return self._model.encode_passages(texts)


@pytest.fixture
def model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting(settings)
    monkeypatch.setattr("indexer.publish.load", lambda _: counting)
    return counting


def test_only_new_texts_are_embedded(settings: Settings, source: Path, model: Counting) -> None:
    first = run(settings, source)
    assert model.read >= first.passages
    model.read = 0
    (source / "制度").mkdir()
    (source / "印章.md").rename(source / "制度/印章.md")
    assert counts(run(settings)) == (0, 0, 1, 0)
    assert model.read == 0
    (source / "请假.md").write_text(LEAVE.replace("诊断证明", "医院证明"), encoding="utf-8")
    assert counts(run(settings)) == (0, 1, 0, 0)
    assert model.read == 1


def test_grown_step_by_step_is_as_built_at_once(
    settings: Settings, source: Path, tmp_path: Path
) -> None:
    run(settings, source)
    (source / "印章.md").rename(source / "用印.md")
    (source / "请假.md").write_text(LEAVE.replace("病假", "事假"), encoding="utf-8")
    run(settings)
    clean = Settings(home=tmp_path / "clean", workers=1)
    run(clean, source)
    with KnowledgeBase.open(settings) as grown, KnowledgeBase.open(clean) as built:
        ids = list(built.snapshot().reader.ids())
        assert list(grown.snapshot().reader.ids()) == ids
        a, b = (base.snapshot().reader.vectors(ids) for base in (grown, built))
        assert (a == b).all()


def test_a_file_moved_to_another_source_is_moved(
    settings: Settings, source: Path, tmp_path: Path, model: Counting
) -> None:
    other = tmp_path / "另一处"
    other.mkdir()
    (other / "别的.md").write_text("# 别的\n\n一段话。\n", encoding="utf-8")
    run(settings, source)
    run(settings, other)
    model.read = 0
    (source / "印章.md").rename(other / "印章.md")
    assert counts(run(settings)) == (0, 0, 1, 0)
    assert model.read == 0
    with KnowledgeBase.open(settings) as base:
        assert base.passage("印章.md#第二条", ALL).passage.text.startswith("公章外借")


def test_aliases_follow_every_move_and_go_back_with_a_rollback(
    settings: Settings, source: Path
) -> None:
    run(settings, source)
    (source / "印章.md").rename(source / "甲.md")
    run(settings)
    (source / "甲.md").rename(source / "乙.md")
    run(settings)
    with KnowledgeBase.open(settings) as base:
        for old in ("印章.md", "甲.md"):
            assert base.passage(f"{old}#第二条", ALL).passage.id == "乙.md#第二条"
    rollback(settings)
    with KnowledgeBase.open(settings) as base:
        assert base.passage("印章.md#第二条", ALL).passage.id == "甲.md#第二条"
    (source / "乙.md").rename(source / "印章.md")
    run(settings)
    with KnowledgeBase.open(settings) as base:
        assert base.passage("甲.md#第二条", ALL).passage.id == "印章.md#第二条"
