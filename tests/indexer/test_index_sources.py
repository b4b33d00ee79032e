"""What is new, changed, moved, touched, gone; and what is passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.sources import Changes, compare, digest, scan, too_many_gone
from kb.catalogue.rows import FileRow
from kb.errors import ConfigError


def known(root: Path) -> list[FileRow]:
    return [
        FileRow(
            id=n,
            source_id=1,
            path=f.relative,
            relative=f.relative,
            digest=digest(f.absolute),
            size=f.size,
            mtime_ns=f.mtime_ns,
            overrides="",
            failure="",
            hint="",
        )
        for n, f in enumerate(scan(root))
    ]


def names(changes: Changes) -> dict[str, list[str]]:
    return {
        "new": [f.relative for f in changes.new],
        "changed": [f.relative for _, f in changes.changed],
        "moved": [f"{row.relative}→{f.relative}" for row, f in changes.moved],
        "touched": [f.relative for _, f in changes.touched],
        "gone": [row.relative for row in changes.gone],
        "unchanged": [row.relative for row in changes.unchanged],
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "来源"
    (root / "制度").mkdir(parents=True)
    for name in ("甲", "乙", "丙", "丁"):
        (root / "制度" / f"{name}.md").write_text(f"{name}的内容", encoding="utf-8")
    return root


def test_each_change_is_told_apart(root: Path) -> None:
    before = known(root)
    (root / "制度/甲.md").write_text("改了", encoding="utf-8")
    (root / "制度/乙.md").rename(root / "乙二.md")
    (root / "制度/丙.md").unlink()
    os.utime(root / "制度/丁.md", ns=(1, 1))
    (root / "新.md").write_text("新的", encoding="utf-8")
    assert names(compare(scan(root), before, {}, full=False)) == {
        "new": ["新.md"],
        "changed": ["制度/甲.md"],
        "moved": ["制度/乙.md→乙二.md"],
        "touched": ["制度/丁.md"],
        "gone": ["制度/丙.md"],
        "unchanged": [],
    }


def test_nothing_changed_is_nothing(root: Path) -> None:
    changes = compare(scan(root), known(root), {}, full=False)
    assert changes.nothing
    assert len(changes.unchanged) == 4


def test_a_new_word_in_the_manifest_is_a_change(root: Path) -> None:
    changes = compare(scan(root), known(root), {"制度/甲.md": "x"}, full=False)
    assert names(changes)["changed"] == ["制度/甲.md"]


def test_what_failed_is_tried_again(root: Path) -> None:
    before = known(root)
    bad = [
        FileRow(**{n: getattr(r, n) for n in FileRow.__dataclass_fields__} | {"failure": "坏"})
        for r in before[:1]
    ]
    changes = compare(scan(root), bad + before[1:], {}, full=False)
    assert [f.relative for _, f in changes.changed] == [before[0].relative]


def test_what_is_no_paper_is_passed_over(root: Path) -> None:
    for name in (".隐藏.md", "~$打开.docx", "manifest.toml", "Thumbs.db"):
        (root / name).write_text("x", encoding="utf-8")
    (root / ".git").mkdir()
    (root / ".git" / "x.md").write_text("x", encoding="utf-8")
    assert len(scan(root)) == 4


def test_a_link_to_a_folder_is_not_followed(root: Path) -> None:
    (root / "环").symlink_to(root, target_is_directory=True)
    assert len(scan(root)) == 4


def test_a_file_may_be_a_source(root: Path) -> None:
    [found] = scan(root / "制度/甲.md")
    assert found.relative == "甲.md"


def test_a_missing_root_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="未删除"):
        scan(tmp_path / "没有")


def test_names_are_composed_the_same_way(root: Path) -> None:
    (root / "e\u0301.md").write_text("x", encoding="utf-8")
    assert "é.md" in [f.relative for f in scan(root)]


@pytest.mark.parametrize(
    ("gone", "of", "stops"), [(1, 5, False), (2, 5, True), (1, 1, True), (0, 0, False)]
)
def test_more_than_a_fifth_gone_is_an_accident(root: Path, gone: int, of: int, stops: bool) -> None:
    row = known(root)[0]
    assert too_many_gone(Changes(gone=[row] * gone), of) is stops
