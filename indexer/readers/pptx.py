"""PPTX, read from its XML: each slide a heading, its paragraphs, its tables, its notes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from lxml import etree

from indexer.readers.limits import MAX_PAGES, Archive
from indexer.readers.ocr_pages import spans
from indexer.reading import Block, Reading, table
from kb.errors import ReadError

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TITLES = frozenset(("title", "ctrTitle"))
FURNITURE = frozenset(("sldNum", "dt", "ftr", "hdr"))


def read(data: bytes, name: str) -> Reading:
    """Read a presentation, slides in their order; the page is the slide's number.

    Raises:
        ReadError: torn, encrypted, or beyond the bounds.
    """
    archive = Archive(data, name)
    slides = _slides(archive)
    if len(slides) > MAX_PAGES:
        raise ReadError(name, f"页数过多（{len(slides)} 页）", hint="拆分后再入库")
    blocks: list[Block] = []
    hidden: list[int] = []
    for number, slide in enumerate(slides, start=1):
        root = archive.xml(slide)
        if root.get("show") in ("0", "false"):
            hidden.append(number)
            continue
        blocks.extend(_slide(root, number))
        for target in _targets(archive, slide, "notesSlide"):
            if target in archive:
                blocks.extend(_notes(archive.xml(target), number))
    notes = (f"隐藏的幻灯片（第{spans(hidden)}页）未读取",) if hidden else ()
    return Reading("pptx", tuple(blocks), pages=len(slides), notes=notes)


def _slides(archive: Archive) -> list[str]:
    main = "ppt/presentation.xml"
    ids = [e.get(f"{R}id", "") for e in archive.xml(main).iter(f"{P}sldId")]
    by_id = _relations(archive, main)
    return [by_id[i][1] for i in ids if i in by_id and by_id[i][1] in archive]


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (type's last word, target) of a part."""
    folder, file = posixpath.split(part)
    rels = f"{folder}/_rels/{file}.rels"
    if rels not in archive:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for element in archive.xml(rels):
        target = element.get("Target", "")
        where = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = element.get("Type", "").rpartition("/")[2]
        found[element.get("Id", "")] = (kind, posixpath.normpath(where))
    return found


def _targets(archive: Archive, part: str, kind: str) -> list[str]:
    return [target for found, target in _relations(archive, part).values() if found == kind]


def _slide(root: etree._Element, number: int) -> Iterator[Block]:
    titles: list[str] = []
    body: list[Block] = []
    for shape in root.iter(f"{P}sp", f"{P}graphicFrame"):
        placeholder = shape.find(f".//{P}nvPr/{P}ph")
        kind = "" if placeholder is None else placeholder.get("type", "")
        if kind in FURNITURE:
            continue
        if (grid := shape.find(f".//{A}tbl")) is not None:
            rows = [
                tuple(_cell(cell) for cell in row.iter(f"{A}tc")) for row in grid.iter(f"{A}tr")
            ]
            if made := table(rows, page=number):
                body.append(made)
            continue
        lines = [_text(paragraph) for paragraph in shape.iter(f"{A}p")]
        lines = [line for line in lines if line]
        if kind in TITLES:
            titles.append("".join(lines))
        else:
            body.extend(Block("paragraph", line, page=number) for line in lines)
    if title := "　".join(filter(None, titles)):
        yield Block("heading", title, level=1 if number == 1 else 2, page=number)
    yield from body


def _notes(root: etree._Element, number: int) -> Iterator[Block]:
    for shape in root.iter(f"{P}sp"):
        placeholder = shape.find(f".//{P}nvPr/{P}ph")
        if placeholder is not None and placeholder.get("type") == "body":
            for paragraph in shape.iter(f"{A}p"):
                if line := _text(paragraph):
                    yield Block("paragraph", line, page=number, style="notes")


def _cell(cell: etree._Element) -> str:
    if cell.get("hMerge") == "1" or cell.get("vMerge") == "1":
        return ""
    return " ".join(filter(None, (_text(paragraph) for paragraph in cell.iter(f"{A}p"))))


def _text(paragraph: etree._Element) -> str:
    pieces = (
        "　" if e.tag == f"{A}br" else e.text or "" for e in paragraph.iter(f"{A}t", f"{A}br")
    )
    return re.sub(r"[ \t\n\x0b]+", " ", "".join(pieces)).strip()
