"""``kb pack`` over the example papers: make, list, export."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.cli import main
from kb.config import Settings
from kb.decide.check import check
from kb.decide.render.fonts import stand_ins
from kb.decide.template import load_template
from kb.errors import PackError


def run(capsys: pytest.CaptureFixture[str], home: Path, *args: str) -> tuple[int, str, str]:
    code = main(["--home", str(home), "pack", *args])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_pack_from_topic_to_files(corpus_copy, tmp_path, capsys, caplog):
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
    used = stand_ins()
    wanted = "PDF 字体替代" if any(name != font for name, font in used.items()) else "PDF 字体齐全"
    assert f"参阅材料 {made['id']}：{wanted}" in caplog.text
    assert told == ""

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


AGENDA = ("agenda", "--by", "甲", "--day", "2026-11-26", "--meeting", "局长办公会")


def test_from_agenda_to_a_leaders_tablet(corpus_copy, tmp_path, capsys):
    home = corpus_copy
    code, said, _ = run(
        capsys, home, *AGENDA, "--add", "外借公章", "--question", "外借公章由谁批准？", "--json"
    )
    (decision,) = json.loads(said)
    assert (code, decision["state"], decision["day"]) == (0, "备料", "2026-11-26")
    ready = ("prepare", "--within", "7d", "--from", "2026-11-24", "--json")
    code, said, _ = run(capsys, home, *ready)
    (made,) = json.loads(said)
    assert (code, made["did"], made["gaps"]) == (0, "新做", [])
    pin = "制度/公文处理办法.md#第三条"
    code, said, _ = run(
        capsys, home, "draft", decision["id"], "--by", "甲", "--pin", pin,
        "--fill", "议题背景/议题由来和现状", "银行来函。", "--json",
    )  # fmt: skip
    draft = json.loads(said)
    assert pin in draft["sources"]
    assert "议题背景/议题由来和现状" not in draft["open"]
    assert [h["action"] for h in draft["history"]] == ["pin", "field"]
    code, said, _ = run(capsys, home, *ready)
    assert json.loads(said)[0]["did"] == "未变"
    code, said, _ = run(capsys, home, "freeze", draft["id"], "--by", "甲", "--json")
    frozen = json.loads(said)
    assert (code, frozen["edition"]) == (0, 1)
    assert set(frozen["quotes"]) == set(draft["sources"])
    number = frozen["number"]
    code, said, _ = run(capsys, home, "verify")
    assert (code, "均未变化" in said) == (0, True)
    code, said, _ = run(capsys, home, "deliver", number, "--to", "王局长", "--to", "李副局长")
    assert (code, said.count("未阅")) == (0, 2)
    out = tmp_path / "阅件.html"
    code, said, _ = run(capsys, home, "reading", "--for", "王局长", "--out", str(out))
    assert code == 0
    page = out.read_text("utf-8")
    assert "银行来函。" in page
    assert "<script" not in page
    code, _, told = run(capsys, home, "reading", "--for", "无此人", "--out", str(out))
    assert (code, "没有要呈无此人阅的材料" in told) == (2, True)
    for fmt in ("docx", "html"):
        run(capsys, home, "export", number, "--format", fmt, "--out", str(tmp_path / fmt))
        assert list((tmp_path / fmt).iterdir())


def test_verify_after_one_article_changes_finds_exactly_the_packs_that_quote_it(
    corpus, tmp_path, capsys
):
    papers = tmp_path / "文件"
    (papers / "制度").mkdir(parents=True)
    for name in ("印章管理办法", "采购管理办法", "差旅费管理办法", "会议议事规则"):
        shutil.copy2(corpus / "制度" / f"{name}.md", papers / "制度")
    home = tmp_path / "库"
    index(Settings(home=home, workers=1), [papers], Options())
    quoting = {}
    for topic in ("外借公章", "采购一批设备", "差旅住宿"):
        code, said, _ = run(
            capsys, home, "new", "--topic", topic, "--format", "html", "--json",
            "--out", str(tmp_path / "出"),
        )  # fmt: skip
        pack = json.loads(said)
        code, said, _ = run(capsys, home, "freeze", pack["id"], "--json")
        quoting[json.loads(said)["number"]] = pack["sources"]
    changed = next(s for s in quoting["参阅〔2026〕1号"] if s.startswith("制度/印章管理办法.md#第"))
    wanted = {number for number, sources in quoting.items() if changed in sources}
    assert 0 < len(wanted) < len(quoting)
    paper = papers / "制度" / "印章管理办法.md"
    label = changed.partition("#")[2]
    text = paper.read_text("utf-8")
    at = text.index("。", text.index(f"\n{label}"))
    paper.write_text(text[:at] + "，另行登记" + text[at:], "utf-8")
    index(Settings(home=home, workers=1), [papers], Options())
    code, said, _ = run(capsys, home, "verify", "--json")
    assert code == 1
    told = {one["number"]: one["changed"] for one in json.loads(said)}
    assert {number for number, found in told.items() if found} == wanted
    for number in wanted:
        (one,) = told[number]
        assert (one["id"], one["what"]) == (changed, "text")
        assert "另行登记" in one["new"]
        assert "另行登记" not in one["old"]
    code, said, _ = run(capsys, home, "verify", min(set(quoting) - wanted))
    assert code == 0
