"""OFD (GB/T 33190-2016): a zip of XML whose pages place text objects; read without a library.

A page that shows text but gives none (glyphs by number, outlines, a scan's pictures) is drawn and
read by OCR.
"""

from __future__ import annotations

from typing import Any

from indexer.readers import ocr
from indexer.readers.encoding import garbled
from indexer.readers.limits import MAX_CHARACTERS, Archive
from indexer.readers.lines import Line, blocks, scaled, without_running_heads
from indexer.readers.ocr_pages import Recognised, recognise, spans
from indexer.readers.ofd_package import Document, Page, documents, local, numbers, visible
from indexer.readers.ofd_text import lines_of, lost_glyphs
from indexer.reading import Reading
from kb.errors import ReadError

FEW, SPARSE = 8, 60
"""Characters on a page below which a picture, or one over most of it, is taken for its text."""
LEAST_COVERED, COVERED = 0.05, 0.8
"""Share of the page that such a picture covers: a seal or an emblem covers less."""
STROKES = 12
"""Outlines on a page from which they may be letters; rules, frames and a red line are fewer."""


def read(data: bytes, name: str) -> Reading:
    """Read an OFD.

    Raises:
        ReadError: torn, without a document, or with nothing on its pages that can be read.
    """
    found = documents(Archive(data, name), name)
    by_page: dict[int, list[Line]] = {}
    pictured: dict[int, tuple[Document, int]] = {}
    total = 0
    for document in found:
        for index in range(len(document.refs)):
            page = document.page(index)
            here = lines_of(page)
            text = "".join(line.text for line in here)
            total += len(text)
            if total > MAX_CHARACTERS:
                raise ReadError(name, "文字过多", hint="拆分后再入库")
            if garbled(text):
                here = []
            if (not here and text) or shows_more(page, len(text)):
                pictured[page.number] = document, index
            by_page[page.number] = here
    notes: list[str] = []
    seen = _recognised(by_page, pictured, notes, name)
    lines = [line for number in sorted(by_page) for line in by_page[number]]
    if not lines:
        hint = "检查页面是否清晰，或提供原始的 DOCX"
        raise ReadError(name, f"没有认出文字（共 {len(by_page)} 页）", hint=hint)
    if bare := [n for n, here in by_page.items() if not here and n not in pictured]:
        notes.append(f"第{spans(bare)}页没有文字")
    kept, heads = without_running_heads(lines, len(by_page))
    return Reading(
        "ofd",
        tuple(blocks(kept)),
        pages=len(by_page),
        notes=tuple(notes),
        heads=heads,
        confidence=seen.confidence,
    )


def shows_more(page: Page, characters: int) -> bool:
    """Whether the page shows text beside the ``characters`` that it gives: glyphs by number,
    a scan, or outlines that may be letters."""
    lost = strokes = 0
    covered = 0.0
    for layer in page.layers:
        for element in visible(layer, "ImageObject", "TextObject", "PathObject", "CompositeObject"):
            tag = local(element)
            if tag == "TextObject":
                lost += lost_glyphs(element)
            elif tag == "ImageObject":
                box = numbers(element.get("Boundary", ""))
                share = box[2] * box[3] / (page.width * page.height) if len(box) == 4 else 0.0
                covered = max(covered, share)
            else:
                strokes += 1
    if lost > 0.5 * characters:
        return True
    if characters < FEW:
        return covered >= LEAST_COVERED or strokes >= STROKES
    return characters < SPARSE and covered >= COVERED


def _recognised(
    by_page: dict[int, list[Line]],
    pictured: dict[int, tuple[Document, int]],
    notes: list[str],
    name: str,
) -> Recognised:
    """Put the lines that OCR reads on the pictured pages into ``by_page``."""
    if not pictured:
        return Recognised()
    if not ocr.available():
        if not any(by_page.values()):
            why = f"页面只有图形，没有文字（共 {len(by_page)} 页），读取需要文字识别（OCR）"
            raise ReadError(name, why, hint=ocr.HINT)
        if bare := [number for number in pictured if not by_page[number]]:
            notes.append(f"第{spans(bare)}页只有图形，没有文字，未识别；{ocr.HINT}")
        return Recognised()

    def draw(number: int) -> Any:
        from indexer.readers.ofd_draw import picture_of

        document, index = pictured[number]
        return picture_of(document, document.page(index), notes)

    found = recognise([*pictured], draw, notes)
    for number, seen in found.pages.items():
        document, index = pictured[number]
        height = document.page(index).height
        by_page[number] = together(by_page[number], scaled(seen, height))
    if found.pages:
        notes.insert(0, f"经文字识别（OCR）：第{spans(found.pages)}页")
    if bare := [number for number in found.without if not by_page[number]]:
        notes.append(f"第{spans(bare)}页没有认出文字")
    return found


def together(own: list[Line], seen: list[Line]) -> list[Line]:
    """What OCR saw, and the page's own lines where it saw none: text in fonts that the file does
    not carry cannot be drawn."""
    missed = [
        line for line in own if not any(abs(line.top - other.top) < line.size for other in seen)
    ]
    return sorted([*seen, *missed], key=lambda line: line.top)
