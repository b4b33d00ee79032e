"""A workbook that somebody uploads, as rows of cells; and the example that he may fill in."""

from __future__ import annotations

import zipfile
from io import BytesIO

from openpyxl import load_workbook

from indexer.readers.limits import BOMB_HINT
from kb.decide.agenda_sheet import COLUMNS, MOST_ROWS
from kb.errors import ReadError
from kb.ui.export import as_xlsx

LARGEST = 5 * 2**20
"""Bytes of an upload: some hundred rows of words are far below it."""
UNPACKED = 64 * 2**20
MOST_COLUMNS = 60
EXAMPLE = (
    "采购会议设备", "2026-03-16", "局长办公会", "办公室", "财务处、机关纪委", "大额资金使用",
    "内部", "达到多少金额要上会", "现有设备已用八年", "制度/采购管理办法.md",
)  # fmt: skip


def rows_of(name: str, data: bytes) -> list[tuple[object, ...]]:
    """The first sheet's cells, at most a few more rows than are taken in.

    Raises:
        ReadError: it is no workbook, is too large, or cannot be read; it names the file.
    """
    if len(data) > LARGEST:
        raise ReadError(name, f"超过 {LARGEST >> 20} MB", hint="只留议题一张表，另存后再试")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > UNPACKED:
                raise ReadError(name, "展开后过大", hint=BOMB_HINT)
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # What a workbook says of its own size may be wrong: count what comes.
            sheet.reset_dimensions()
            found: list[tuple[object, ...]] = []
            for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
                found.append(tuple(row))
                if len(found) > MOST_ROWS + 20:
                    break
            return found
        finally:
            book.close()
    except ReadError:
        raise
    except Exception as error:
        # openpyxl raises whatever a broken part made it stumble over.
        raise ReadError(
            name, "读不出来，不是完整的 Excel 工作簿（.xlsx）", hint="用 Excel 或 WPS 另存为 .xlsx"
        ) from error


def example() -> bytes:
    """A workbook with the columns and one row, to be filled in."""
    head = [names[0] for names in COLUMNS.values()]
    return as_xlsx(head, [EXAMPLE], sheet="议题")
