"""Draws a page of an OFD for OCR: its pictures, outlines and glyphs, by way of a page of PDF.

Only what shows letters is drawn. Patterns, gradients and clips are left out, and so are the glyphs
of fonts that the file does not carry, and pictures in JBIG2, which nothing here can unpack.
"""

from __future__ import annotations

import ctypes
import io
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it publishes no types
import pypdfium2.raw as raw  # type: ignore[import-untyped]
from lxml import etree

from indexer.readers import ocr
from indexer.readers.ocr_pages import DPI
from indexer.readers.ofd_package import Document, Page, local, numbers
from indexer.readers.ofd_shapes import MOST_OBJECTS, Matrix, colour, glyphs, placed, steps, times

POINTS = 72 / 25.4
DEEPEST = 4
"""Drawings within drawings."""
LINE = 0.353
"""Width of a line in millimetres where none is said (GB/T 33190, table 31)."""


def picture_of(document: Document, page: Page, notes: list[str]) -> Any:
    """The page as rows × columns × 3 bytes; what could not be drawn is added to ``notes``."""
    pen = _Pen(document, page)
    try:
        for layer in page.layers:
            pen.draw(layer, pen.upright, 0)
        picture = pen.picture()
    finally:
        pen.close()
    notes.extend(f"第{page.number}页{what}" for what in pen.missed)
    return picture


def shown(document: Document, page: Page, font: tuple[Path, int] | None, notes: list[str]) -> Any:
    """The page as people look at it, a PIL image: text whose font is not in the file is set in
    ``font`` (a file and its face; None leaves it out). ``notes`` says what is not as it was."""
    from PIL import Image, ImageDraw, ImageFont

    pen = _Pen(document, page)
    try:
        for layer in page.layers:
            pen.draw(layer, pen.upright, 0)
        picture = Image.fromarray(pen.picture().copy())
    finally:
        pen.close()
    if pen.unset:
        notes.append(NO_FONT if font is None else OTHER_FONT)
    if font is None:
        return picture
    on = ImageDraw.Draw(picture)
    sizes: dict[int, Any] = {}
    for letter, matrix, size, paint in pen.unset:
        across, up = math.hypot(matrix[0], matrix[1]), math.hypot(matrix[2], matrix[3])
        pixels = round(size * min(across, up) * pen.scale)
        if pixels < 1 or abs(matrix[1]) > 0.01 * across:
            continue  # too small to see, or turned: a watermark, a seal's rim
        if pixels not in sizes:
            sizes[pixels] = ImageFont.truetype(str(font[0]), pixels, index=font[1])
        at = matrix[4] * pen.scale, (pen.size[1] - matrix[5]) * pen.scale
        on.text(at, letter, fill=tuple(paint[:3]), font=sizes[pixels], anchor="ls")
    return picture


OTHER_FONT = "所用字体不在文件中，以本机字体代替，字形与原件可能不同"
NO_FONT = "所用字体不在文件中，本机也没有可代替的中文字体，文字未画出"


