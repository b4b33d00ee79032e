"""岗责 and 体检 under AppTest, and the files that they hand out."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.decide.system.graph import graph
from kb.model import Scope
from kb.seat import Seat
from kb.ui import duties, export
from kb.ui.graph import svg
from kb.ui.survey import ledger, report_bytes, report_of, survey
from tests.support.ui import Opener, html_of, press, unharmed

DAY = date(2026, 11, 24)


def owner(base: KnowledgeBase) -> Seat:
    return Seat(base, Visitor(None, "主人", "主人", "", "试验"))


def test_duties_are_listed_with_their_articles(open_page: Opener) -> None:
    page = open_page("duties", dw="印章管理岗")
    unharmed(page)
    shown = html_of(page)
    assert "程序从现行制度中读出" in shown
    assert "印章管理岗" in shown
    assert "/read?doc=" in shown
    assert "2015" not in shown, "what was repealed gives no duties"


def test_the_other_sides(open_page: Opener) -> None:
    gaps = open_page("duties", dv="gaps")
    unharmed(gaps)
    assert any("没有写明由谁办" in str(s.value) for s in gaps.subheader)
    months = open_page("duties", dv="calendar", dm="11")
    unharmed(months)
    assert any("11月到期的例行事项" in str(s.value) for s in months.subheader)
    assert any("去年同月" in str(s.value) for s in months.subheader)


def test_a_person_confirms_a_duty(open_page: Opener, home: Path) -> None:
    with KnowledgeBase.open(Settings(home=home)) as base:
        seat = owner(base)
        found = ledger(seat, survey(seat, seat.scope(date.today()), "岗责"))
        entry = next(x for x in found if x.actor == "印章管理岗" and x.limit)
    page = open_page("duties", duty=f"{entry.passage_id}|{entry.mark}")
    unharmed(page)
    assert "核对一项职责" in html_of(page)
    press(page, "确认，读得对")
    unharmed(page)
    again = open_page("duties", dstate="已确认")
    assert "显示 1 项" in html_of(again)


@pytest.mark.parametrize("view", ["", "look", "graph", "differ", "use"])
def test_every_side_of_the_checkup(open_page: Opener, view: str) -> None:
    page = open_page("system", sv=view)
    unharmed(page)
    assert "月报 PDF" in html_of(page)


@pytest.mark.parametrize("page", ["duties", "system"])
def test_without_an_index(open_page: Opener, tmp_path: Path, page: str) -> None:
    shown = open_page(page, home=tmp_path / "空")
    unharmed(shown)
    assert "还没有入库任何文件" in html_of(shown)


def test_the_table_as_a_workbook(base: KnowledgeBase) -> None:
    seat = owner(base)
    found = ledger(seat, survey(seat, seat.scope(DAY), "岗责"))
    rows = duties.export_rows(duties.narrow(found, unit="办公室", timed=True))
    data = export.table_bytes("xlsx", duties.EXPORT_HEAD, rows, sheet="岗责与时限")
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(duties.EXPORT_HEAD)
    assert sheet.max_row == len(rows) + 1 > 10


def test_the_report_in_three_forms(base: KnowledgeBase) -> None:
    seat = owner(base)
    scope = seat.scope(DAY)
    pack = report_of(seat, survey(seat, scope, "制度体检"), scope)
    page = report_bytes(seat, pack, "html").decode()
    for part in (
        "制度体检报告（2026年11月）",
        "到期复核",
        "同一事项规定不同",
        "近期到期的例行事项",
    ):
        assert part in page
    assert "跨市用车由办公室主任批准" in page
    assert report_bytes(seat, pack, "pdf").startswith(b"%PDF")
    names = zipfile.ZipFile(io.BytesIO(report_bytes(seat, pack, "docx"))).namelist()
    assert "word/document.xml" in names


def test_the_graph_joins_rules_bases_and_what_they_ended(base: KnowledgeBase) -> None:
    drawn = graph(base.documents(Scope.everything(as_of=DAY)), DAY)
    edges = {(e.start.rpartition("/")[2], e.end, e.what) for e in drawn.edges}
    assert ("保密工作规定.md", "《中华人民共和国保守国家秘密法》0", "依据") in edges
    assert ("机关工作流程规程.md", "制度/岗位职责规定.md", "依据") in edges
    assert ("采购管理办法.md", "制度/历史版本/采购管理办法(2019).md", "废止") in edges
    text = svg(drawn)
    assert text.count("<path") == len(drawn.edges)
    assert text.count('class="box"') == len(drawn.nodes)
