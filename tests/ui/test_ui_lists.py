"""Filters, order, folding, suggestions, and the tables that people take away."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kb.catalogue.rows import NamedRow
from kb.model import Force, Kind, Status, Validity
from kb.retrieve.result import Ended, Same
from kb.ui import export
from kb.ui.asked import Asked
from kb.ui.filters import FACETS, Filters, narrow, options, ordered
from kb.ui.hits import ended_html, same_html
from kb.ui.suggest import suggestions
from tests.support.ui_rows import hit, version

FACET = {facet.name: facet for facet in FACETS}
LAW = version("法/甲法.md", title="甲法", force=Force.LAW, effective=date(2020, 1, 1))
OWN = version("制度/乙办法.md", title="乙办法", effective=date(2024, 1, 1))
OLD = version("制度/丙办法.md", title="丙办法", effective=date(2016, 1, 1))
NOTE = version("经验/丁.md", title="丁", kind=Kind.EXPERIENCE, effective=None, issued=None)
HITS = [
    hit(OWN, "第一条"),
    hit(LAW, "第二条"),
    replace(hit(OLD, "第三条"), status=Status.REPEALED),
    hit(NOTE, "p1"),
]


def test_a_choice_tells_what_it_would_leave() -> None:
    assert list(options(HITS, FACET["状态"], Filters()).values()) == [
        "状态：全部", "现行有效（2）", "已废止（1）", "经验（1）",
    ]  # fmt: skip
    assert list(options(HITS, FACET["效力层级"], Filters()))[:2] == ["", "法律"]
    assert list(options(HITS, FACET["年份"], Filters())) == ["", "2024", "2020", "2016", "未标明"]
    assert list(options(HITS, FACET["来源"], Filters())) == ["", "制度", "法", "经验"]


def test_counts_follow_the_other_choices_and_not_its_own() -> None:
    chosen = Filters({"fd": "制度"})
    assert options(HITS, FACET["状态"], chosen)["现行有效"] == "现行有效（1）"
    assert options(HITS, FACET["来源"], chosen)["法"] == "法（1）"
    assert [h.version.title for h in narrow(HITS, chosen)] == ["乙办法", "丙办法"]


def test_what_a_link_chose_stays_a_choice() -> None:
    chosen = Filters({"yr": "1999"})
    assert options(HITS, FACET["年份"], chosen)["1999"] == "1999（0）"
    assert narrow(HITS, chosen) == []


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        ("", ["乙办法", "甲法", "丙办法", "丁"]),
        ("new", ["乙办法", "甲法", "丙办法", "丁"]),
        ("old", ["丙办法", "甲法", "乙办法", "丁"]),
        ("force", ["甲法", "乙办法", "丙办法", "丁"]),
        ("title", ["丁", "丙办法", "乙办法", "甲法"]),
    ],
)
def test_order(sort: str, titles: list[str]) -> None:
    assert [h.version.title for h in ordered(HITS, sort)] == titles


def test_an_address_tells_the_whole_search() -> None:
    asked = Asked("公章", "regulation", date(2020, 1, 2), Filters({"st": "现行有效"}, "new"))
    query = asked.link.partition("?")[2]
    from urllib.parse import parse_qsl

    assert Asked.of(dict(parse_qsl(query))) == asked
    assert Asked.of({"q": " 公章 ", "kind": "无", "day": "无", "sort": "无"}) == Asked("公章")


def test_equal_words_elsewhere_are_named() -> None:
    there = Same("法/甲法.md#第二条", "甲法", "第二条")
    shown = same_html(replace(hit(OWN, "第一条"), same=(there,)), "公章", None)
    assert "另有 1 处文字相同" in shown
    assert "《甲法》第二条" in shown
    assert same_html(hit(OWN, "第一条"), "公章", None) == ""


def test_what_ended_a_paper_is_said() -> None:
    over = replace(hit(OLD, "第三条"), status=Status.REPEALED)
    by = Ended(date(2022, 6, 1), "乙<办法>", "制度/乙办法.md")
    assert "2022-06-01 起被" in ended_html(replace(over, ended=by))
    assert "乙&lt;办法&gt;" in ended_html(replace(over, ended=by))
    assert ended_html(over) == ""


def named(title: str, number: str = "") -> NamedRow:
    return NamedRow(title, title, number, "", Validity())


NAMES = [
    named("云澜市印章管理办法", "云公管〔2022〕11号"),
    named("印章刻制规定"),
    named("公务接待办法", "云公管〔2021〕7号"),
]


def test_suggestions() -> None:
    asked = ["外借公章需要谁批准", "印章外借", "印章外借"]
    assert [s.text for s in suggestions("", asked, NAMES)] == asked[:2]
    assert [(s.text, s.what) for s in suggestions("印章", asked, NAMES)] == [
        ("印章外借", "查过"),
        ("印章刻制规定", "文件"),
        ("云澜市印章管理办法", "文件"),
    ]
    assert [s.text for s in suggestions("2021", [], NAMES)] == ["云公管〔2021〕7号"]
    assert [s.text for s in suggestions("云澜 办法", [], NAMES)] == ["云澜市印章管理办法"]
    assert suggestions("没有这样的", asked, NAMES) == []


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", '=HYPERLINK("x")', "a\x00b"]


@pytest.mark.parametrize("cell", EVIL)
def test_no_cell_is_a_formula(cell: str) -> None:
    head, rows = ("甲",), [(cell,)]
    (_, (kept,)) = csv.reader(io.StringIO(export.as_csv(head, rows).decode("utf-8-sig")))
    assert kept.lstrip(" ")[:1] not in ("=", "+", "-", "@", "\t", "＝")
    book = load_workbook(io.BytesIO(export.as_xlsx(head, rows, sheet="表")))
    read = book["表"]["A2"]
    assert read.data_type == "s"
    assert str(read.value).strip() == cell.replace("\x00", "").strip()


def test_a_table_says_whose_copy_it_is() -> None:
    """CSV in a last row as long as the others; XLSX in a sheet, a foot and its properties."""
    head, rows = ("甲", "乙"), [("1", "2")]
    mark = "=R&D 1001 2026-11-24 22:10 第3份 ACDEFGHJKL"
    table = list(csv.reader(io.StringIO(export.as_csv(head, rows, mark=mark).decode("utf-8-sig"))))
    assert table == [["甲", "乙"], ["1", "2"], [f"本件：{mark}", ""]]
    book = load_workbook(io.BytesIO(export.as_xlsx(head, rows, sheet="表", mark=mark)))
    assert book.sheetnames == ["表", "份号"]
    assert (book["份号"]["A1"].value, book["份号"]["A1"].data_type) == (f"本件：{mark}", "s")
    assert book["表"].oddFooter.center.text == mark.replace("&", "&&")
    assert book.properties.identifier == "ACDEFGHJKL"
    assert mark in book.properties.description
    assert len(book["表"]["A"]) == 2
    plain = load_workbook(io.BytesIO(export.as_xlsx(head, rows, sheet="表")))
    assert plain.sheetnames == ["表"]


@given(st.lists(st.text(max_size=12), min_size=2, max_size=2))
def test_any_text_survives_as_text(cells: list[str]) -> None:
    head, rows = ("甲", "乙"), [tuple(cells)]
    book = load_workbook(io.BytesIO(export.as_xlsx(head, rows, sheet="表")))
    assert all(c.data_type in ("s", "n", "inlineStr") for c in book["表"][2])
    assert not any(str(c.value or "") and c.data_type == "f" for c in book["表"][2])
    parsed = list(csv.reader(io.StringIO(export.as_csv(head, rows).decode("utf-8-sig"))))
    assert len(parsed) >= 2


def test_rows_of_hits() -> None:
    rows = export.hit_rows(HITS)
    assert len(export.HITS_HEAD) == len(rows[0])
    assert rows[0][:4] == ("1", "乙办法", "第一条", "《乙办法》第一条")
