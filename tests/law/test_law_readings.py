"""The reading report: kept with the version, counted for the reader, printed where asked for."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.cli import main
from kb.config import Settings
from kb.model import Scope

GOOD = """# 某局印章办法

第一条　为规范印章，制定本办法。

第二条　依照第一条和《某局问责办法》第九条办理。

第三条　本办法自2024年3月1日起施行。
"""
GAP = "# 某局值班办法\n\n第一条　值班。\n\n第三条　本办法自2024年3月1日起施行。\n"
CONTRACT = [
    "files", "new", "changed", "moved", "gone", "failed", "articles", "passages", "seconds",
    "generation",
]  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "制度"
    folder.mkdir()
    (folder / "印章.md").write_text(GOOD, encoding="utf-8")
    (folder / "值班.md").write_text(GAP, encoding="utf-8")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04broken")
    return folder


def test_the_report(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    assert main(["--home", str(home), "index", str(source), "--json"]) == 1
    assert list(json.loads(capsys.readouterr().out)) == CONTRACT

    assert main(["--home", str(home), "index", "--json", "--report"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == [*CONTRACT, "reading"]
    good = next(entry for entry in shown["reading"] if entry["path"] == "印章.md")
    assert (good["articles"], good["gaps"], good["unreadable"], good["tables"]) == (3, [], 0.0, 0)
    assert good["confidence"] is None
    assert good["citations"] == {
        "resolved": 1,
        "abstained": 1,
        "reasons": {"库中没有《某局问责办法》": 1},
        "documents": 0,
        "documents_resolved": 0,
    }
    gap = next(entry for entry in shown["reading"] if entry["path"] == "值班.md")
    assert gap["gaps"] == ["第一条 之后是 第三条"]
    bad = next(entry for entry in shown["reading"] if entry["path"] == "坏.docx")
    assert "损坏" in bad["why"] or "压缩包" in bad["why"]

    assert main(["--home", str(home), "index", "--report"]) == 1
    out = capsys.readouterr().out
    assert "条款引用 2 处，确定 1 处" in out
    assert "条文序号有 1 处不连续" in out

    main(["--home", str(home), "doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)
    (said,) = (
        [f for f in findings["findings"] if f["what"] == "读取情况"]
        if isinstance(findings, dict)
        else [f for f in findings if f["what"] == "读取情况"]
    )
    assert "值班.md" in said["says"]


def test_a_reader_who_may_not_see_a_paper_gets_no_report_of_it(
    source: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    main(["--home", str(home), "index", str(source)])
    everything = Scope.everything(as_of=date(2025, 1, 1))
    nothing = Scope("r", date(2025, 1, 1), everything.kinds, frozenset())
    with KnowledgeBase.open(Settings(home=home)) as base:
        assert [r.path for r in base.readings(everything)] == ["值班.md", "印章.md"]
        assert base.readings(nothing) == []


def test_show_of_a_file_tells_each_field_and_how_it_came(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "坏.docx").unlink()
    (source / "manifest.toml").write_text(
        '[[paper]]\npath = "印章.md"\ndepartment = "办公室"\n', encoding="utf-8"
    )
    home = tmp_path / "home"
    main(["--home", str(home), "index", str(source), "--json"])
    capsys.readouterr()
    assert main(["--home", str(home), "show", "印章.md", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    fields = {f["field"]: (f["value"], f["how"], f["evidence"]) for f in shown["fields"]}
    assert fields["department"] == ("办公室", "manifest", "department = 办公室")
    assert fields["effective"] == ("2024-03-01", "rule", "本办法自2024年3月1日起施行")
    assert fields["tier"][:2] == ("内部", "")
    assert shown["reading"]["citations"]["reasons"] == {"库中没有《某局问责办法》": 1}
    assert main(["--home", str(home), "show", "印章.md"]) == 0
    said = capsys.readouterr().out
    assert "施行日期：2024-03-01\n    按规则从文中读出：本办法自2024年3月1日起施行" in said
    assert "未能确定的引用 1 处：库中没有《某局问责办法》" in said
