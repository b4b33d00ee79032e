"""Page measures, character grid and page numbers of GB/T 9704-2012 in OOXML."""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kb.decide.render.fonts import SONGTI
from kb.decide.template import TEXT_WIDTH, Template

TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""Margins in millimetres around the text block of 156 × 225 mm."""


def measure(section: Any) -> None:
    """A4 and the margins."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.gutter = 0
    # The page number's upper edge lies 7 mm below the text block (7.5): 35 − 7 − 14 pt.
    section.header_distance, section.footer_distance = Mm(15), Mm(23)


def grid(section: Any, template: Template) -> None:
    """22 lines of 28 characters (for 16 pt): ``linesAndChars`` with the exact pitches.

    It states the page; paragraphs do not snap to it but carry the same pitch and tracking
    themselves, for LibreOffice gives a character wider than a cell two cells."""
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    space = (TEXT_WIDTH / template.characters - template.size) * 4096
    element = OxmlElement("w:docGrid")
    element.set(qn("w:type"), "linesAndChars")
    element.set(qn("w:linePitch"), str(pitch_twips(template)))
    element.set(qn("w:charSpace"), str(round(space)))
    properties.append(element)


_NEVER_FIRST = (
    "!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞"
    "︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠"
)
"""What no line begins with, as Word has it for Chinese."""


def marks_stay(document: Any) -> None:
    """Let no line begin with the bracket of a mark: 「……。[3]」 stays together. Stated as a rule of
    the document (ECMA-376, 17.15.1.60), for OOXML has no tie between two runs. LibreOffice 7
    does not mind it."""
    rule = OxmlElement("w:noLineBreaksBefore")
    rule.set(qn("w:lang"), "zh-CN")
    rule.set(qn("w:val"), "[" + _NEVER_FIRST)
    settings = document.settings.element
    settings.insert_element_before(rule, *_AFTER_RULE)


_AFTER_RULE = (
    "w:savePreviewPicture", "w:doNotValidateAgainstSchema", "w:hdrShapeDefaults", "w:footnotePr",
    "w:endnotePr", "w:compat", "w:docVars", "w:rsids", "m:mathPr", "w:themeFontLang",
    "w:clrSchemeMapping", "w:shapeDefaults", "w:decimalSymbol", "w:listSeparator",
)  # fmt: skip
"""What the schema wants after it (CT_Settings)."""


def pitch_twips(template: Template) -> int:
    """Line pitch in twentieths of a point: 579 for 28.95 pt."""
    return round(template.pitch * 20)


def foot(document: Any, section: Any, *, restart: bool) -> None:
    """«— 1 —», 14 pt 宋体, one character in from the right on odd and the left on even pages."""
    document.settings.odd_and_even_pages_header_footer = True
    if restart:
        number = OxmlElement("w:pgNumType")
        number.set(qn("w:start"), "1")
        # The schema wants it before the columns, and Word minds the order.
        section._sectPr.find(qn("w:cols")).addprevious(number)
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        layout = paragraph.paragraph_format
        layout.first_line_indent = Pt(0)
        layout.left_indent = layout.right_indent = Pt(14)
        for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
            for run in _runs(paragraph, text, field):
                run.font.size = Pt(14)
                face(run, SONGTI)


def _runs(paragraph: Any, text: str, field: str) -> list[Any]:
    if not field:
        return [paragraph.add_run(text)]
    return add_field(paragraph, field, "1")


def add_field(paragraph: Any, instruction: str, shown: str, *, dirty: bool = False) -> list[Any]:
    """A complex field with a cached result; ``dirty`` asks Word to work it out on opening."""
    runs = []
    for kind in ("begin", "instr", "separate", "shown", "end"):
        run = paragraph.add_run(shown if kind == "shown" else None)
        if kind == "instr":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {instruction} "
            run._r.append(element)
        elif kind != "shown":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            if kind == "begin" and dirty:
                element.set(qn("w:dirty"), "true")
            run._r.append(element)
        runs.append(run)
    return runs


_MARK = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
    'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
    '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
    '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
    '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>'
    '</v:shapetype><v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" '
    'type="#_x0000_t136" style="position:absolute;margin-left:0;'
    "margin-top:0;width:440pt;height:44pt;rotation:315;z-index:-251658752;"
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    'mso-position-vertical:center;mso-position-vertical-relative:margin" '
    'o:allowincell="f" fillcolor="#c8c8c8" stroked="f"><v:fill opacity=".4"/>'
    '<v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt"/></v:shape></w:pict></w:r>'
)


def watermark(section: Any, text: str) -> None:
    """Text across the page, behind the body, as Word's own are: a shape in the header."""
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        paragraph = header.paragraphs[0]
        run = parse_xml(_MARK)
        # As an attribute, not as markup: whatever the name holds.
        shape = run.find(".//{urn:schemas-microsoft-com:vml}shape")
        for path in () if shape is None else shape:
            if path.tag.endswith("}textpath"):
                path.set("string", text)
        paragraph._p.append(run)


def face(run: Any, font: str) -> None:
    """Name the font for Han, Latin and other characters alike."""
    name_fonts(run._r.get_or_add_rPr(), font)


def name_fonts(properties: Any, font: str) -> None:
    """``rFonts`` with all four names and no theme font (a theme overrides a name)."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for slot in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(slot), font)
    fonts.set(qn("w:hint"), "eastAsia")
