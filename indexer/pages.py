"""A page of an original as a picture, to stand beside the text that was read from it.

PDF and pictures as they are; OFD drawn by our own reader; DOCX, DOC, WPS and RTF laid
out by LibreOffice, where it is installed. What was laid out is kept in memory only, so that nothing
of a paper outlives it on disk.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it publishes no types

from indexer import fonts
from indexer.readers import legacy, ofd_draw
from indexer.readers.limits import Archive
from indexer.readers.ofd_package import documents
from kb.errors import NotFound, ReadError

WIDTH = 1100
"""Pixels across: sharp beside the text, and light enough to come at once."""
MOST_BYTES = 200 * 2**20
KEPT = 8
"""Papers laid out that are kept."""
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
"""Pictures that every browser shows by itself."""
LAID_OUT = frozenset(("docx", "doc", "wps", "rtf"))
"""What LibreOffice lays out."""
HAVE_PAGES = frozenset(("pdf", "ofd", *PICTURES, *LAID_OUT))

_LOCK = threading.Lock()
"""PDFium is not made for several threads."""
_ONE = threading.Lock()
"""One LibreOffice at a time: it takes a core and some hundred megabytes."""
_laid_out: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()


def has_pages(path: Path) -> bool:
    """Whether `picture` can show it, given what is installed."""
    return path.suffix[1:].lower() in HAVE_PAGES


def missing(path: Path) -> str:
    """Why a paper of this format cannot be shown on this machine; "" where it can."""
    if path.suffix[1:].lower() in LAID_OUT and legacy.program() is None:
        form = path.suffix[1:].upper()
        return (
            f"{form} 的页面要由 LibreOffice 排出，本机没有安装。可下载原件查看，或请维护人员安装。"
        )
    return ""


def caveat(path: Path) -> str:
    """What is not as in the original, for who looks at it; "" where it is the original itself."""
    form = path.suffix[1:].lower()
    if form in LAID_OUT:
        return "页面由 LibreOffice 排出，换行和分页可能与在 Word、WPS 中不同。"
    if form == "ofd":
        return "页面由本系统按 OFD 画出，印章、底纹可能从略；需要验章或打印的，请下载原件。"
    return ""


def lay_out(path: Path) -> bytes | None:
    """The paper as a PDF, from memory where it was laid out before; None where it needs none.

    Raises:
        ReadError: LibreOffice is missing, or cannot open it.
    """
    if path.suffix[1:].lower() not in LAID_OUT:
        return None
    state = path.stat()
    key = str(path), state.st_mtime_ns, state.st_size
    with _ONE:
        if key not in _laid_out:
            soffice = legacy.program()
            if soffice is None:
                raise ReadError(path.name, missing(path), hint="下载原件查看")
            data, suffix = path.read_bytes(), path.suffix.lower()
            _laid_out[key] = legacy.convert(soffice, data, path.name, suffix, "pdf")
        _laid_out.move_to_end(key)
        while len(_laid_out) > KEPT:
            _laid_out.popitem(last=False)
        return _laid_out[key]


def places(laid_out: bytes, texts: Sequence[str]) -> tuple[list[int], int]:
    """On which page each of these texts, in their order, begins; and how many pages there are.

    What is not met (a table's cells run another way) is taken to stand where the text before it is.
    """
    with _LOCK:
        document = pdfium.PdfDocument(laid_out)
        try:
            pages = [
                _bare(document[number].get_textpage().get_text_range())
                for number in range(len(document))
            ]
        finally:
            document.close()
    found: list[int] = []
    page, at = 0, 0
    for text in texts:
        sought = _bare(text)[:24]
        for number in range(page, len(pages) if sought else page):
            begins = pages[number].find(sought, at if number == page else 0)
            # A text may run over: what ends a page is looked for with what begins the next.
            if begins < 0 and number + 1 < len(pages):
                both = pages[number][-24:] + pages[number + 1][:24]
                begins = len(pages[number]) - 1 if both.find(sought) >= 0 else -1
            if begins >= 0:
                page, at = number, begins
                break
        found.append(page + 1)
    return found, len(pages)


def _bare(text: str) -> str:
    return "".join(text.split())


def picture(path: Path, number: int) -> tuple[bytes, str]:
    """Page ``number`` (from 1) as PNG, or a picture as it is; with its media type.

    Raises:
        NotFound: no such page, or a format without pages to show. ReadError: it cannot be opened.
    """
    form = path.suffix[1:].lower()
    if path.stat().st_size > MOST_BYTES:
        raise ReadError(path.name, "文件过大，不在网页中显示", hint="下载原件查看")
    if form in PICTURES:
        return path.read_bytes(), PICTURES[form]
    if form == "ofd":
        return _of_ofd(path, number), "image/png"
    if form not in HAVE_PAGES:
        raise NotFound(f"{path.name} 没有可显示的页面")
    return _of_pdf(lay_out(path) or path, path.name, number), "image/png"


def _of_pdf(source: Path | bytes, name: str, number: int) -> bytes:
    with _LOCK:
        try:
            document = pdfium.PdfDocument(source)
        except pdfium.PdfiumError as error:
            raise ReadError(name, "PDF 无法打开", hint="下载原件查看") from error
        try:
            if not 1 <= number <= len(document):
                raise NotFound(f"{name} 没有第 {number} 页")
            page = document[number - 1]
            # By the longer side, too: a page may be a strip a thousand times as long as wide.
            scale = min(WIDTH / page.get_width(), 3 * WIDTH / page.get_height())
            return _png(page.render(scale=scale).to_pil())
        except pdfium.PdfiumError as error:
            raise ReadError(name, "这一页无法显示", hint="下载原件查看") from error
        finally:
            document.close()


def _of_ofd(path: Path, number: int) -> bytes:
    found = documents(Archive(path.read_bytes(), path.name), path.name)
    for document in found:
        index = number - document.first
        if 0 <= index < len(document.refs):
            with _LOCK:
                drawn = ofd_draw.shown(document, document.page(index), fonts.stand_in(), [])
            drawn.thumbnail((WIDTH, 3 * WIDTH))
            return _png(drawn)
    raise NotFound(f"{path.name} 没有第 {number} 页")


def _png(image: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
