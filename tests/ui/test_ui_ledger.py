"""台账 and 说明 under AppTest, and errors that nobody foresaw."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.catalogue.rows import VersionRow
from kb.model import Scope, Status, Validity
from kb.ui import charts, ledger
from tests.support.ui import Opener, html_of, unharmed
from tests.support.ui_rows import version


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
    for part in ("怎样查", "怎样读", "给管的人", "给看的人", "第 1 代索引"):
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


def test_what_asks_for_attention_can_be_chosen(open_page: Opener) -> None:
    page = open_page("ledger")
    box = next(b for b in page.selectbox if b.key == "la")
    assert any(option.startswith("已不再有效（1）") for option in box.options)
    shown = html_of(open_page("ledger", la="已不再有效"))
    assert "显示 1 件" in shown
    assert "读取情况" in shown


def test_charts_with_their_numbers(open_page: Opener) -> None:
    page = open_page("ledger", lv2="charts")
    unharmed(page)
    shown = html_of(page)
    assert shown.count('<img class="kb-chart"') == 3
    assert "各效力层级的件数：本单位制度 6 件" in shown
    assert '<th scope="col">年份</th>' in shown


def today_row(**more: object) -> VersionRow:
    return replace(version("甲.md"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        (today_row(department="办公室"), ()),
        (today_row(), (ledger.ORPHAN,)),
        (today_row(owner="甲", review=date(2025, 1, 1)), (ledger.REVIEW,)),
        (
            today_row(owner="甲", validity=Validity(date(2020, 1, 1), date(2026, 2, 1))),
            (ledger.ENDING,),
        ),
        (
            today_row(validity=Validity(date(2020, 1, 1), date(2021, 1, 1), Status.REPEALED)),
            (ledger.ENDED,),
        ),
        (today_row(owner="甲", report={"characters": 10, "gaps": ["缺"]}), (ledger.UNREAD,)),
        (today_row(owner="甲", validity=Validity()), (ledger.UNSURE,)),
    ],
)
def test_flags(row: VersionRow, flags: tuple[str, ...]) -> None:
    (made,) = ledger.rows_of([row], Scope.everything(as_of=date(2026, 1, 1)))
    assert made.flags == flags
    assert ledger.narrow([made], flag=flags[0] if flags else "") == [made]


def test_rows_of_the_export() -> None:
    rows = ledger.rows_of([today_row()], Scope.everything(as_of=date(2026, 1, 1)))
    (cells,) = ledger.export_rows(rows)
    assert len(cells) == len(ledger.EXPORT_HEAD)


def test_a_picture_says_what_it_shows_and_runs_nothing() -> None:
    rows = ledger.rows_of([today_row()], Scope.everything(as_of=date(2026, 1, 1)))
    svg = charts.bars_svg(charts.by_force(rows), across=True, title="件数")
    assert "本单位制度" in svg
    assert "<script" not in svg
    html = charts.picture_html(svg, '一"件')
    assert 'alt="一&quot;件"' in html
    assert charts.spans(rows, date(2026, 1, 1))[0][1:] == ("2022-06-01", "2027-01-01", "现行有效")