class _Pen:
    """Puts the objects of one page on a page of a new PDF."""

    def __init__(self, document: Document, page: Page) -> None:
        self.document = document
        self.size = page.width * POINTS, page.height * POINTS
        # Millimetres downward to points upward.
        self.upright: Matrix = (POINTS, 0, 0, -POINTS, 0, self.size[1])
        fits = (ocr.MAX_PIXELS / max(self.size[0] * self.size[1], 1.0)) ** 0.5
        self.scale = min(DPI / 72, fits)
        self.pdf = pdfium.PdfDocument.new()
        self.page = self.pdf.new_page(*self.size)
        self.fonts: dict[str, Any] = {}
        self.kept: list[Any] = []
        self.left = MOST_OBJECTS
        self.missed: dict[str, None] = {}
        # Characters whose font the file does not carry: what, where, how large, in which colour.
        self.unset: list[tuple[str, Matrix, float, Sequence[int]]] = []

    def close(self) -> None:
        for font in self.fonts.values():
            if font:
                raw.FPDFFont_Close(font)
        self.page.close()
        self.pdf.close()

    def picture(self) -> Any:
        raw.FPDFPage_GenerateContent(self.page.raw)
        drawn = self.page.render(scale=self.scale, rev_byteorder=True, optimize_mode="lcd")
        return drawn.to_numpy()[:, :, :3]

    def draw(self, parent: etree._Element, outer: Matrix, depth: int) -> None:
        """Draw the objects below an element, whose coordinates ``outer`` brings to the page's."""
        for element in parent:
            tag = local(element)
            if element.get("Visible") == "false" or self.left < 0:
                continue
            if tag in ("Content", "Layer", "PageBlock"):
                self.draw(element, outer, depth)
            elif tag in ("TextObject", "PathObject", "ImageObject", "CompositeObject"):
                if (inner := placed(element, outer)) is None:
                    continue
                if tag == "TextObject":
                    self._text(element, inner)
                elif tag == "PathObject":
                    self._path(element, inner)
                elif tag == "ImageObject":
                    self._image(element, inner)
                elif depth < DEEPEST and self._may():
                    unit = self.document.units.get(element.get("ResourceID", ""))
                    if unit is not None:
                        self.draw(unit, inner, depth + 1)

    def _add(self, item: Any, matrix: Matrix) -> None:
        raw.FPDFPageObj_Transform(item, *matrix)
        raw.FPDFPage_InsertObject(self.page.raw, item)

    def _may(self) -> bool:
        self.left -= 1
        if self.left < 0:
            self.missed["图形过多，没有全部识别"] = None
        return self.left >= 0

    def _path(self, element: etree._Element, matrix: Matrix) -> None:
        data = next((e.text or "" for e in element if local(e) == "AbbreviatedData"), "")
        path = list(steps(data))
        fill, stroke = element.get("Fill") == "true", element.get("Stroke") != "false"
        if not path or not (fill or stroke) or not self._may():
            return
        item = raw.FPDFPageObj_CreateNewPath(0, 0)
        for command, at in path:
            if command == "M":
                raw.FPDFPath_MoveTo(item, *at)
            elif command == "L":
                raw.FPDFPath_LineTo(item, *at)
            elif command == "B":
                raw.FPDFPath_BezierTo(item, *at)
            else:
                raw.FPDFPath_Close(item)
        odd = element.get("Rule") == "Even-Odd"
        mode = raw.FPDF_FILLMODE_ALTERNATE if odd else raw.FPDF_FILLMODE_WINDING
        raw.FPDFPath_SetDrawMode(item, mode if fill else raw.FPDF_FILLMODE_NONE, stroke)
        raw.FPDFPageObj_SetFillColor(item, *colour(element, "FillColor"))
        raw.FPDFPageObj_SetStrokeColor(item, *colour(element, "StrokeColor"))
        width = numbers(element.get("LineWidth", "")) or [LINE]
        raw.FPDFPageObj_SetStrokeWidth(item, width[0])
        self._add(item, matrix)

    def _text(self, element: etree._Element, matrix: Matrix) -> None:
        font = self._font(element.get("Font", ""))
        size = (numbers(element.get("Size", "")) or [4.0])[0]
        if size <= 0:
            return
        across = (numbers(element.get("HScale", "")) or [1.0])[0]
        paint = colour(element, "FillColor")
        for x, y, glyph in glyphs(element):
            if not self._may():
                return
            if not font:
                if isinstance(glyph, str):
                    inner = times((across, 0, 0, -1, x, y), matrix)
                    self.unset.append((glyph, inner, size, paint))
                continue
            item = raw.FPDFPageObj_CreateTextObj(self.pdf.raw, font, size)
            if isinstance(glyph, int):
                done = raw.FPDFText_SetCharcodes(item, (ctypes.c_uint32 * 1)(glyph), 1)
            else:
                wide = (glyph + "\0").encode("utf-16-le")
                text = (ctypes.c_ushort * (len(wide) // 2)).from_buffer_copy(wide)
                done = raw.FPDFText_SetText(item, text)
            if not done:
                raw.FPDFPageObj_Destroy(item)
                continue
            raw.FPDFPageObj_SetFillColor(item, *paint)
            self._add(item, times((across, 0, 0, -1, x, y), matrix))

    def _font(self, ident: str) -> Any:
        if ident in self.fonts:
            return self.fonts[ident]
        self.fonts[ident] = font = self._loaded(self.document.fonts.get(ident, ""))
        if not font:
            self.missed["的字体不在文件中，部分文字没有识别"] = None
        return font

    def _loaded(self, member: str) -> Any:
        if not member or member not in self.document.archive:
            return None
        data = self.document.archive.read(member)
        if not data:
            return None
        kind = raw.FPDF_FONT_TYPE1 if data[:4] in OUTLINES else raw.FPDF_FONT_TRUETYPE
        buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        # As a font of glyphs by number: most embedded ones have no map from characters.
        return raw.FPDFText_LoadFont(self.pdf.raw, buffer, len(data), kind, 1)

    def _image(self, element: etree._Element, matrix: Matrix) -> None:
        member = self.document.media.get(element.get("ResourceID", ""), "")
        if member not in self.document.archive or not self._may():
            return
        most = [max(2 * int(side * self.scale), 1) for side in self.size]
        picture = _unpacked(self.document.archive.read(member), most)
        if picture is None:
            self.missed["有图片无法打开，没有识别"] = None
            return
        item = pdfium.PdfImage.new(self.pdf)
        bitmap = pdfium.PdfBitmap.from_pil(picture)
        item.set_bitmap(bitmap)
        self.kept.append(bitmap)
        if not element.get("CTM"):
            box = numbers(element.get("Boundary", ""))
            matrix = times((box[2], 0, 0, box[3], 0, 0), matrix)
        # A picture fills the unit square, in a PDF from below.
        item.set_matrix(pdfium.PdfMatrix(*times((1, 0, 0, -1, 0, 1), matrix)))
        self.page.insert_obj(item)


OUTLINES = (b"OTTO", b"\x01\x00\x04\x01", b"\x01\x00\x04\x02", b"\x01\x00\x04\x03", b"%!PS")
"""How fonts with outlines of Type 1 begin."""


def _unpacked(data: bytes, most: Sequence[int]) -> Any:
    """A picture on white, within ``most`` pixels; None where it cannot be opened."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                if image.width * image.height > ocr.MAX_PIXELS:
                    return None
                image.draft("RGB", (most[0], most[1]))
                image.thumbnail((most[0], most[1]))
                if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                    picture = image.convert("RGBA")
                    white = Image.new("RGBA", picture.size, "white")
                    return Image.alpha_composite(white, picture).convert("RGB")
                return image.convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None
