"""A provision by its exact place, what it cites and what cites it, in papers of our own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.cli import main
from kb.config import Settings
from kb.errors import NotFound
from kb.law.provision import Provision
from kb.model import Scope

SEALS = """# 某局印章管理办法

第一条　为规范印章管理，根据《某局档案管理办法》第二条第一款，制定本办法。

第二条　用印须经批准。

外借印章，除前款规定外，还应当具备下列条件：

（一）有书面申请；

（二）有专人随行。

第三条　违反本办法第二条第二款第（一）项的，依照《某局问责办法》第九条处理；轻的适用第二条第二款。

第四条　本办法自2024年3月1日起施行。
"""
FILES = """# 某局档案管理办法

第一条　为规范档案管理，制定本办法。

第二条　档案由办公室管理。

档案外借，依照《某局印章管理办法》第二条第二款第（二）项办理。

第三条　有下列情形之一的，不得外借：

（一）涉及个人隐私的；

（二）正在整理的。

第四条　本办法自2024年1月1日起施行。
"""
SCOPE = Scope.everything(as_of=date(2025, 1, 1))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cited")
    source = place / "制度"
    source.mkdir()
    (source / "印章.md").write_text(SEALS, encoding="utf-8")
    (source / "档案.md").write_text(FILES, encoding="utf-8")
    report = index(Settings(home=place / "home", workers=1), [source], Options())
    assert report.failed == []
    return place / "home"


def show(home: Path, ident: str) -> Provision:
    with KnowledgeBase.open(Settings(home=home)) as base:
        return base.provision(ident, SCOPE)


@pytest.mark.parametrize(
    ("place", "locator", "text"),
    [
        ("第二条第一款", "第一款", "用印须经批准。"),
        ("第二条第二款第（一）项", "第二款第（一）项", "（一）有书面申请；"),
        ("第二条第二款第(二)项", "第二款第（二）项", "（二）有专人随行。"),
        ("第2条第2款第2项", "第二款第（二）项", "（二）有专人随行。"),
        ("第二条第（二）项", "第二款第（二）项", "（二）有专人随行。"),
        ("第二条（二）", "第二款第（二）项", "（二）有专人随行。"),
    ],
)
def test_exactly_that_place(home: Path, place: str, locator: str, text: str) -> None:
    found = show(home, f"印章.md#{place}")
    assert (found.locator, found.text) == (locator, text)


@pytest.mark.parametrize("place", ["第三条第（二）项", "第三条第一款第（二）项"])
def test_an_article_of_one_paragraph_takes_both_spellings(home: Path, place: str) -> None:
    found = show(home, f"档案.md#{place}")
    assert found.text == "（二）正在整理的。"


@pytest.mark.parametrize("place", ["第二条第三款", "第二条第二款第（三）项", "第九条", "第二条@2"])
def test_what_is_not_there_is_said(home: Path, place: str) -> None:
    with pytest.raises(NotFound, match="没有"):
        show(home, f"印章.md#{place}")


def test_what_it_cites(home: Path) -> None:
    found = show(home, "印章.md#第三条")
    assert [(r.words, r.link.id, r.link.reason) for r in found.cites] == [
        ("本办法第二条第二款第（一）项", "印章.md#第二条第二款第（一）项", ""),
        ("《某局问责办法》第九条", "", "库中没有《某局问责办法》"),
        ("第二条第二款", "印章.md#第二条第二款", ""),
    ]


def test_what_cites_it(home: Path) -> None:
    whole = show(home, "印章.md#第二条")
    assert [(r.id, r.link.locator) for r in whole.cited_by] == [
        ("印章.md#第三条", "第二款第（一）项"),
        ("印章.md#第三条", "第二款"),
        ("档案.md#第二条", "第二款第（二）项"),
    ]
    item = show(home, "印章.md#第二条第二款第（二）项")
    assert [r.id for r in item.cited_by] == ["档案.md#第二条"]
    assert [r.link.id for r in show(home, "印章.md#第二条第二款").cites] == ["印章.md#第二条第一款"]


def test_the_command_prints_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "show", "印章.md#第三条"]) == 0
    out = capsys.readouterr().out
    assert "\n引用\n" in out
    assert "未能确定：库中没有《某局问责办法》" in out
    assert main(["--home", str(home), "show", "印章.md#第二条第（二）项", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["text"] == "（二）有专人随行。"
    assert shown["locator"] == "第二款第（二）项"
    assert [r["id"] for r in shown["cited_by"]] == ["档案.md#第二条"]


def test_a_second_paper_of_the_name_makes_it_ambiguous_and_its_end_undoes_that(
    tmp_path: Path,
) -> None:
    source = tmp_path / "制度"
    source.mkdir()
    (source / "印章.md").write_text(SEALS, encoding="utf-8")
    (source / "档案.md").write_text(FILES, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", workers=1)
    index(settings, [source], Options())
    ident = "印章.md#第一条"
    assert show(settings.home, ident).cites[0].link.id == "档案.md#第二条第一款"
    (source / "另一.md").write_text(FILES.replace("2024年", "2023年"), encoding="utf-8")
    index(settings, [], Options())
    with KnowledgeBase.open(settings) as base:
        every = base.provision(ident, Scope.everything(as_of=None)).cites[0].link
    assert "2 个版本" in every.reason
    (source / "另一.md").unlink()
    index(settings, [], Options(accept_removals=True))
    assert show(settings.home, ident).cites[0].link.id == "档案.md#第二条第一款"
    (source / "档案.md").unlink()
    index(settings, [], Options(accept_removals=True))
    assert show(settings.home, ident).cites[0].link.reason == "库中没有《某局档案管理办法》"
    assert show(settings.home, "印章.md#第二条第（二）项").cited_by == []
