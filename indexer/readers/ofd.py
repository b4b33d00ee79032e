"""OFD (GB/T 33190-2016): a zip of XML whose pages place text objects; read without a library."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from indexer.readers.limits import MAX_PAGES, Archive
from indexer.readers.lines import Line, blocks, tidy, without_running_heads
from indexer.reading import Reading
from kb.errors import ReadError

A4_HEIGHT = 297.0
HINT = "页面只有图形，没有文字；请用文字识别（OCR）软件处理，或提供原始的 DOCX"
# Control and private-use characters: what a TextCode holds where glyphs alone carry the text.
NO_TEXT = re.compile("[\x00-\x1f\ue000-\uf8ff\ufffd]")


@dataclass(slots=True)
class _Run:
    """A piece of text on a page, in millimetres from the upper left; ``y`` is its baseline."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


def read(data: bytes, name: str) -> Reading:
    """Read an OFD.

    Raises:
        ReadError: torn, without a document, or with drawn glyphs only.
    """
    archive = Archive(data, name)
    roots = [
        (element.text or "").strip()
        for element in archive.xml("OFD.xml").iter()
        if _local(element) == "DocRoot"
    ]
    lines: list[Line] = []
    pages = 0
    bare: list[int] = []
    for root in roots:
        for page, height, runs in _pages(archive, root.lstrip("/"), pages):
            pages = page
            here = list(_lines(runs, page, height))
            lines.extend(here)
            if not here:
                bare.append(page)
        if pages > MAX_PAGES:
            raise ReadError(name, f"页数过多（{pages} 页）", hint="拆分后再入库")
    if not roots or not pages:
        raise ReadError(name, "OFD 中没有文档", hint="用 OFD 阅读器打开并另存一份")
    if not lines:
        raise ReadError(name, f"没有文字（共 {pages} 页）", hint=HINT)
    found, heads = without_running_heads(lines, pages)
    notes = (f"第{'、'.join(map(str, bare))}页没有文字",) if bare else ()
    return Reading("ofd", tuple(blocks(found)), pages=pages, notes=notes, heads=heads)


def _pages(archive: Archive, root: str, before: int) -> Iterator[tuple[int, float, list[_Run]]]:
    document = archive.xml(root)
    base = posixpath.dirname(root)
    templates = {
        element.get("ID", ""): element.get("BaseLoc", "")
        for element in document.iter()
        if _local(element) == "TemplatePage"
    }
    default = _box(document) or A4_HEIGHT
    refs = [e.get("BaseLoc", "") for e in document.iter() if _local(e) == "Page"]
    for number, ref in enumerate(refs, start=before + 1):
        content = archive.xml(_path(base, ref))
        runs: list[_Run] = []
        for element in content:
            if _local(element) == "Template":
                location = templates.get(element.get("TemplateID", ""), "")
                if location and _path(base, location) in archive:
                    runs.extend(_runs(archive.xml(_path(base, location))))
        runs.extend(_runs(content))
        yield number, _box(content) or default, runs


def _path(base: str, location: str) -> str:
    if location.startswith("/"):
        return location.lstrip("/")
    return posixpath.normpath(posixpath.join(base, location))


def _box(element: etree._Element) -> float:
    """Height of the page in millimetres; 0 where it is not said."""
    for child in element.iter():
        if _local(child) == "PhysicalBox":
            values = _numbers(child.text or "")
            return values[3] if len(values) == 4 else 0.0
    return 0.0


def _runs(page: etree._Element) -> Iterator[_Run]:
    for element in page.iter():
        if _local(element) != "TextObject" or element.get("Visible") == "false":
            continue
        box = _numbers(element.get("Boundary", ""))
        if len(box) != 4:
            continue
        ctm = _numbers(element.get("CTM", "")) or [1, 0, 0, 1, 0, 0]
        if len(ctm) != 6:
            ctm = [1, 0, 0, 1, 0, 0]
        across, down = abs(ctm[0]) or 1.0, abs(ctm[3]) or 1.0
        size = float((_numbers(element.get("Size", "")) or [4.0])[0])
        x = y = 0.0
        for code in element:
            if _local(code) != "TextCode":
                continue
            x = (_numbers(code.get("X", "")) or [x])[0]
            y = (_numbers(code.get("Y", "")) or [y])[0]
            text = NO_TEXT.sub("", code.text or "")
            if not text.strip():
                continue
            left = box[0] + ctm[0] * x + ctm[2] * y + ctm[4]
            base = box[1] + ctm[1] * x + ctm[3] * y + ctm[5]
            deltas = _deltas(code.get("DeltaX", ""), len(text) - 1)
            drops = _deltas(code.get("DeltaY", ""), len(text) - 1)
            if sum(map(abs, drops)) > sum(map(abs, deltas)) and len(text) > 1:
                # Set vertically: each character is a line of its own to us; keep them together.
                deltas = [size] * (len(text) - 1)
            width = (sum(deltas) + size * (1.0 if text[-1] > "\x7f" else 0.5)) * across
            yield _Run(text, left, left + width, base, size * down)


def _deltas(text: str, count: int) -> list[float]:
    """The advance widths of a DeltaX: numbers, and ``g N D`` for N times D."""
    parts = text.split()
    values: list[float] = []
    index = 0
    while index < len(parts) and len(values) < count:
        if parts[index] == "g" and index + 2 < len(parts):
            times, delta = _numbers(f"{parts[index + 1]} {parts[index + 2]}") or [0.0, 0.0]
            values.extend([delta] * min(int(times), count))
            index += 3
        else:
            values.extend(_numbers(parts[index]))
            index += 1
    return values[:count]


def _lines(runs: list[_Run], page: int, height: float) -> Iterator[Line]:
    """Runs that share a baseline, from left to right; a wide gap becomes a blank."""
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda r: (r.y, r.x0)):
        if rows and any(_overstruck(run, other) for other in rows[-1]):
            continue
        if rows and abs(rows[-1][0].y - run.y) < 0.4 * min(rows[-1][0].size, run.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    for row in rows:
        row.sort(key=lambda r: r.x0)
        text = row[0].text
        for left, right in pairwise(row):
            gap = right.x0 - left.x1
            text += ("　" if gap > 1.2 * right.size else "") + right.text
        size = max(run.size for run in row)
        text = tidy(text)
        if text:
            yield Line(page, text, row[0].x0, row[-1].x1, row[0].y - size, size, height)


def _overstruck(run: _Run, other: _Run) -> bool:
    """Whether a run is another drawn again, slightly off: how some writers make bold."""
    near = 0.3 * run.size
    return run.text == other.text and abs(run.x0 - other.x0) < near and abs(run.y - other.y) < near


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split()]
    except ValueError:
        return []


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
