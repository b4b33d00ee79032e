"""Decisions from a workbook: what rows become, and what is said of the wrong ones."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from kb.decide.agenda_sheet import MOST_ROWS, read
from kb.errors import ReadError
from kb.model import Tier
from kb.ui.sheets import LARGEST, example, rows_of

EVERY = frozenset(Tier)
HEAD = ("序号", "议题名称", "上会日期", "承办处室（牵头）", "配合单位", "公开范围", "经费")


def book(*rows: tuple[object, ...]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def test_rows_become_decisions_and_faults_name_their_row() -> None:
    data = book(
        (),
        HEAD,
        (1, "采购设备", date(2026, 3, 16), "办公室", "财务处；机关纪委", "内部", 30),
        (2, "续签合同", "2026年4月1日", None, None, None, None),
        (),
        (3, None, "2026-05-01", "办公室", None, None, None),
        (4, "更新车辆", "月底", "办公室", None, "绝密", None),
        (5, "采购 设备", None, "办公室", None, "公开", None),
        (6, "已有的事", None, "办公室", None, None, None),
    )
    found = read(rows_of("议题.xlsx", data), held=["已有的事"], tiers=EVERY)
    assert found.faults == ()
    assert found.unknown == ("经费",)
    first, second, nameless, wrong, twice, there = found.rows
    assert first.number == 3, "as the workbook counts"
    assert first.values["day"] == date(2026, 3, 16)
    assert first.values["partners"] == ["财务处", "机关纪委"]
    assert (first.values["tier"], first.values["state"]) == ("internal", "酝酿")
    assert second.values["day"] == date(2026, 4, 1)
    assert second.notes == ("没有承办单位",)
    assert (nameless.number, nameless.faults) == (6, ("没有议题名称",))
    assert wrong.faults == (
        "上会日期读不懂：月底（写作 2026-03-16）",
        "知悉范围不对：绝密（可写 公开、内部、敏感）",
    )
    assert twice.notes == ("同名议题在第 3 行",)
    assert there.notes == ("同名议题已在议题中",)
    assert [row.number for row in found.good] == [3, 4, 8, 9]


def test_a_tier_above_one_s_own_is_a_fault() -> None:
    rows = [("议题", "知悉范围"), ("甲", "敏感")]
    found = read(rows, held=[], tiers=frozenset({Tier.PUBLIC, Tier.INTERNAL}))
    assert found.rows[0].faults == ("知悉范围“敏感”高于您的可见范围",)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "表是空的"),
        ([("事由", "日期")], "没有“议题”一列"),
        ([("议题",)], "没有内容"),
        ([("议题",), *[("甲",)] * (MOST_ROWS + 1)], "请分几次"),
    ],
)
def test_a_table_that_is_none_says_so(rows: list[tuple[object, ...]], said: str) -> None:
    found = read(rows, held=[], tiers=EVERY)
    assert said in found.faults[0]
    assert found.good == ()


def test_the_example_reads_without_a_fault() -> None:
    found = read(rows_of("样表.xlsx", example()), held=[], tiers=EVERY)
    assert len(found.good) == len(found.rows) == 1
    assert found.unknown == ()
    assert found.rows[0].notes == ()


def test_a_file_that_is_no_workbook_is_named() -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (65 * 2**20))
    for data, said in (
        (b"PK\x03\x04 torn", "读不出来"),
        ("议题,日期".encode(), "读不出来"),
        (b"0" * (LARGEST + 1), "超过"),
        (bomb.getvalue(), "展开后过大"),
    ):
        with pytest.raises(ReadError, match=said):
            rows_of("坏.xlsx", data)


CELL = (
    st.none() | st.text(max_size=20) | st.integers() | st.floats() | st.datetimes() | st.booleans()
)


@given(st.lists(st.lists(CELL, max_size=8), max_size=8))
def test_whatever_stands_in_the_cells_is_read_or_refused(rows: list[list[object]]) -> None:
    found = read([["议题", "日期", "知悉范围"], *rows], held=["甲"], tiers=EVERY)
    for row in found.good:
        assert row.values["title"]
        assert row.values["day"] is None or isinstance(row.values["day"], date)
