from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indexer import manifest
from kb.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    (folder / "manifest.toml").write_text(text, encoding="utf-8")
    return folder


def test_entries_by_path(tmp_path: Path) -> None:
    write(
        tmp_path,
        '[[paper]]\npath = "制度/a.md"\ntitle = "甲"\nkind = "regulation"\nissued = 2023-05-16\n'
        '[[paper]]\npath = ".\\\\b.docx"\nhow = "repeals"\nreplaces = "制度/a.md"\n'
        'issued = "2024-01-02"\n',
    )
    found = manifest.load(tmp_path)
    assert found == {
        "制度/a.md": {"title": "甲", "kind": "regulation", "issued": date(2023, 5, 16)},
        "b.docx": {"how": "repeals", "replaces": "制度/a.md", "issued": date(2024, 1, 2)},
    }


def test_no_manifest(tmp_path: Path) -> None:
    assert manifest.load(tmp_path) == {}


def test_beside_a_single_file(tmp_path: Path) -> None:
    write(tmp_path, '[[paper]]\npath = "a.md"\ntitle = "甲"\n')
    (tmp_path / "a.md").write_text("甲", encoding="utf-8")
    assert manifest.load(tmp_path / "a.md") == {"a.md": {"title": "甲"}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[paper]", "无法读取"),
        ('paper = "a"', "格式"),
        ('[[paper]]\ntitle = "甲"', "没有 path"),
        ('[[paper]]\npath = "a"\n[[paper]]\npath = "a"', "两次"),
        ('[[paper]]\npath = "a"\nkind = "规章"', "kind"),
        ('[[paper]]\npath = "a"\nissued = "去年"', "不是日期"),
        ('[[paper]]\npath = "a"\ntitel = "甲"', "不认识"),
        ('[[paper]]\npath = "a"\ntitle = 3', "文字"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError, match=says):
        manifest.load(tmp_path)


def test_digest_changes_with_the_entry() -> None:
    entry = {"title": "甲", "issued": date(2023, 1, 1)}
    assert manifest.digest({}) == ""
    assert manifest.digest(entry) == manifest.digest(dict(reversed(entry.items())))
    assert manifest.digest(entry) != manifest.digest({**entry, "title": "乙"})
