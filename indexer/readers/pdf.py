"""PDF with a text layer, by pypdfium2; its tables by pdfplumber."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it publishes no types
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from indexer.readers import ocr
from indexer.readers.columns import in_columns
from indexer.readers.encoding import garbled
from indexer.readers.limits import MAX_CHARACTERS, MAX_PAGES
from indexer.readers.lines import Line, blocks, scaled, tidy, without_running_heads
from indexer.readers.ocr_pages import DPI, Recognised, recognise, spans
from indexer.readers.pdf_tables import Box, tables_of
from indexer.reading import Reading, table
from kb.errors import ReadError

FEW = 8
"""Characters on a page below which it counts as a picture of text."""
SPARSE, COVERED = 60, 0.8
"""So few characters over a picture of this share of the page are a stamp or the mark that a
scanning program leaves, not what the page says."""
FULL, LARGE = 200, 0.25
"""A page with fewer characters and a picture of this share is noted: it may show a table."""
SCANNED, GARBLED = "scanned", "garbled"
GARBLED_WHY = "字体没有文字编码，读出的是乱码"


def read(data: bytes, name: str) -> Reading:
    """Read a PDF.

    Raises:
        ReadError: torn, encrypted, a scan without text, or with a font map that gives no text.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(name, "PDF 已加密，需要密码", hint="去除密码后另存一份") from error
        raise ReadError(name, "PDF 已损坏，无法打开", hint="重新获取或另存一份") from error
    try:
        return _read(document, data, name)
    except pdfium.PdfiumError as error:
        raise ReadError(name, "PDF 已损坏，页面无法读取", hint="重新获取或另存一份") from error
    finally:
        document.close()


def _read(document: Any, data: bytes, name: str) -> Reading:
    count = len(document)
    if count > MAX_PAGES:
        raise ReadError(name, f"页数过多（{count} 页）", hint=f"拆分为不超过 {MAX_PAGES} 页的文件")
    by_page: dict[int, list[Line]] = {}
    pictured: dict[int, str] = {}
    ruled: list[int] = []
    figures: list[int] = []
    total = 0
    for number in range(1, count + 1):
        page = document[number - 1]
        here = list(_lines(page, number))
        text = "".join(line.text for line in here)
        total += len(text)
        if total > MAX_CHARACTERS:
            raise ReadError(name, "文字过多", hint="拆分后再入库")
        if why := _no_text(page, text):
            pictured[number] = why
        elif len(text) < FULL and _covered(page) >= LARGE:
            figures.append(number)
        if not why and _ruled(page):
            ruled.append(number)
        if why != GARBLED:
            by_page[number] = here
        page.close()
    notes: list[str] = []
    found = _recognised(document, by_page, pictured, notes, name)
    if figures:
        notes.append(f"第{spans(figures)}页有大幅图片，图中的文字未读取")
    lines = [line for number in sorted(by_page) for line in by_page[number]]
    if not lines:
        raise ReadError(name, f"没有认出文字（扫描件，共 {count} 页）", hint="重新扫描得清楚些")
    kept, heads = without_running_heads(lines, count)
    if ruled:
        kept = _with_tables(kept, data, ruled, notes)
    kept = in_columns(kept)
    return Reading(
        "pdf",
        tuple(blocks(kept)),
        pages=count,
        notes=tuple(notes),
        heads=heads,
        confidence=found.confidence,
    )


def _no_text(page: Any, text: str) -> str:
    """Why a page's text is not what a reader sees on it; "" where it is."""
    characters = len("".join(text.split()))
    if characters >= FEW and garbled(text):
        return GARBLED
    if characters < FEW or (characters < SPARSE and _covered(page) >= COVERED):
        return SCANNED
    return ""


def _covered(page: Any) -> float:
    """Share of the page that its largest picture covers."""
    whole = max(page.get_width() * page.get_height(), 1.0)
    largest = 0.0
    for item in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = item.get_bounds()
        largest = max(largest, (right - left) * (top - bottom))
        item.close()
    return float(largest / whole)


