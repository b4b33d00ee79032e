"""Paragraph styles of a DOCX: outline level, numbering and alignment, inherited by ``basedOn``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from indexer.readers.docx_numbering import W

HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
TOC = re.compile(r"(?:toc|目录)\s*(?:[1-9]|heading|标题)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """What styles and direct formatting say of a paragraph.

    ``outline`` is 1 for the highest level of heading, None for text; ``numbering`` is
    (numId, level) where the paragraph is in a list.
    """

    style_id: str = ""
    outline: int | None = None
    numbering: tuple[str, int] | None = None
    centred: bool = False
    words: str = ""


class Styles:
    """The styles part; looks are worked out once for each style."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._looks: dict[str, Look] = {}
        self._default = ""
        for style in () if root is None else root.iterchildren(f"{W}style"):
            if style.get(f"{W}type") == "paragraph":
                ident = style.get(f"{W}styleId", "")
                self._styles[ident] = style
                if style.get(f"{W}default") in ("1", "true"):
                    self._default = ident

    def look(self, properties: etree._Element | None) -> Look:
        """The look of a paragraph with these properties (``w:pPr``)."""
        if properties is None:
            return self._style(self._default)
        ident = _value(properties, "pStyle") or self._default
        return _applied(self._style(ident), properties)

    def _style(self, ident: str) -> Look:
        if ident not in self._looks:
            chain: list[str] = []
            step = ident
            while step in self._styles and step not in chain:
                chain.append(step)
                step = _value(self._styles[step], "basedOn")
            look = Look(style_id=ident)
            for name in reversed(chain):
                style = self._styles[name]
                look = _named(look, _value(style, "name"))
                if (properties := style.find(f"{W}pPr")) is not None:
                    look = _applied(look, properties)
            self._looks[ident] = look
        return self._looks[ident]


def _named(look: Look, name: str) -> Look:
    outline, words = look.outline, look.words
    if heading := HEADING.fullmatch(name.strip()):
        outline = int(heading[1])
    elif TOC.fullmatch(name.strip()):
        words = f"{words} toc".strip()
    elif name.strip().lower() in ("title", "标题"):
        words = f"{words} title".strip()
    return Look(look.style_id, outline, look.numbering, look.centred, words)


def _applied(look: Look, properties: etree._Element) -> Look:
    outline, numbering, centred = look.outline, look.numbering, look.centred
    if level := _value(properties, "outlineLvl"):
        # 9 is «body text»: it takes a paragraph out of the outline.
        outline = int(level) + 1 if level.isdigit() and int(level) < 9 else None
    if (num := properties.find(f"{W}numPr")) is not None:
        num_id, level = _value(num, "numId"), _value(num, "ilvl")
        inherited = numbering or ("", 0)
        numbering = (num_id or inherited[0], int(level) if level.isdigit() else inherited[1])
    if alignment := _value(properties, "jc"):
        centred = alignment == "center"
    return Look(look.style_id, outline, numbering, centred, look.words)


def _value(element: etree._Element, tag: str) -> str:
    child = element.find(f"{W}{tag}")
    return "" if child is None else child.get(f"{W}val", "")
