"""DOCX (ECMA-376), read from its XML: numbering resolved, tracked changes accepted.

Headers, footnotes and text boxes are no part of the running text; they are handed on as ``heads``
because a mark of secrecy may stand in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from indexer.readers.docx_numbering import Numbering, W
from indexer.readers.docx_styles import Styles
from indexer.readers.docx_table import table_blocks
from indexer.readers.limits import Archive
from indexer.reading import Block, Reading
from kb.errors import ReadError

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
SKIPPED = frozenset(
    f"{W}{tag}"
    for tag in [
        "del",
        "moveFrom",
        "drawing",
        "pict",
        "object",
        "footnoteReference",
        "endnoteReference",
        "commentReference",
        "annotationRef",
        "instrText",
        "delText",
        "rPr",
        "pPr",
        "rt",
        "tbl",
        "txbxContent",
    ]
) | {f"{MC}AlternateContent"}
BREAKS = frozenset((f"{W}br", f"{W}cr"))
MAIN = re.compile(r"word/document\d*\.xml")


def read(data: bytes, name: str) -> Reading:
    """Read a DOCX.

    Raises:
        ReadError: torn, encrypted, without a document part, or beyond the bounds.
    """
    archive = Archive(data, name)
    main = next((n for n in archive.names() if MAIN.fullmatch(n)), "word/document.xml")
    body = archive.xml(main).find(f"{W}body")
    if body is None:
        raise ReadError(name, "文档没有正文部分", hint="用 Word 或 WPS 打开并另存一份")
    numbering = Numbering(
        archive.xml("word/numbering.xml") if "word/numbering.xml" in archive else None
    )
    styles = Styles(archive.xml("word/styles.xml") if "word/styles.xml" in archive else None)
    blocks = tuple(_Walk(numbering, styles).blocks(body))
    notes = []
    boxes = tuple(_boxed(body))
    if not any(block.text.strip() for block in blocks):
        # A poster, a red head made by hand: what is in frames is all there is.
        blocks = tuple(Block("paragraph", text) for text in boxes)
    elif boxes:
        notes.append(f"文本框中的文字（{sum(map(len, boxes))} 字）未作正文")
    if remarks := _remarks(archive):
        notes.append(f"脚注、尾注 {remarks} 条未作正文")
    if numbering.unresolved:
        notes.append(f"{numbering.unresolved} 个段落的自动编号没有定义，编号可能缺失")
    return Reading(
        "docx",
        blocks,
        notes=tuple(notes),
        heads=tuple(_heads(archive, boxes)),
        unresolved=numbering.unresolved,
    )


def _heads(archive: Archive, boxes: Iterable[str]) -> Iterator[str]:
    """Lines of headers, footers and text boxes, each once."""
    parts = [
        archive.xml(n)
        for n in archive.names()
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", n)
    ]
    found = [_plain(p) for root in parts for p in root.iter(f"{W}p")]
    yield from dict.fromkeys(text for text in [*found, *boxes] if text)


def _boxed(body: etree._Element) -> Iterator[str]:
    """The paragraphs of text boxes. Word writes one twice, for new and for old programs: the
    second is left out."""
    for box in body.iter(f"{W}txbxContent"):
        if next(box.iterancestors(f"{MC}Fallback"), None) is None:
            yield from filter(None, (_plain(p) for p in box.iter(f"{W}p")))


def _remarks(archive: Archive) -> int:
    """How many foot- and endnotes there are."""
    count = 0
    for part in ("footnotes", "endnotes"):
        if f"word/{part}.xml" in archive:
            notes = archive.xml(f"word/{part}.xml").iterchildren()
            # The first ones, which have a type, are the lines that set notes off.
            count += sum(1 for n in notes if not n.get(f"{W}type") and _plain(n))
    return count


def _plain(element: etree._Element) -> str:
    return "".join(str(t.text or "") for t in element.iter(f"{W}t")).strip()


class _Walk:
    """Goes through the body once, counting automatic numbers as it goes."""

    def __init__(self, numbering: Numbering, styles: Styles) -> None:
        self.numbering = numbering
        self.styles = styles
        self.carried = ""

    def blocks(self, parent: etree._Element, toc: bool = False) -> Iterator[Block]:
        for child in parent:
            if child.tag == f"{W}p":
                yield from self.paragraph(child, toc)
            elif child.tag == f"{W}tbl":
                yield from table_blocks(child, self.blocks)
            elif child.tag == f"{W}sdt":
                gallery = child.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
                is_toc = gallery is not None and "Contents" in gallery.get(f"{W}val", "")
                content = child.find(f"{W}sdtContent")
                if content is not None:
                    yield from self.blocks(content, toc or is_toc)
            elif child.tag in (f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"):
                yield from self.blocks(child, toc)

    def paragraph(self, element: etree._Element, toc: bool) -> Iterator[Block]:
        properties = element.find(f"{W}pPr")
        look = self.styles.look(properties)
        text = self.carried + "".join(_texts(element))
        self.carried = ""
        if properties is not None and any(
            properties.find(f"{W}rPr/{W}{tag}") is not None for tag in ("del", "moveFrom")
        ):
            # The paragraph mark is deleted: accepted, this paragraph runs on into the next.
            self.carried = text
            return
        bare = text.strip()
        label = ""
        linked = self.numbering.style_levels.get(look.style_id)
        num_id, level = look.numbering or linked or ("", 0)
        if linked and (properties is None or properties.find(f"{W}numPr") is None):
            # A style's own level counts for nothing where a level names the style (17.9.3).
            level = linked[1]
        if num_id:
            # An empty paragraph is counted, too: Word prints its number, and the next is one more.
            label = self.numbering.label(num_id, level)
        style = look.words + (" toc" if toc else "")
        if look.centred:
            style += " centre"
        if bare and _all_bold(element):
            style += " bold"
        for index, line in enumerate(re.split(r"\n+", bare)):
            if line := line.strip():
                yield Block(
                    "heading" if look.outline else "paragraph",
                    (label + line) if index == 0 else line,
                    level=look.outline,
                    style=style.strip(),
                    numbered=bool(label) and index == 0,
                )


def _texts(element: etree._Element) -> Iterator[str]:
    """The text of a paragraph: deletions, notes and drawings left out, breaks as newlines."""
    for child in element:
        tag = child.tag
        if tag in SKIPPED or not isinstance(tag, str):
            continue
        if tag in (f"{W}t", f"{M}t"):
            yield child.text or ""
        elif tag in (f"{W}tab", f"{W}ptab"):
            yield " "
        elif tag in BREAKS:
            yield "\n"
        elif tag == f"{W}noBreakHyphen":
            yield "-"
        elif tag == f"{W}sym":
            yield "□"
        elif tag == f"{W}r" and _hidden(child):
            continue
        else:
            yield from _texts(child)


def _hidden(run: etree._Element) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val", "1") not in ("0", "false")


def _all_bold(element: etree._Element) -> bool:
    runs = [
        run
        for run in element.iter(f"{W}r")
        if any((t.text or "").strip() for t in run.iter(f"{W}t"))
    ]
    bold = [run.find(f"{W}rPr/{W}b") for run in runs]
    return bool(runs) and all(
        b is not None and b.get(f"{W}val", "1") not in ("0", "false") for b in bold
    )