def _recognised(
    document: Any,
    by_page: dict[int, list[Line]],
    pictured: dict[int, str],
    notes: list[str],
    name: str,
) -> Recognised:
    """Put the lines that OCR reads on the pictured pages into ``by_page``, where they say more
    than the page's own."""
    own = {number: sum(len(line.text) for line in here) for number, here in by_page.items()}
    if not pictured or not ocr.available():
        if pictured and sum(own.values()) < FEW * max(1, len(document) // 2):
            scan = GARBLED not in pictured.values()
            why = f"没有文字层（扫描件，共 {len(document)} 页）" if scan else GARBLED_WHY
            raise ReadError(name, why, hint=ocr.HINT)
        for why, said in ((SCANNED, "是图像，没有文字"), (GARBLED, "的字体没有文字编码")):
            if pages := [n for n, found in pictured.items() if found == why and not own.get(n)]:
                notes.append(f"第{spans(pages)}页{said}，未识别；{ocr.HINT}")
        return Recognised()

    def draw(number: int) -> Any:
        return drawn(document[number - 1])

    found = recognise([*pictured], draw, notes)
    better = {
        number: scaled(lines, document.get_page_size(number - 1)[1])
        for number, lines in found.pages.items()
        if sum(len(line.text) for line in lines) > 1.5 * own.get(number, 0)
    }
    by_page.update(better)
    if better:
        notes.insert(0, f"经文字识别（OCR）：第{spans(better)}页")
    if bare := [number for number in found.without if not own.get(number)]:
        notes.append(f"第{spans(bare)}页没有文字")
    return found


def drawn(page: Any) -> Any:
    """A page as a picture: rows × columns × 3 bytes. The page is closed."""
    width, height = page.get_size()
    # A page of any stated size is drawn within what OCR may look at.
    fits = (ocr.MAX_PIXELS / max(width * height, 1.0)) ** 0.5
    picture = page.render(scale=min(DPI / 72, fits), rev_byteorder=True).to_numpy()
    page.close()
    return picture[:, :, :3]


def _lines(page: Any, number: int) -> Iterator[Line]:
    """The page's lines in the order of its content, from the boxes of its characters."""
    height = page.get_height()
    textpage = page.get_textpage()
    handle = textpage.raw
    box = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = box
    loose = raw.FS_RECTF()
    chars: list[str] = []
    x0 = x1 = upper = 0.0
    sizes: list[tuple[bool, float]] = []
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char in "\r\n":
            if chars and sizes:
                yield _line(number, chars, x0, x1, upper, sizes, height)
            chars, sizes = [], []
            continue
        if char == "\ufffe":
            continue
        chars.append(char)
        if char.isspace() or raw.FPDFText_IsGenerated(handle, index) == 1:
            continue
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        if not sizes:
            x0, upper = left.value, height - top.value
        x1 = max(x1, right.value) if sizes else right.value
        upper = min(upper, height - top.value)
        # The stated font size is useless where a writer scales the page instead of the font.
        raw.FPDFText_GetLooseCharBox(handle, index, loose)
        sizes.append((char > "\u2e7f", max(loose.top - loose.bottom, 1.0)))
    if chars and sizes:
        yield _line(number, chars, x0, x1, upper, sizes, height)
    textpage.close()


def _line(
    page: int,
    chars: list[str],
    x0: float,
    x1: float,
    top: float,
    sizes: list[tuple[bool, float]],
    height: float,
) -> Line:
    # Latin fonts have taller boxes than Han ones at one size: where both stand, Han counts.
    size = median([s for han, s in sizes if han] or [s for _, s in sizes])
    return Line(page, tidy("".join(chars)), x0, x1, top, size, height)


def _ruled(page: Any) -> bool:
    """Whether enough is drawn on the page for a table's grid."""
    drawn = page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=3)
    for count, item in enumerate(drawn, start=1):
        item.close()
        if count >= 4:
            return True
    return False


def _with_tables(lines: list[Line], data: bytes, pages: list[int], notes: list[str]) -> list[Line]:
    """Put each table in the place of the lines that lie in its box."""
    for found in tables_of(data, pages, notes):
        block = table(found.rows, page=found.page)
        first = _inside(lines, found.page, found.box)
        if not first or block is None:
            continue
        gone = set(first)
        for page, box in found.carried:
            gone.update(_inside(lines, page, box))
        model = lines[first[0]]
        marker = replace(model, text="", x0=found.box[0], x1=found.box[2], block=block)
        lines = [
            marker if index == first[0] else line
            for index, line in enumerate(lines)
            if index == first[0] or index not in gone
        ]
    return lines


def _inside(lines: list[Line], page: int, box: Box) -> list[int]:
    x0, top, x1, bottom = box
    return [
        index
        for index, line in enumerate(lines)
        if line.page == page
        and line.block is None
        and top - 2 <= line.top <= bottom + 2
        and x0 - 4 <= (line.x0 + line.x1) / 2 <= x1 + 4
    ]
