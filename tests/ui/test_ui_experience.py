"""写经验: the form, and the file that it makes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indexer.papers import papers
from kb.errors import ConfigError
from kb.model import Kind
from kb.ui import jobs
from kb.ui.experience import Note, as_markdown, file_name, write
from tests.support.ui import Opener, press, unharmed

NOTE = Note(
    "急件/附件错漏的处理",
    "办公室",
    date(2026, 11, 24),
    {
        "情况": "收到急件。\n# 这不是标题\n附件拿错。",
        "做法": "电话报告。",
        "结果": "更正。",
        "教训": "",
        "涉及条款": "《甲办法》第十条：签发后改动\n《乙办法》第二条",
    },
)


def test_a_note_is_a_paper_like_any_other(tmp_path: Path) -> None:
    path = write(tmp_path, NOTE)
    assert path.name == "2026-11-24 急件附件错漏的处理.md"
    (paper,) = papers(path, name=path.name, source="", overrides={}, max_bytes=10**6)
    d = paper.description
    assert (d.title, d.kind, d.department) == ("急件/附件错漏的处理", Kind.EXPERIENCE, "办公室")
    assert d.issued == date(2026, 11, 24)
    assert [n.title for n in paper.nodes if n.title] == ["情况", "做法", "结果", "涉及条款"]
    assert any("# 这不是标题" in n.text for n in paper.nodes)
    assert [c.title for c in paper.citations if c.label] == ["甲办法", "乙办法"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    first, second = write(tmp_path, NOTE), write(tmp_path, NOTE)
    assert first != second
    assert file_name(NOTE, 2) == second.name
    with pytest.raises(ConfigError):
        write(first, NOTE)


def test_what_must_be_there() -> None:
    assert NOTE.missing() == []
    assert Note("", "", NOTE.day, {"情况": " "}).missing() == ["题目", "情况", "做法", "结果"]
    assert "## 教训" not in as_markdown(NOTE)


def test_the_form(open_page: Opener, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "start", lambda _, words, *, what, who: started.append(words))
    page = open_page("experience")
    unharmed(page)
    press(page, "保存并入库")
    assert page.warning[0].value == "还没有写：题目、情况、做法、结果。"
    page.text_input(key="note-title").set_value("一次停电的应对")
    for name in ("情况", "做法", "结果"):
        page.text_area(key=f"note-{name}").set_value(f"{name}如下。")
    press(page, "保存并入库")
    unharmed(page)
    assert "一次停电的应对.md" in page.success[0].value
    assert started == [[str(home / "经验记录")]]
    (kept,) = (home / "经验记录").iterdir()
    assert "## 做法\n\n做法如下。" in kept.read_text(encoding="utf-8")
    kept.unlink()
