"""A paper that comes to bear a mark of secrecy leaves no word in what was made of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.catalogue.audit import Filter
from kb.cli import main
from kb.config import Settings
from kb.decide import make, open_edition, store
from kb.decide.freeze import freeze
from kb.model import Scope

SECRET = "每周三供应鲈鱼羹"
PAPER = f"# 食堂菜谱办法\n\n第一条　食堂{SECRET}，由办公室安排。\n"


def test_a_quarantine_purges_drafts_and_frozen_packs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, source = tmp_path / "库", tmp_path / "文件"
    source.mkdir()
    (source / "菜谱.md").write_text(PAPER, encoding="utf-8")
    (source / "值班.md").write_text(
        "# 食堂值班办法\n\n第一条　食堂值班由后勤处安排。\n", encoding="utf-8"
    )
    kb = ["--home", str(home)]
    assert main([*kb, "index", str(source)]) == 0
    scope = Scope.everything(as_of=None)
    with KnowledgeBase.open(Settings(home=home)) as base:
        pack = make(base, scope, topic="食堂", questions=["食堂由谁安排"])
        assert SECRET in "".join(one.text for one in pack.sources)
        store(base.people, pack)
        row = freeze(base, base.people, scope, pack.id, who="甲")
    (source / "菜谱.md").write_text(f"机密★5年\n\n{PAPER}", encoding="utf-8")
    capsys.readouterr()
    main([*kb, "index", str(source)])
    assert f"定稿 {row.number} 第1版 清除了已移除文件的引文" in capsys.readouterr().err
    for path in home.rglob("*.sqlite*"):
        if path.name == "people.sqlite":
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert SECRET.encode() not in path.read_bytes(), path.name
    with Catalogue.open(Settings(home=home)) as catalogue:
        now = catalogue.people.editions.by_id(row.id)
        left, _ = open_edition(now)
        noted = [e.subject for e in catalogue.audit.events(Filter(action="purge"))]
    assert {one.path for one in left.sources} == {"值班.md"}
    assert any(row.digest in subject for subject in noted)
    assert not any("菜谱" in subject for subject in noted)
