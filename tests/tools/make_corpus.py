"""Make the files of `corpus/` that are no Markdown, from the Markdown beside this script.

    python tests/tools/make_corpus.py

Each source in ``sources/`` becomes one file of another format, so that a demonstration meets what
an office has: Word with automatic numbering, PDF, OFD, a web page, an old GB18030 text, workbooks
with merged cells. The same source gives the same bytes, save where a library writes the time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.office_files import (  # noqa: E402 - after the path is set
    docx_from_markdown,
    html_from_markdown,
    ofd_from_markdown,
    pdf_from_markdown,
    pieces,
)

BUREAU = "云澜市公共事务管理局"
THIN = Side(style="thin", color="808080")


def text_from_markdown(text: str, path: Path) -> None:
    """An old text file: GB18030, no marks of Markdown, lines ended as on Windows."""
    lines = [re.sub(r"^#+\s*", "", line) for line in text.strip().splitlines()]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("gb18030"))


def workbook_from_markdown(text: str, path: Path) -> None:
    """A workbook: one sheet a table, the title merged over its columns, and a merged cell where
    the Markdown has ``^`` (as above) or ``<`` (as to the left)."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    title = next(p.text for p in pieces(text) if p.kind == "title")
    name = title
    notes: list[str] = []
    for piece in pieces(text):
        if piece.kind == "heading":
            name = piece.text
        elif piece.kind == "table":
            _sheet(workbook, name, title, notes, piece.rows)
            notes = []
        elif piece.kind == "paragraph":
            notes.append(piece.text)
    for note in notes:
        sheet = workbook.worksheets[-1]
        sheet.append([note])
    workbook.properties.created = workbook.properties.modified = datetime(2026, 1, 5)  # noqa: DTZ001
    workbook.properties.creator = BUREAU
    workbook.save(path)


def _sheet(
    workbook: Workbook, name: str, title: str, notes: list[str], rows: tuple[tuple[str, ...], ...]
) -> None:
    sheet = workbook.create_sheet(re.sub(r"[\\/*?:\[\]]", "", name)[:31])
    width = max(map(len, rows))
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    for note in notes:
        sheet.append([note])
        sheet.merge_cells(
            start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=width
        )
    top = sheet.max_row + 1
    for row in rows:
        sheet.append([_value(cell) for cell in row])
    for r, row in enumerate(rows):
        for c in range(len(row)):
            cell = sheet.cell(top + r, c + 1)
            cell.border = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    _merge(sheet, rows, top)
    for c in range(width):
        longest = max((len(row[c]) for row in rows if c < len(row)), default=4)
        sheet.column_dimensions[get_column_letter(c + 1)].width = min(40, 2.2 * longest + 4)


def _merge(sheet: object, rows: tuple[tuple[str, ...], ...], top: int) -> None:
    for c in range(max(map(len, rows))):
        start = 0
        for r in range(1, len(rows) + 1):
            if r < len(rows) and c < len(rows[r]) and rows[r][c] == "^":
                continue
            if r - start > 1:
                sheet.merge_cells(  # type: ignore[attr-defined]
                    start_row=top + start,
                    end_row=top + r - 1,
                    start_column=c + 1,
                    end_column=c + 1,
                )
            start = r
    for r, row in enumerate(rows):
        start = 0
        for c in range(1, len(row) + 1):
            if c < len(row) and row[c] == "<":
                continue
            if c - start > 1:
                sheet.merge_cells(  # type: ignore[attr-defined]
                    start_row=top + r, end_row=top + r, start_column=start + 1, end_column=c
                )
            start = c


def _value(cell: str) -> str | int | float | None:
    if cell in ("^", "<", ""):
        return None
    plain = cell.replace(",", "")
    if re.fullmatch(r"-?\d+", plain):
        return int(plain)
    if re.fullmatch(r"-?\d+\.\d+", plain):
        return float(plain)
    return cell


MAKERS: dict[str, Callable[[str, Path], None]] = {
    ".docx": docx_from_markdown,
    ".pdf": pdf_from_markdown,
    ".ofd": ofd_from_markdown,
    ".html": html_from_markdown,
    ".txt": text_from_markdown,
    ".xlsx": workbook_from_markdown,
}

FILES = {
    "制度/网络安全管理办法.docx": "网络安全管理办法.md",
    "制度/值班工作制度.pdf": "值班工作制度.md",
    "制度/信访工作办法.ofd": "信访工作办法.md",
    "制度/政府信息公开工作办法.html": "政府信息公开工作办法.md",
    "制度/廉洁自律规定.txt": "廉洁自律规定.md",
    "资料/2025年度采购情况统计表.xlsx": "2025年度采购情况统计表.md",
    "资料/固定资产盘点汇总表.xlsx": "固定资产盘点汇总表.md",
    "资料/2025年值班与应急事件统计.pdf": "2025年值班与应急事件统计.md",
    "资料/办公设备配置参考标准.html": "办公设备配置参考标准.md",
}
"""Below corpus/ → below sources/."""


def main() -> None:
    """Make every file."""
    for target, source in FILES.items():
        text = (HERE / "sources" / source).read_text(encoding="utf-8")
        path = ROOT / "corpus" / target
        path.parent.mkdir(parents=True, exist_ok=True)
        MAKERS[path.suffix](text, path)
        print(target, path.stat().st_size)


if __name__ == "__main__":
    main()
