"""``kb pack`` over the example papers: make, list, export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.cli import main
from kb.config import Settings
from kb.decide.check import check
from kb.decide.template import load_template
from kb.errors import PackError


def run(capsys: pytest.CaptureFixture[str], home: Path, *args: str) -> tuple[int, str, str]:
    code = main(["--home", str(home), "pack", *args])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_pack_from_topic_to_files(corpus_copy, tmp_path, capsys):
    out = tmp_path / "材料"
    code, said, told = run(
        capsys, corpus_copy, "new", "--topic", "外借公章", "--question", "外借公章由谁批准？",
        "--question", "食堂饭菜的价格怎么定？", "--as-of", "2026-03-01", "--out", str(out),
        "--json",
    )  # fmt: skip
    assert code == 0
    made = json.loads(said)
    assert set(made) == {"id", "files", "sources", "gaps"}
    assert {Path(f).suffix for f in made["files"]} == {".docx", ".pdf", ".html"}
    assert all(Path(f).is_file() for f in made["files"])
    assert any("印章管理办法" in source for source in made["sources"])
    assert made["gaps"] == ["食堂饭菜的价格怎么定？"]
    assert "PDF 字体替代" in told or "仿宋_GB2312" in told or not told

    with KnowledgeBase.open(Settings(home=corpus_copy)) as base:
        from kb.decide import load
        from kb.model import Scope

        pack = load(base.people, made["id"])
        rows = base.passages(made["sources"], Scope.everything(as_of=None))
        texts = {id_: row.passage.text for id_, row in rows.items()}
        assert set(texts) == set(made["sources"])
    for file in map(Path, made["files"]):
        template = load_template(pack.template)
        assert check(file.read_bytes(), file.suffix[1:], pack, template, texts) == []

    code, said, _ = run(capsys, corpus_copy, "list", "--json")
    assert code == 0
    assert [row["id"] for row in json.loads(said)] == [made["id"]]
    code, said, _ = run(capsys, corpus_copy, "list")
    assert made["id"] in said
    assert "外借公章" in said

    again = tmp_path / "再"
    code, said, _ = run(
        capsys, corpus_copy, "export", made["id"], "--format", "html,docx", "--out", str(again)
    )
    assert code == 0
    for name in (f for f in map(Path, made["files"]) if f.suffix != ".pdf"):
        assert (again / name.name).read_bytes() == name.read_bytes()


def test_nothing_made_yet(corpus_copy, capsys):
    code, said, _ = run(capsys, corpus_copy, "list")
    assert code == 0
    assert "还没有参阅材料" in said


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["new", "--topic", " ", "--out", "x"], "没有写明议题"),
        (["new", "--topic", "议题", "--format", "odt", "--out", "x"], "不认识的格式：odt"),
        (["new", "--topic", "议题", "--template", "没有", "--out", "x"], "没有名为“没有”的模板"),
        (["new", "--topic", "议题", "--as-of", "昨天", "--out", "x"], "日期"),
        (["export", "没有这份", "--out", "x"], "没有编号为 没有这份"),
    ],
)
def test_errors_are_told_in_words(corpus_copy, tmp_path, monkeypatch, capsys, args, says):
    monkeypatch.chdir(tmp_path)
    code, said, told = run(capsys, corpus_copy, *args)
    assert code == 2
    assert said == ""
    assert says in told
    assert not (tmp_path / "x").exists()


def test_a_folder_that_cannot_be_written(packed, tmp_path):
    from kb.decide import render

    (tmp_path / "占用").write_text("", encoding="utf-8")
    with pytest.raises(PackError, match="不能写入"):
        render(packed(), ["html"], tmp_path / "占用")
