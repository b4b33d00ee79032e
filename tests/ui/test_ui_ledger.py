"""台账 and 说明 under AppTest, and errors that nobody foresaw."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from tests.support.ui import Opener, html_of, unharmed


def test_every_paper_is_listed_and_what_failed(open_page: Opener) -> None:
    page = open_page("ledger")
    unharmed(page)
    shown = html_of(page)
    assert "共 9 件，显示 9 件" in shown
    assert "云澜市公共事务管理局差旅费管理办法" in shown
    assert page.expander[0].label == "未能读取的文件（1）"
    assert "坏的.docx" in shown


def test_words_narrow(open_page: Opener) -> None:
    page = open_page("ledger")
    page.text_input(key="w").set_value("印章").run()
    unharmed(page)
    shown = html_of(page)
    assert "共 9 件，显示 2 件" in shown
    assert "差旅费" not in shown


def test_kind_and_status_in_the_address(open_page: Opener) -> None:
    shown = html_of(open_page("ledger", lk="experience"))
    assert "共 9 件，显示 2 件" in shown
    shown = html_of(open_page("ledger", ls="已废止"))
    assert "显示 1 件" in shown


def test_nothing_left_is_said(open_page: Opener) -> None:
    assert "没有符合条件的文件" in html_of(open_page("ledger", w="没有这几个字"))


@pytest.mark.parametrize("page", ["ledger", "about"])
def test_without_an_index(open_page: Opener, tmp_path: Path, page: str) -> None:
    shown = open_page(page, home=tmp_path / "空")
    unharmed(shown)
    assert "还没有入库任何文件" in html_of(shown)


def test_the_manual_tells_the_three_things(open_page: Opener) -> None:
    page = open_page("about")
    unharmed(page)
    shown = html_of(page)
    for part in ("怎样查", "怎样读", "怎样做参阅材料", "第 1 代索引"):
        assert part in shown


@pytest.mark.parametrize("page", ["", "read", "pack", "ledger", "about"])
def test_a_fault_of_ours_shows_no_traceback(
    open_page: Opener, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    for name in ("documents", "document", "counts", "passages"):
        monkeypatch.setattr(KnowledgeBase, name, breaks)
    shown = open_page(page, **({"doc": "x.md"} if page == "read" else {}))
    unharmed(shown)
    assert "没有显示出来" in shown.error[0].value
    assert "secret" not in str(shown.main)
