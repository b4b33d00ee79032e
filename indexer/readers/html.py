"""Web pages: the article without navigation, scripts and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from indexer.readers.encoding import decode
from indexer.reading import Block, Reading, table
from kb.errors import ReadError

DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "svg",
        "iframe",
        "head",
        "object",
        "video",
        "audio",
        "canvas",
        "map",
        "input",
        "textarea",
    ]
)
BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "body",
        "ul",
        "ol",
        "dl",
        "li",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "center",
        "address",
        "figure",
        "figcaption",
        "fieldset",
        "details",
        "summary",
        "tbody",
        "td",
        "tr",
        "th",
        "table",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
# Where Chinese government sites keep the text of a document.
CONTENT = re.compile(
    r"\b(?:TRS_Editor|TRS_UEDITOR|UCAP-CONTENT|pages_content|article[-_]?content|view|zoom"
    r"|Zoom|main[-_]?content|content[-_]?text|trs_editor_view|mainText)\b"
)
NOISE = re.compile(
    r"\b(?:nav|breadcrumb|crumbs?|menu|sidebar|share|pagination|copyright|toolbar)\b", re.IGNORECASE
)
ENOUGH = 0.4
"""Share of the page's text that an element must hold to be taken for its content."""


def read(data: bytes, name: str) -> Reading:
    """Read a web page, whatever charset it declares."""
    text, encoding = decode(data, name)
    # lxml refuses a declaration of encoding in text that is already decoded.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\x00", "")
    if not text.strip():
        raise ReadError(name, "文件是空的", hint="检查文件是否保存完整")
    try:
        parser = lxml_html.HTMLParser(huge_tree=False, no_network=True)
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(name, "网页无法解析", hint="用浏览器打开，另存为文本") from error
    title = " ".join((root.findtext("head/title") or "").split())
    blocks = tuple(_blocks(_content(root)))
    return Reading(
        "html", blocks, meta={"title": title} if title else {}, notes=(f"编码 {encoding}",)
    )


def _content(root: etree._Element) -> etree._Element:
    body = root.find("body")
    body = root if body is None else body
    whole = max(_size(body), 1)
    candidates = [
        element
        for element in body.iter("article", "main", "div", "td", "section")
        if element.tag in ("article", "main")
        or CONTENT.search(f"{element.get('class', '')} {element.get('id', '')}")
    ]
    for element in candidates:
        if _size(element) / whole >= ENOUGH:
            return element
    return body


def _size(element: etree._Element) -> int:
    return sum(len(str(text).strip()) for text in element.itertext(with_tail=False))


def _blocks(root: etree._Element) -> Iterator[Block]:
    """Depth first without recursion: pages nest as deep as their makers like."""
    line: list[str] = []
    style = ""
    # (element, entering) in the order they are met; a string is text that follows an element.
    stack: list[tuple[etree._Element | str, bool]] = [(root, True)]
    while stack:
        here, entering = stack.pop()
        if isinstance(here, str):
            line.append(here)
            continue
        tag = here.tag if isinstance(here.tag, str) else ""
        if not entering:
            yield from _flush(line, tag, style)
            continue
        if here is not root and here.tail:
            stack.append((here.tail, True))
        if not tag or tag in DROPPED or _hidden(here):
            continue
        if tag == "br":
            yield from _flush(line, "", style)
            continue
        if tag in BLOCKS:
            yield from _flush(line, "", style)
            style = "centre" if _centred(here) else ""
            if tag == "table" and (made := _table(here)):
                yield made
                continue
            stack.append((here, False))
        stack.extend((child, True) for child in reversed(here))
        if here.text:
            stack.append((here.text, True))
    yield from _flush(line, "", "")


def _flush(line: list[str], tag: str, style: str) -> Iterator[Block]:
    raw = "".join(line)
    line.clear()
    text = " ".join(part for part in re.split(r"[ \t\r\n\xa0]+", raw) if part).strip(
        "　 \u200b\ufeff"
    )
    if not text:
        return
    if re.fullmatch(r"h[1-6]", tag):
        yield Block("heading", text, level=int(tag[1]))
    else:
        yield Block("paragraph", text, style=style)


def _hidden(element: etree._Element) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    mark = f"{element.get('class', '')} {element.get('id', '')}"
    return "display:none" in style or bool(NOISE.search(mark) and _size(element) < 400)


def _centred(element: etree._Element) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    return (
        element.get("align", "").lower() == "center"
        or "text-align:center" in style
        or element.tag == "center"
    )


def _table(element: etree._Element) -> Block | None:
    """A table of data; None for one that only lays out the page (its content is then walked)."""
    rows: list[tuple[str, ...]] = []
    pending: dict[int, int] = {}
    for tr in element.iter("tr"):
        row: list[str] = []
        for cell in tr.iterchildren("td", "th"):
            while pending.get(len(row), 0):
                pending[len(row)] -= 1
                row.append("")
            if cell.find(".//table") is not None or len(cell.findall(".//p")) > 6:
                return None
            for offset in range(_span(cell, "colspan")):
                text = " ".join("".join(str(t) for t in cell.itertext()).split())
                pending[len(row)] = _span(cell, "rowspan") - 1
                row.append(text if offset == 0 else "")
        rows.append(tuple(row))
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return None
    return table(rows)


def _span(cell: etree._Element, which: str) -> int:
    value = cell.get(which, "1")
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() else 1
