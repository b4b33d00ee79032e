"""Decisions from rows of a table that an office keeps: which columns mean what, and what is wrong
with which row. Pure: the rows are cells as a reader of workbooks gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kb.decide.agenda import State
from kb.decide.template import DEFAULT
from kb.model import Tier
from kb.text.dates import parse_date

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("议题", "议题名称", "事项", "名称"),
    "day": ("上会日期", "会议日期", "日期", "时间"),
    "meeting": ("会议", "会议名称"),
    "department": ("承办单位", "承办处室", "承办", "牵头单位", "责任单位"),
    "partners": ("配合单位", "协办单位", "参加单位"),
    "kind": ("类别", "议题类别"),
    "tier": ("知悉范围", "公开范围"),
    "questions": ("要回答的问题", "问题"),
    "background": ("背景", "说明", "备注"),
    "papers": ("上会附件", "附件", "材料"),
}
"""Field → names that a column may have; the first is the one of the example."""
MOST_ROWS = 500
LONGEST = 4000
"""Characters of a cell."""
_SPLIT = re.compile(r"[、，,；;\n]+")
_TIERS = {tier.label: tier for tier in Tier}


@dataclass(frozen=True, slots=True)
class Read:
    """A row of the table. ``number`` is the one that the workbook shows; ``values`` are columns of
    a decision; ``faults`` say what is wrong with it (such a row is not taken in), ``notes`` what
    its reader should look at."""

    number: int
    values: Mapping[str, Any]
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as read; ``faults`` of the whole, ``unknown`` columns that nothing is taken from."""

    rows: tuple[Read, ...]
    faults: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def good(self) -> tuple[Read, ...]:
        """Rows that can be taken in."""
        return tuple(row for row in self.rows if not row.faults)


def read(rows: Sequence[Sequence[object]], *, held: Sequence[str], tiers: frozenset[Tier]) -> Sheet:
    """Decisions from the rows of a sheet, the first with anything in it being the head.

    Args:
        rows: cells; numbers, dates and texts as the workbook has them.
        held: titles of decisions that are there already.
        tiers: those that the importing person may see.
    """
    at = next((i for i, row in enumerate(rows) if any(_text(cell) for cell in row)), None)
    if at is None:
        return Sheet((), ("表是空的",))
    head = [_text(cell) for cell in rows[at]]
    places, unknown = _places(head)
    if "title" not in places:
        names = "、".join(COLUMNS["title"])
        return Sheet((), (f"第 {at + 1} 行（表头）没有“议题”一列（可写作：{names}）",), unknown)
    if len(rows) - at - 1 > MOST_ROWS:
        return Sheet((), (f"超过 {MOST_ROWS} 行，请分几次导入",), unknown)
    seen = {_key(title): "已在议题中" for title in held}
    found = []
    for number, row in enumerate(rows[at + 1 :], at + 2):
        if not any(_text(cell) for cell in row):
            continue
        one = _row(number, row, places, tiers)
        key = _key(str(one.values.get("title", "")))
        if key and key in seen:
            one = Read(number, one.values, one.faults, (*one.notes, f"同名议题{seen[key]}"))
        seen.setdefault(key, f"在第 {number} 行")
        found.append(one)
    return Sheet(tuple(found), () if found else ("表头下面没有内容",), unknown)


def _places(head: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Which column holds which field; columns of other names."""
    known = {_key(name): field for field, names in COLUMNS.items() for name in names}
    places: dict[str, int] = {}
    unknown = []
    for place, name in enumerate(head):
        field = known.get(_key(name.split("（")[0].split("(")[0]))
        if field is not None and field not in places:
            places[field] = place
        elif name and name not in ("序号", "编号"):
            unknown.append(name)
    return places, tuple(unknown)


def _row(
    number: int, row: Sequence[object], places: Mapping[str, int], tiers: frozenset[Tier]
) -> Read:
    cells = {field: row[place] for field, place in places.items() if place < len(row)}
    text = {field: _text(cell) for field, cell in cells.items()}
    faults, notes = [], []
    if not text.get("title"):
        faults.append("没有议题名称")
    faults += [
        f"“{COLUMNS[field][0]}”超过 {LONGEST} 字"
        for field, said in text.items()
        if len(said) > LONGEST
    ]
    day = _day(cells.get("day"))
    if day is None and text.get("day"):
        faults.append(f"上会日期读不懂：{text['day']}（写作 2026-03-16）")
    if not text.get("department"):
        notes.append("没有承办单位")
    tier = _TIERS.get(text.get("tier", "") or Tier.INTERNAL.label)
    if tier is None:
        faults.append(f"知悉范围不对：{text['tier']}（可写 {'、'.join(_TIERS)}）")
    elif tier not in tiers:
        faults.append(f"知悉范围“{tier.label}”高于您的可见范围")
    return Read(
        number,
        {
            "title": text.get("title", ""),
            "day": day,
            "meeting": text.get("meeting", ""),
            "department": text.get("department", ""),
            "partners": _parts(text.get("partners", "")),
            "kind": text.get("kind", ""),
            "tier": (tier or Tier.INTERNAL).value,
            "questions": [line for line in text.get("questions", "").splitlines() if line.strip()],
            "background": text.get("background", ""),
            "papers": _parts(text.get("papers", "")),
            "template": DEFAULT,
            "state": State.IDEA.value,
        },
        tuple(faults),
        tuple(notes),
    )


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return parse_date(_text(cell)) if cell is not None else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SPLIT.split(text) if part.strip()]


def _key(name: str) -> str:
    return "".join(name.split()).lower()
