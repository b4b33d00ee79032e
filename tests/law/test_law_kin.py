"""What stands around a paper: bases down to bases of bases, both directions of citing."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.model import Scope

PAPERS = {
    "法.md": "# 甲法\n\n第一条　为了管理，制定本法。\n\n第二条　略。\n",
    "条例.md": "# 甲条例\n\n第一条　根据《甲法》，制定本条例。\n\n"
    "第二条　依照《甲法》第二条办理。\n",
    "办法.md": "# 某局印章办法\n\n第一条　根据《甲条例》和《没有的法》，制定本办法。\n\n"
    "第二条　依照《甲条例》第二条和《没有的法》第九条。\n\n"
    "第三条　本办法自2024年3月1日起施行，《某局旧印章办法》同时废止。\n",
    "旧.md": "# 某局旧印章办法\n\n第一条　用印。\n\n第二条　本办法自2015年1月1日起施行。\n",
}
SCOPE = Scope.everything(as_of=date(2026, 1, 1))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("kin")
    source = folder / "文件"
    source.mkdir()
    for name, text in PAPERS.items():
        (source / name).write_text(text, encoding="utf-8")
    index(Settings(home=folder / "库", workers=1), [source], Options())
    return KnowledgeBase.open(folder / "库")


def test_around_a_rule(base: KnowledgeBase) -> None:
    found = base.kin(base.document("办法.md", SCOPE).version, SCOPE)
    assert [(n.title, n.version is not None) for n in found.bases] == [
        ("甲条例", True), ("没有的法", False),
    ]  # fmt: skip
    assert [n.title for n in found.bases[0].below] == ["甲法"]
    assert [n.version.path for n in found.repeals if n.version] == ["旧.md"]
    assert [c.version.path for c in found.cites] == ["条例.md", "旧.md"]
    assert found.cited_by == []
    assert found.unsure == [("库中没有《没有的法》", 1)]


def test_around_what_it_rests_on_and_ended(base: KnowledgeBase) -> None:
    middle = base.kin(base.document("条例.md", SCOPE).version, SCOPE)
    assert [v.path for v in middle.based_on_it] == ["办法.md"]
    assert [(c.version.path, len(c.links)) for c in middle.cited_by] == [("办法.md", 2)]
    old = base.kin(base.document("旧.md", SCOPE).version, SCOPE)
    assert old.ended_by is not None
    assert old.ended_by.version is not None
    assert old.ended_by.version.path == "办法.md"


def test_the_file_of_a_version(base: KnowledgeBase) -> None:
    path, digest = base.file_of("法.md", SCOPE)
    assert path.name == "法.md"
    assert len(digest) == 64
