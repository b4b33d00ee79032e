"""Tables with drawn lines in a PDF, by pdfplumber."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from indexer.readers.lines import tidy
from indexer.reading import Block, table

MOST_PAGES = 200
"""Finding tables takes about 0.1 s a page; beyond this many ruled pages it is not tried."""
Box = tuple[float, float, float, float]


def tables_of(data: bytes, pages: list[int], notes: list[str]) -> Iterator[tuple[int, Box, Block]]:
    """(page, box as x0, top, x1, bottom in points, table) for the given pages.

    A page whose tables cannot be found is read as text; ``notes`` then says so.
    """
    import pdfplumber

    if len(pages) > MOST_PAGES:
        notes.append(f"第{pages[MOST_PAGES]}页以后的表格按文字读取")
    try:
        document = pdfplumber.open(BytesIO(data))
    except Exception as error:  # pdfminer raises many kinds for odd files that pdfium reads
        notes.append(f"表格无法识别（{type(error).__name__}），按文字读取")
        return
    with document:
        for number in pages[:MOST_PAGES]:
            page = document.pages[number - 1]
            try:
                for found in page.find_tables():
                    rows = [tuple(_cell(cell) for cell in row) for row in found.extract()]
                    if len(rows) < 2 or max(map(len, rows)) < 2:
                        continue
                    if sum(bool(cell) for row in rows for cell in row) < 3:
                        continue
                    if made := table(rows):
                        yield number, found.bbox, made
            except Exception as error:  # one odd page must not lose the file
                notes.append(f"第{number}页的表格无法识别（{type(error).__name__}），按文字读取")
            finally:
                page.close()


def _cell(cell: str | None) -> str:
    return tidy("".join((cell or "").splitlines()))
