"""Lists that people take away as a table: XLSX and CSV. No cell is ever run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from kb.retrieve import Hit
from kb.ui.cite import citation

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
COPY, COPY_SHEET = "本件：", "份号"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOST = 32_000
"""Excel's cell holds 32,767 characters."""

HITS_HEAD = (
    "序号", "文件", "条", "引用", "状态", "类型", "效力层级", "发文字号", "制发机关", "归口部门",
    "施行（印发）日期", "所在位置", "原文", "命中原因", "编号",
)  # fmt: skip


def hit_rows(hits: Sequence[Hit]) -> list[tuple[str, ...]]:
    """A row a hit, in order, under `HITS_HEAD`."""
    return [
        (
            str(number),
            h.version.title,
            h.label,
            citation(h.version, h.label),
            h.status.value if h.status else "",
            h.version.kind.label,
            h.version.force.value,
            h.version.number,
            h.version.issuer,
            h.version.department,
            str(h.version.effective or h.version.issued or ""),
            " › ".join(h.heading),
            h.text,
            h.why.in_words(),
            h.id,
        )
        for number, h in enumerate(hits, start=1)
    ]


def as_csv(head: Sequence[str], rows: Sequence[Sequence[str]], *, mark: str = "") -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads it as such.

    What a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection):
    a cell that begins with = + - @, a tab or a carriage return, also behind blanks or in the
    full-width forms that some programs read alike.

    ``mark``: whose copy it is, in a last row (the first would be taken for the head).
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    last = [(f"{COPY}{mark}", *[""] * (len(head) - 1))] if mark else []
    for row in (head, *rows, *last):
        writer.writerow([_harmless(_clean(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, sheet: str, mark: str = ""
) -> bytes:
    """A workbook with one sheet. Every cell is typed as text: none can be a formula.

    ``mark``: whose copy it is, in a second sheet, at the foot of what is printed and in the
    workbook's properties.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.freeze_panes = "A2"
    widths = [max(len(name), *(min(len(r[i]), 40) for r in rows), 1) for i, name in enumerate(head)]
    for i, width in enumerate(widths):
        page.column_dimensions[chr(ord("A") + i)].width = min(width * 2 + 2, 60)
    for number, row in enumerate((head, *rows)):
        page.append([_cell(page, value, bold=not number) for value in row])
    if mark:
        own = book.create_sheet(COPY_SHEET)
        own.column_dimensions["A"].width = 80
        own.append([_cell(own, f"{COPY}{mark}")])
        # «&» begins a code there.
        page.oddFooter.center.text = _clean(mark).replace("&", "&&")
        book.properties.creator = book.properties.lastModifiedBy = _clean(mark)
        book.properties.description = f"{COPY}{_clean(mark)}"
        book.properties.identifier = mark.rpartition(" ")[2]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table_bytes(
    form: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    sheet: str,
    mark: str = "",
) -> bytes:
    """In the form asked for, a key of `TYPES`."""
    if form == "csv":
        return as_csv(head, rows, mark=mark)
    return as_xlsx(head, rows, sheet=sheet, mark=mark)


def _cell(page: WriteOnlyWorksheet, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(page, value=_clean(value))
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _clean(value: str) -> str:
    return _CONTROL.sub("", value)[:_MOST]


def _harmless(value: str) -> str:
    start = value.lstrip(" \u3000\n")[:1]
    return f"'{value}" if start and start in "=+-@\t\r＝＋－＠" else value
