"""Styles of the DOCX: what an office changes in one place when it wants another look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from kb.decide.render.docx_page import name_fonts, pitch_twips
from kb.decide.render.fonts import FANGSONG, HEITI, KAITI, XIAOBIAOSONG
from kb.decide.template import Template

INK, GREY, BLUE = RGBColor(0, 0, 0), RGBColor(0x55, 0x55, 0x55), RGBColor(0x1F, 0x4E, 0x8C)


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style. ``size``/``pitch`` in points, 0: the body's; ``indent`` in characters of
    its own size for the first line; ``grid``: drawn together as the body is, so that
    28 characters fill a line."""

    font: str
    size: float = 0
    pitch: float = 0
    indent: float = 0
    align: str = "both"
    color: RGBColor = INK
    before: float = 0
    after: float = 0
    keep: bool = False
    grid: bool = True


LOOKS: dict[str, Look] = {
    "Normal": Look(FANGSONG),
    "枢纽正文": Look(FANGSONG, indent=2),
    "Title": Look(XIAOBIAOSONG, size=22, pitch=35, align="center", grid=False),
    "枢纽副题": Look(KAITI, align="center"),
    "Heading 1": Look(HEITI, indent=2, align="left", keep=True),
    "Heading 2": Look(KAITI, indent=2, align="left", keep=True),
    "Heading 3": Look(FANGSONG, indent=2, align="left", keep=True),
    "枢纽出处": Look(KAITI, size=12.5, indent=2.5, align="left", color=GREY, keep=True),
    "枢纽说明": Look(KAITI, indent=2),
    "枢纽来源": Look(FANGSONG, size=9, pitch=12.5, align="left", color=GREY, after=3, grid=False),
    "枢纽来源小": Look(FANGSONG, size=7.5, pitch=10, align="left", color=GREY, after=2, grid=False),
    "枢纽题注": Look(KAITI, size=12, pitch=18, align="center", before=8, after=18, grid=False),
    "枢纽附注": Look(KAITI, size=9, pitch=13, align="center", color=GREY, grid=False),
    "枢纽表格": Look(FANGSONG, size=12, pitch=17, align="left", grid=False),
    "枢纽表头": Look(HEITI, size=12, pitch=17, align="center", keep=True, grid=False),
    "枢纽来源表": Look(FANGSONG, size=10, pitch=14, align="left", grid=False),
    "枢纽附件号": Look(HEITI, align="left"),
    "枢纽附件题": Look(XIAOBIAOSONG, size=22, pitch=35, align="center", before=29, after=17,
                       grid=False),
    "枢纽目录题": Look(XIAOBIAOSONG, size=22, pitch=35, align="center", after=17, grid=False),
    "枢纽目录": Look(FANGSONG, align="left"),
    "枢纽封面项": Look(KAITI, align="left"),
}  # fmt: skip
"""Style name → its look. Names of our own are Chinese: they stand in the style list of Word."""

_ALIGN = {
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}


def dress(document: Any, template: Template) -> None:
    """Set the defaults and make every style."""
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    name_fonts(properties, FANGSONG)
    for language in properties.findall(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    known = {style.name for style in styles}
    for name, look in LOOKS.items():
        if name not in known:
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        _dress(styles[name], look, template)


def _dress(style: Any, look: Look, template: Template) -> None:
    properties = style.element.get_or_add_rPr()
    name_fonts(properties, look.font)
    size = look.size or template.size
    style.font.size = Pt(size)
    style.font.bold = style.font.italic = False
    style.font.color.rgb = look.color
    for spacing in properties.findall(qn("w:spacing")) + properties.findall(qn("w:kern")):
        properties.remove(spacing)
    layout = style.paragraph_format
    layout.alignment = _ALIGN[look.align]
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = Pt(look.pitch) if look.pitch else Pt(pitch_twips(template) / 20)
    layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
    layout.keep_with_next = look.keep
    layout.widow_control = False
    layout.first_line_indent = Pt(size * look.indent)
    paragraph = style.element.get_or_add_pPr()
    for name in ("w:pBdr", "w:contextualSpacing"):
        for old in paragraph.findall(qn(name)):
            paragraph.remove(old)
    if look.indent:
        # In hundredths of a character: keeps two characters whatever the grid makes of one.
        paragraph.find(qn("w:ind")).set(qn("w:firstLineChars"), str(round(look.indent * 100)))
    # No added space between Han and digits: a line holds 28 characters, here as in the PDF.
    for name in ("w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"):
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        paragraph.find(qn("w:spacing")).addprevious(off)
    tracking = OxmlElement("w:spacing")
    tracking.set(qn("w:val"), str(round(template.tracking * 20) if look.grid else 0))
    properties.find(qn("w:sz")).addprevious(tracking)
