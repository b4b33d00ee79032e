"""XLS and ET (the OLE2 workbooks of Excel 97 and WPS), by xlrd."""

from __future__ import annotations

import datetime
import io
import struct
from collections.abc import Iterator
from typing import Any

from indexer.readers.limits import MAX_ROWS
from indexer.readers.xlsx import MAX_COLUMNS, sheet_blocks, shown
from indexer.reading import Block, Reading
from kb.errors import ReadError


def read(data: bytes, name: str) -> Reading:
    """Read an old workbook's visible sheets.

    Raises:
        ReadError: torn, encrypted, or beyond the bounds.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), formatting_info=True)
    except (
        xlrd.XLRDError, xlrd.compdoc.CompDocError, AssertionError, IndexError, KeyError,
        UnicodeDecodeError, ValueError, struct.error,
    ) as error:  # fmt: skip
        why = "已加密" if "ncrypt" in str(error) else "已损坏，无法打开"
        raise ReadError(name, f"表格文件{why}", hint="用 Excel 或 WPS 打开，另存为 xlsx") from error
    blocks: list[Block] = []
    notes: list[str] = []
    total = 0
    for sheet in book.sheets():
        if sheet.visibility:
            notes.append(f"隐藏的工作表“{sheet.name}”未读取")
            continue
        total += sheet.nrows
        if total > MAX_ROWS:
            raise ReadError(name, f"表格行数过多（超过 {MAX_ROWS} 行）", hint="拆分后再入库")
        rows = [tuple(_cells(book, sheet, r)) for r in range(sheet.nrows)]
        blocks.extend(sheet_blocks(sheet.name, rows))
    return Reading("xls", tuple(blocks), notes=tuple(notes))


def _cells(book: Any, sheet: Any, row: int) -> Iterator[str]:
    import xlrd

    for cell in sheet.row(row)[:MAX_COLUMNS]:
        value: object = cell.value
        if cell.ctype == xlrd.XL_CELL_DATE:
            try:
                value = xlrd.xldate_as_datetime(cell.value, book.datemode)
            except (ValueError, OverflowError, xlrd.XLDateError):
                value = cell.value
        elif cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            value = None
        elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
            value = bool(cell.value)
        if isinstance(value, datetime.time):
            value = str(value)
        yield shown(value, _format(book, cell))


def _format(book: Any, cell: Any) -> str:
    """The cell's number format; "" where the workbook defines none."""
    index = cell.xf_index
    if index is None or index >= len(book.xf_list):
        return ""
    found = book.format_map.get(book.xf_list[index].format_key)
    return "" if found is None else str(found.format_str)
