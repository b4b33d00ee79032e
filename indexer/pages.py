"""A page of an original as a picture, to stand beside the text that was read from it."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it publishes no types

from kb.errors import NotFound, ReadError

WIDTH = 1100
"""Pixels across: sharp beside the text, and light enough to come at once."""
MOST_BYTES = 200 * 2**20
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
"""Pictures that every browser shows by itself."""

_LOCK = threading.Lock()
"""PDFium is not made for several threads."""


def has_pages(path: Path) -> bool:
    """Whether `picture` can show it."""
    return path.suffix[1:].lower() in ("pdf", *PICTURES)


def picture(path: Path, number: int) -> tuple[bytes, str]:
    """Page ``number`` (from 1) of a PDF, or a picture as it is; with its media type.

    Raises:
        NotFound: no such page, or a format without pages to show. ReadError: it cannot be opened.
    """
    form = path.suffix[1:].lower()
    if path.stat().st_size > MOST_BYTES:
        raise ReadError(path.name, "文件过大，不在网页中显示", hint="下载原件查看")
    if form in PICTURES:
        return path.read_bytes(), PICTURES[form]
    if form != "pdf":
        raise NotFound(f"{path.name} 没有可显示的页面")
    with _LOCK:
        try:
            document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as error:
            raise ReadError(path.name, "PDF 无法打开", hint="下载原件查看") from error
        try:
            if not 1 <= number <= len(document):
                raise NotFound(f"{path.name} 没有第 {number} 页")
            page = document[number - 1]
            # By the longer side, too: a page may be a strip a thousand times as long as wide.
            scale = min(WIDTH / page.get_width(), 3 * WIDTH / page.get_height())
            out = io.BytesIO()
            page.render(scale=scale).to_pil().save(out, "PNG")
            return out.getvalue(), "image/png"
        except pdfium.PdfiumError as error:
            raise ReadError(path.name, "这一页无法显示", hint="下载原件查看") from error
        finally:
            document.close()
