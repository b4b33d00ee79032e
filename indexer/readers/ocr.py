"""Text in pictures, by RapidOCR (the extra ``ocr``; its models are in its package, no network).

Confidence is kept: what OCR gives is a reading, not the text.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from indexer.readers.lines import Line, tidy
from indexer.readers.ocr_lost import Box, collapsed, lost

HINT = "在程序目录用 pip install -e '.[ocr]' 安装文字识别后重新入库，或提供原始的 DOCX"
MAX_PIXELS = 60_000_000
"""A page of A3 at 400 dpi has 31 million; a picture of 60 needs 180 MB to be looked at."""
MAX_SIDE = 20_000
LEAST = 0.5
"""Confidence below which a line is left out: mostly seals, stains and ruled lines."""
SIDE = 1280
"""Longest side, in pixels, of the picture in which lines are looked for; they are read from the
full one. On A4 it finds the lines that twice that finds, in a third of the time."""
LARGE = 2600
"""Longest side, in pixels, above which a page is larger than A4 and looked at twice as large."""
TALL = 2.4
"""Height by width from which a picture is a long screenshot, looked at in pieces."""
ABOUT = 0.28
"""Share by which the box of a line may be higher or lower than those of its size are."""
SURE = 0.8
"""Confidence from which a line counts that was looked at although none was found there."""
NARROW = {ord("０") + n: ord("0") + n for n in range(10)}
"""Digits of full width, which OCR sees in well-spaced ones."""
_LOCK = threading.Lock()
_threads = [1]


def use(threads: int) -> None:
    """Use so many cores in this process from the next engine on."""
    _threads[0] = max(1, threads)


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@lru_cache(maxsize=2)
def _engine(threads: int, side: int) -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": MAX_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": side,
            # Lines that are read together are padded to the longest: one by one costs less.
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def lines_of(picture: Any, page: int) -> tuple[list[Line], list[float]]:
    """The lines on a picture from top to bottom, and the confidence of each character.

    Args:
        picture: an array of height × width × 3 bytes.
        page: the page it is.
    """
    if picture.min() == picture.max():
        return [], []  # a blank page
    placed: list[Box] = []
    for offset, piece in _pieces(picture):
        placed.extend(_boxes(piece, offset))
    lines: list[Line] = []
    scores: list[float] = []
    rows = list(_rows(placed))
    sizes = [0.8 * max(box[3] - box[0] for box in row) for row in rows]
    body = _body_size([box for row in rows for box in row])
    for row, size in zip(rows, sizes, strict=True):
        text = tidy("　".join(box[4] for box in row))
        right, height = row[-1][2], float(picture.shape[0])
        # A box is as high as the tallest letter in it: that tells a title, and not a paragraph.
        level = body if abs(size - body) <= ABOUT * body else size
        lines.append(Line(page, text, row[0][1], right, row[0][0], level, height))
        for box in row:
            scores.extend([box[5]] * len(box[4]))
    return lines, scores


def _body_size(boxes: list[Box]) -> float:
    """The size of most letters."""
    spread = sorted((0.8 * (box[3] - box[0]), len(box[4])) for box in boxes)
    half = sum(count for _, count in spread) / 2
    for size, count in spread:
        half -= count
        if half <= 0:
            return size
    return 0.0


def _pieces(picture: Any) -> Iterator[tuple[int, Any]]:
    """(first row, piece) of a picture: a long screenshot is cut between its lines, as shrunk to
    the size in which lines are looked for it shows none."""
    height, width = picture.shape[:2]
    if height <= TALL * width:
        yield 0, picture
        return
    part = max(int(1.5 * width), 1)
    ink = picture[:, :: max(width // 200, 1)].max(axis=(1, 2)).astype(int)
    ink -= picture[:, :: max(width // 200, 1)].min(axis=(1, 2))
    top = 0
    while height - top > 1.3 * part:
        low, high = top + int(0.7 * part), top + int(1.3 * part)
        cut = low + int(ink[low:high].argmin())
        yield top, picture[top:cut]
        top = cut
    yield top, picture[top:]


def _boxes(picture: Any, offset: int) -> Iterator[Box]:
    """The pieces of text that the engine finds, ``offset`` rows further down."""
    longest = max(picture.shape[:2])
    side = SIDE if longest <= LARGE else 2 * SIDE
    scale = min(2.0, SIDE / longest)
    larger = _enlarged(picture, scale) if scale > 1 else picture
    scale = max(scale, 1.0)
    with _LOCK:
        engine = _engine(_threads[0], side)
        found = engine(larger, use_det=True)
        boxes: list[Box] = []
        if found is not None and found.boxes is not None and found.txts:
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
                xs, ys = [float(p[0]) for p in box], [float(p[1]) for p in box]
                boxes.append((min(ys), min(xs), max(xs), max(ys), text, float(score)))
        boxes = [_again(engine, larger, box) if collapsed(box) else box for box in boxes]
        for place in lost(larger, boxes):
            if (line := _line(engine, larger, *place)) and line[5] >= SURE:
                boxes.append(line)
    for top, left, right, bottom, text, score in boxes:
        if not text.strip():
            continue
        # A seal, a stain or a frame gives a letter or two, and seldom surely.
        if score >= (LEAST if len(text.strip()) > 2 else SURE):
            place = (top / scale + offset, left / scale, right / scale, bottom / scale + offset)
            yield *place, text.translate(NARROW), score


def _line(
    engine: Any, picture: Any, top: float, left: float, right: float, bottom: float
) -> Box | None:
    """What is read in one place, taken for a line."""
    high, wide = picture.shape[:2]
    rows, columns = (
        slice(max(int(top), 0), min(int(bottom), high)),
        slice(max(int(left), 0), min(int(right), wide)),
    )
    read = engine(picture[rows, columns], use_det=False)
    if not read.txts or not read.txts[0].strip():
        return None
    return top, left, right, bottom, read.txts[0], float(read.scores[0])


def _again(engine: Any, picture: Any, box: Box) -> Box:
    """Read a line again, with more around it, where far too little was read of it."""
    top, left, right, bottom, text, _ = box
    for margin in (0.15 * (bottom - top), 0.4 * (bottom - top)):
        line = _line(engine, picture, top - margin, left - margin, right + margin, bottom + margin)
        if line is not None and line[5] >= SURE and len(line[4]) > 2 * len(text):
            return top, left, right, bottom, line[4], line[5]
    return box


def _enlarged(picture: Any, scale: float) -> Any:
    """Small letters are found better when there is more of them."""
    import numpy as np
    from PIL import Image

    height, width = picture.shape[:2]
    size = int(width * scale), int(height * scale)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


def _rows(placed: list[Box]) -> Iterator[list[Box]]:
    """Boxes that stand beside each other, from left to right."""
    row: list[Box] = []
    for piece in sorted(placed):
        middle = (piece[0] + piece[3]) / 2
        if row and middle > row[0][3]:
            yield sorted(row, key=lambda p: p[1])
            row = []
        row.append(piece)
    if row:
        yield sorted(row, key=lambda p: p[1])
