"""The text of a rendered file in units: paragraphs and cells; lines where there is no more."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from lxml import etree, html

from kb.errors import PackError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLOCKS = "//h1/span|//h2|//h3|//h4|//p|//dt|//dd|//th|//li|//title|//a[@class='back']"


def read(content: bytes, fmt: str) -> Iterator[str]:
    """Units of text, in order.

    Raises:
        PackError: not such a file.
    """
    reader = _READERS.get(fmt)
    if reader is None:
        raise PackError(f"不能核对 {fmt!r} 文件", hint=f"可用：{'、'.join(_READERS)}")
    return reader(content)


def _docx(content: bytes) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(BytesIO(content)) as package:
        for name in sorted(package.namelist()):
            if name == "word/document.xml" or name.startswith(("word/footer", "word/header")):
                root = etree.fromstring(package.read(name), parser)
                title = ""
                for paragraph in root.iter(f"{_W}p"):
                    if _is_title(paragraph):
                        # A title is broken into lines by hand: it is one text all the same.
                        title += "".join(_pieces(paragraph))
                        continue
                    yield title
                    title = ""
                    yield from _pieces(paragraph)
                yield title


def _is_title(paragraph: Any) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and style.get(f"{_W}val") == "Title"


def _pieces(paragraph: Any) -> Iterator[str]:
    """Text of a paragraph; a tab begins a new unit, field instructions are no text."""
    text = ""
    for element in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        if element.tag == f"{_W}t":
            text += element.text or ""
        elif element.getparent().tag == f"{_W}r":
            yield text
            text = ""
    yield text


def _html(content: bytes) -> Iterator[str]:
    root: Any = html.fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    for element in root.xpath("//a[@class='back']"):
        yield element.text_content()
        element.drop_tree()
    title = ""
    for element in root.xpath(_BLOCKS):
        if element.tag == "span":
            title += element.text_content()
            continue
        if title:
            yield title
            title = ""
        yield element.text_content()


def _pdf(content: bytes) -> Iterator[str]:
    """Lines of cells: a gap of more than half a character ends a unit."""
    import pdfplumber

    with pdfplumber.open(BytesIO(content)) as document:
        for page in document.pages:
            line = ""
            last = None
            for char in page.chars:
                if last is not None and _breaks(last, char):
                    yield line
                    line = ""
                line += char["text"]
                last = char
            yield line
            page.close()


def _breaks(last: dict[str, float], char: dict[str, float]) -> bool:
    size = max(last["size"], char["size"])
    level = abs((last["top"] + last["bottom"]) - (char["top"] + char["bottom"])) / 2
    gap = char["x0"] - last["x1"]
    return level > 0.3 * size or gap > 0.55 * size or gap < -1.5 * size


_READERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "docx": _docx, "html": _html, "pdf": _pdf,
}  # fmt: skip
