"""XLSX: each sheet is a heading and a table; merged cells are filled once."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from indexer.readers.limits import BOMB_HINT, MAX_ROWS, Archive
from indexer.reading import Block, Reading, table
from kb.errors import ReadError

DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00D\x00O")
PER_CENT = re.compile(r"\.(0{1,6})%")
UNCOMPUTED = re.compile(rb"(?:</f>|<f/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
MAX_COLUMNS = 200
EMPTY_ROWS = 1_000
"""So many empty rows on end finish a sheet: formatted but unused rows can be a million."""


def read(data: bytes, name: str) -> Reading:
    """Read a workbook's visible sheets, values as last computed.

    Raises:
        ReadError: torn, encrypted, or beyond the bounds.
    """
    import openpyxl

    uncomputed = _examined(Archive(data, name), name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # unsupported extensions do not touch the values
            book = openpyxl.load_workbook(BytesIO(data), data_only=True, keep_links=False)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError, SyntaxError) as error:
        raise ReadError(
            name, "表格文件已损坏，无法打开", hint="用 Excel 或 WPS 打开并另存一份"
        ) from error
    notes: list[str] = []
    if uncomputed:
        notes.append(f"{uncomputed} 个公式没有计算结果，读作空白；用 Excel 或 WPS 打开并保存一次")
    blocks: list[Block] = []
    total = 0
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                notes.append(f"隐藏的工作表“{sheet.title}”未读取")
                continue
            rows = list(_rows(sheet))
            total += len(rows)
            if total > MAX_ROWS:
                raise ReadError(name, f"表格行数过多（超过 {MAX_ROWS} 行）", hint="拆分后再入库")
            blocks.extend(sheet_blocks(sheet.title, rows))
    finally:
        book.close()
    return Reading("xlsx", tuple(blocks), notes=tuple(notes))


def _examined(archive: Archive, name: str) -> int:
    """Test the members within bounds, as openpyxl unpacks by itself; the formulas without a value.

    Raises:
        ReadError: no office program writes a document type; with one come entities that expand.
    """
    uncomputed = 0
    for member in archive.names():
        if not member.endswith((".xml", ".rels")):
            continue
        content = archive.read(member)
        if DOCTYPE.search(content):
            raise ReadError(name, f"{member} 含有文档类型声明", hint=BOMB_HINT)
        if member.startswith("xl/worksheets/"):
            uncomputed += len(UNCOMPUTED.findall(content))
    return uncomputed


def sheet_blocks(title: str, rows: list[tuple[str, ...]]) -> Iterator[Block]:
    """A sheet as blocks: its name where it says something, its caption, its table.

    Rows above the header that fill one cell only (a title merged over the width, a note on units)
    are captions; a blank row ends a table.
    """
    if not any(any(row) for row in rows):
        return
    if not title.lower().startswith(("sheet", "工作表")):
        yield Block("heading", title, level=2)
    gathered: list[tuple[str, ...]] = []
    for row in [*rows, ()]:
        filled = [cell for cell in row if cell]
        if len(filled) <= 1 and not gathered:
            if filled:
                yield Block("caption", filled[0], style="centre")
        elif not filled:
            yield from _table(gathered)
            gathered = []
        else:
            gathered.append(row)
    yield from _table(gathered)


def _table(rows: list[tuple[str, ...]]) -> Iterator[Block]:
    """A table; a header of two rows (groups above columns) becomes one."""
    trailing: list[tuple[str, ...]] = []
    while rows and sum(map(bool, rows[-1])) == 1 and len(rows) > 2:
        trailing.insert(0, rows.pop())  # a remark below the table
    if len(rows) > 2 and _grouped(rows[0], rows[1]):
        rows = [_merged_header(rows[0], rows[1]), *rows[2:]]
    if made := table(rows):
        yield made
    for row in trailing:
        yield Block("paragraph", next(cell for cell in row if cell))


def _grouped(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether the second row names columns below groups: it fills gaps that the first leaves."""
    width = max(len(first), len(second))
    a = [*first, *[""] * (width - len(first))]
    b = [*second, *[""] * (width - len(second))]
    below = [i for i in range(width) if not a[i] and b[i]]
    alone = [i for i in range(width) if a[i] and not b[i]]
    words = all(not cell.replace(".", "").isdigit() for cell in b if cell)
    return bool(below) and bool(alone) and words


def _merged_header(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    width = max(len(first), len(second))
    group = ""
    cells: list[str] = []
    for index in range(width):
        upper = first[index] if index < len(first) else ""
        lower = second[index] if index < len(second) else ""
        group = upper or (group if lower else "")
        cells.append(f"{group}·{lower}" if group and lower else group or lower)
    return tuple(cells)


def _rows(sheet: Any) -> Iterator[tuple[str, ...]]:
    empty = 0
    for row in sheet.iter_rows(max_col=min(sheet.max_column or 1, MAX_COLUMNS)):
        cells = tuple(shown(cell.value, cell.number_format) for cell in row)
        empty = 0 if any(cells) else empty + 1
        if empty > EMPTY_ROWS:
            return
        yield cells


def shown(value: object, number_format: str = "") -> str:
    """A cell's value as a reader of the sheet sees it, near enough: dates in words, shares in
    per cent where the format says so."""
    if "%" in number_format and isinstance(value, int | float) and not isinstance(value, bool):
        decimals = PER_CENT.search(number_format)
        return f"{value * 100:.{len(decimals[1]) if decimals else 0}f}%"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        if value.time() == time():
            return f"{value.year}年{value.month}月{value.day}日"
        return f"{value.year}年{value.month}月{value.day}日{value:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float):
        return f"{value:.10g}"
    return " ".join(str(value).split())
