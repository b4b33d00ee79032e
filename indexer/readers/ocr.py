"""Text in pictures, by RapidOCR (the extra ``ocr``; its models are in its package, no network).

Confidence is kept: what OCR gives is a reading, not the text.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from indexer.readers.lines import Line, blocks, tidy, without_running_heads
from indexer.reading import Reading
from kb.errors import ReadError

HINT = "安装文字识别组件（pip install 'shuniu[ocr]'）后重新入库，或提供原始的 DOCX"
MAX_PIXELS = 60_000_000
"""A page of A3 at 400 dpi has 31 million; a picture of 60 needs 180 MB to be looked at."""
MAX_SIDE = 20_000
MAX_FRAMES = 500
LEAST = 0.5
"""Confidence below which a line is left out: mostly seals, stains and ruled lines."""
_LOCK = threading.Lock()
_allowed = [90.0]


def allow(seconds: float) -> None:
    """Give the OCR of one file so long: a part with a note is worth more than a killed worker."""
    _allowed[0] = seconds


def seconds() -> float:
    """How long the OCR of one file may take."""
    return _allowed[0]


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    # One thread: the indexer runs a process a core.
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def lines_of(picture: Any, page: int) -> tuple[list[Line], list[float]]:
    """The lines on a picture from top to bottom, and the confidence of each character.

    Args:
        picture: an array of height × width × 3 bytes.
        page: the page it is.
    """
    with _LOCK:
        found = _engine()(picture)
    if found is None or found.boxes is None or not found.txts:
        return [], []
    height = float(picture.shape[0])
    placed: list[tuple[float, float, float, float, str, float]] = []
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        xs, ys = [float(p[0]) for p in box], [float(p[1]) for p in box]
        if float(score) >= LEAST and text.strip():
            placed.append((min(ys), min(xs), max(xs), max(ys), text, float(score)))
    lines: list[Line] = []
    scores: list[float] = []
    for row in _rows(placed):
        text = tidy("　".join(piece[4] for piece in row))
        size = max(piece[3] - piece[0] for piece in row) * 0.8
        lines.append(Line(page, text, row[0][1], row[-1][2], row[0][0], size, height))
        for piece in row:
            scores.extend([piece[5]] * len(piece[4]))
    return lines, scores


def _rows(placed: list[Any]) -> Iterator[list[Any]]:
    """Boxes that stand beside each other, from left to right."""
    row: list[Any] = []
    for piece in sorted(placed):
        middle = (piece[0] + piece[3]) / 2
        if row and middle > row[0][3]:
            yield sorted(row, key=lambda p: p[1])
            row = []
        row.append(piece)
    if row:
        yield sorted(row, key=lambda p: p[1])


def read(data: bytes, name: str) -> Reading:
    """Read a picture, or a TIFF of several pages.

    Raises:
        ReadError: the extra is not installed; too large; torn; without text.
    """
    if not available():
        raise ReadError(name, "这是图片，读取需要文字识别（OCR），本机没有安装", hint=HINT)
    lines: list[Line] = []
    scores: list[float] = []
    pages = 0
    for pages, picture in enumerate(_frames(data, name), start=1):
        here, sure = lines_of(picture, pages)
        lines.extend(here)
        scores.extend(sure)
    if not lines:
        raise ReadError(name, "图片中没有认出文字", hint="检查图片是否清晰、方向是否正确")
    found, heads = without_running_heads(lines, pages)
    return Reading(
        "image",
        tuple(blocks(found)),
        pages=pages,
        notes=("经文字识别（OCR）",),
        heads=heads,
        confidence=mean(scores),
    )


def _frames(data: bytes, name: str) -> Iterator[Any]:
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
                raise ReadError(
                    name, f"图片过大（{image.width} × {image.height}）", hint="缩小后再入库"
                )
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number >= MAX_FRAMES or frame.width * frame.height > MAX_PIXELS:
                    raise ReadError(name, "图片页数过多或过大", hint="拆分后再入库")
                yield np.asarray(ImageOps.exif_transpose(frame).convert("RGB"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise ReadError(name, "图片已损坏，无法打开", hint="重新扫描或另存一份") from error


def mean(scores: list[float]) -> float | None:
    """Mean confidence over characters, None without any."""
    return round(sum(scores) / len(scores), 4) if scores else None
