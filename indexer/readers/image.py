"""Pictures: photographs of papers, scans, TIFFs of several pages; read by OCR."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from indexer.readers import ocr
from indexer.readers.lines import blocks, without_running_heads
from indexer.readers.ocr_pages import recognise, spans
from indexer.reading import Reading
from kb.errors import ReadError

MAX_FRAMES = 500


def read(data: bytes, name: str) -> Reading:
    """Read a picture, or a TIFF of several pages.

    Raises:
        ReadError: the extra is not installed; too large; torn; without text.
    """
    if not ocr.available():
        raise ReadError(name, "这是图片，读取需要文字识别（OCR），本机没有安装", hint=ocr.HINT)
    notes = ["经文字识别（OCR）"]
    with _opened(data, name) as image:
        count = getattr(image, "n_frames", 1)
        if count > MAX_FRAMES:
            raise ReadError(name, f"图片页数过多（{count} 页）", hint="拆分后再入库")
        found = recognise(range(1, count + 1), lambda page: _frame(image, page, name), notes)
    lines = [line for page in sorted(found.pages) for line in found.pages[page]]
    if not lines:
        raise ReadError(name, "图片中没有认出文字", hint="检查图片是否清晰、方向是否正确")
    if count > 1 and found.without:
        notes.append(f"第{spans(found.without)}页没有文字")
    kept, heads = without_running_heads(lines, count)
    return Reading(
        "image",
        tuple(blocks(kept)),
        pages=count,
        notes=tuple(notes),
        heads=heads,
        confidence=found.confidence,
    )


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Any]:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its size is tested below, odd tags do not matter
            with Image.open(io.BytesIO(data)) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise ReadError(name, "图片过大", hint="缩小后再入库") from error
    except (UnidentifiedImageError, OSError, EOFError, SyntaxError) as error:
        raise ReadError(name, "图片已损坏，无法打开", hint="重新扫描或另存一份") from error


def _frame(image: Any, page: int, name: str) -> Any:
    import numpy as np
    from PIL import ImageOps

    image.seek(page - 1)
    if image.width * image.height > ocr.MAX_PIXELS or max(image.size) > ocr.MAX_SIDE:
        raise ReadError(name, f"图片过大（{image.width} × {image.height}）", hint="缩小后再入库")
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
