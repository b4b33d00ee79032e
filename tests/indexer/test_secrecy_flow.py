"""A doubtful mark asks a person; his decision holds for that content and no other."""

from __future__ import annotations

import json
import logging
import sqlite3
import tempfile
from pathlib import Path

import pytest

from indexer.reading import Block, Reading
from indexer.secrecy import Quarantined, check
from kb.cli import main
from kb.config import Settings
from kb.errors import ReadError
from kb.model import Mark
from kb.ui.intake import looked_at
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).resolve().parents[1] / "golden/secrecy/marks.txt"
TEXT = "秘密\n\n关于食堂菜谱调整的说明\n\n第一条　每周三供应鲈鱼羹。\n"
SAID = {Mark.CERTAIN: "拒收", Mark.DOUBTFUL: "问人"}


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    lines = [line for line in case.given.splitlines() if line.strip()]
    heads = tuple(line.removeprefix("页眉：") for line in lines if line.startswith("页眉："))
    blocks = tuple(Block("paragraph", line) for line in lines if not line.startswith("页眉："))
    try:
        check(Reading("text", blocks, heads=heads), "a.txt")
    except Quarantined as error:
        said = SAID[error.mark]
    else:
        said = "收"
    assert [said] == list(case.expected)


class Office:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.source, self._capsys = folder / "库", folder / "文件", capsys
        self.source.mkdir()
        self.home.mkdir()
        (self.home / "config.toml").write_text("workers = 1\n", encoding="utf-8")
        self.paper = self.source / "菜谱.txt"
        self.paper.write_text(TEXT, encoding="utf-8")
        (self.source / "值班.md").write_text("# 值班办法\n\n第一条　值班。\n", encoding="utf-8")

    def kb(self, *words: str) -> tuple[int, str]:
        code = main(["--home", str(self.home), *words])
        said = self._capsys.readouterr()
        return code, said.out + said.err

    def found(self) -> bool:
        _, out = self.kb("search", "鲈鱼羹", "--json")
        return any(hit["path"] == "菜谱.txt" for hit in json.loads(out)["hits"])

    def stored(self) -> bool:
        """Whether any byte of the text lies in the home."""
        for path in self.home.rglob("*.sqlite"):
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # Not the words that are searched for: a question is in the audit log.
        needle = "每周三供应".encode()
        return any(needle in p.read_bytes() for p in self.home.rglob("*") if p.is_file())


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_from_doubt_to_decision(office: Office) -> None:
    code, out = office.kb("index", str(office.source))
    assert code == 1
    assert "kb marks accept" in out
    assert not office.found()
    assert not office.stored()

    code, out = office.kb("marks", "--json")
    assert code == 1
    (waiting,) = json.loads(out)
    assert (waiting["path"], waiting["mark"], waiting["waits"]) == ("菜谱.txt", "doubtful", True)

    said = office.kb("marks", "accept", "菜谱.txt", "--by", "张三", "--note", "菜谱，标题误排")
    assert said[0] == 0
    assert office.kb("index")[0] == 0
    assert office.found()
    code, out = office.kb("marks", "--json")
    (done,) = json.loads(out)
    assert code == 0
    assert (done["mark"], done["decision"], done["who"]) == ("accepted", "accepted", "张三")
    assert done["note"] == "菜谱，标题误排"
    assert len(done["digest"]) == 64

    # Another content is another question.
    office.paper.write_text(TEXT.replace("周三", "周四"), encoding="utf-8")
    assert office.kb("index")[0] == 1
    assert not office.found()


def test_a_decision_can_be_withdrawn(office: Office) -> None:
    office.kb("index", str(office.source))
    office.kb("marks", "accept", "菜谱.txt", "--by", "张三")
    assert office.kb("index")[0] == 0
    assert office.kb("marks", "withdraw", "菜谱.txt", "--by", "李四")[0] == 0
    # It goes, although the file did not change.
    assert office.kb("index")[0] == 1
    assert not office.found()


def test_refused_stays_out_and_says_who(office: Office) -> None:
    office.kb("index", str(office.source))
    assert office.kb("marks", "refuse", str(office.paper), "--by", "张三")[0] == 0
    code, out = office.kb("index")
    assert code == 1
    assert "张三" in out
    assert not office.stored()
    assert office.kb("marks")[0] == 0


def test_a_mark_proper_cannot_be_let_in(office: Office) -> None:
    office.paper.write_text(TEXT.replace("秘密", "机密★", 1), encoding="utf-8")
    office.kb("index", str(office.source))
    code, out = office.kb("marks", "accept", "菜谱.txt", "--by", "张三")
    assert code == 2
    assert "任何人不得放行" in out
    assert not office.stored()


def test_nothing_of_a_marked_paper_stays_in_temporary_files_or_logs(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """From a folder and from an upload, where the file lies on the disk while it is read."""
    temporary = tmp_path / "临时"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    caplog.set_level(logging.DEBUG)
    marked = TEXT.replace("秘密", "机密★", 1)
    office.paper.write_text(marked, encoding="utf-8")
    code, said = office.kb("index", str(office.source))
    with pytest.raises(ReadError) as told:
        looked_at(Settings(home=office.home), "菜谱.txt", marked.encode())
    assert code == 1
    assert list(temporary.rglob("*")) == []
    assert not office.stored()
    for text in (said, str(told.value), told.value.hint, caplog.text):
        assert "每周三供应" not in text


def test_what_cannot_be_decided_says_why(office: Office) -> None:
    # A tier in the manifest is no decision: it is bound to a path, not to the content.
    text = '[[paper]]\npath = "菜谱.txt"\ntier = "internal"\n'
    (office.source / "manifest.toml").write_text(text, encoding="utf-8")
    office.kb("index", str(office.source))
    assert not office.stored()
    assert "没有密级字样" in office.kb("marks", "accept", "值班.md")[1]
    assert "没有找到文件" in office.kb("marks", "accept", "无.txt")[1]
    assert "由谁确认" in office.kb("marks", "accept", "菜谱.txt", "--by", " ")[1]
    office.paper.write_text(TEXT + "又改", encoding="utf-8")
    assert "有改动" in office.kb("marks", "accept", "菜谱.txt", "--by", "张三")[1]
    # All or none.
    assert office.kb("marks", "refuse", "菜谱.txt", "无.txt", "--by", "张三")[0] == 2
    assert json.loads(office.kb("marks", "--json")[1])[0]["decision"] == ""
