"""Measures of GB/T 9704-2012 read back from the DOCX."""

from __future__ import annotations

import zipfile
from io import BytesIO
from itertools import pairwise

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kb.decide import render_bytes


@pytest.fixture
def document(rendered):
    return Document(BytesIO(rendered("docx")))


def fonts_of(style):
    fonts = style.element.rPr.find(qn("w:rFonts"))
    return {fonts.get(qn(f"w:{slot}")) for slot in ("eastAsia", "ascii", "hAnsi", "cs")}


def test_page_and_margins(document):
    for section in document.sections:
        measures = (
            (section.page_width, 210), (section.page_height, 297), (section.top_margin, 37),
            (section.bottom_margin, 35), (section.left_margin, 28), (section.right_margin, 26),
        )  # fmt: skip
        # OOXML counts in twentieths of a point.
        assert all(abs(found - Mm(wanted)) < Pt(0.05) for found, wanted in measures)


def test_the_grid_is_22_lines_of_28_characters(document):
    for section in document.sections:
        grid = section._sectPr.find(qn("w:docGrid"))
        assert grid.get(qn("w:type")) == "linesAndChars"
        assert grid.get(qn("w:linePitch")) == "579"
        assert -852 <= int(grid.get(qn("w:charSpace"))) <= -845


def test_body_text(document):
    style = document.styles["枢纽正文"]
    assert fonts_of(style) == {"仿宋_GB2312"}
    assert style.font.size == Pt(16)
    assert style.paragraph_format.line_spacing == Pt(28.95)
    spacing = style.element.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == ("579", "exact")
    assert style.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert style.element.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"


def test_title_and_headings(document):
    title = document.styles["Title"]
    assert fonts_of(title) == {"方正小标宋简体"}
    assert title.font.size == Pt(22)
    assert title.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert not title.font.bold
    for name, font in (("Heading 1", "黑体"), ("Heading 2", "楷体_GB2312")):
        assert fonts_of(document.styles[name]) == {font}
        assert document.styles[name].font.size == Pt(16)
        assert not document.styles[name].font.bold


def test_no_theme_font_overrides_a_named_one(rendered):
    with zipfile.ZipFile(BytesIO(rendered("docx"))) as package:
        styles = package.read("word/styles.xml").decode()
        body = package.read("word/document.xml").decode()
    named = [part.split("/>")[0] for part in styles.split("<w:rFonts")[1:]]
    used = {n.split('w:eastAsia="')[1].split('"')[0] for n in named if 'w:eastAsia="' in n}
    assert {"仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"} <= used
    assert "Theme=" not in body
    for name in ("Normal", "Title", "Heading1", "Heading2"):
        start = styles.index(f'w:styleId="{name}"')
        assert "Theme" not in styles[start : styles.index("</w:style>", start)].split("w:color")[0]


def test_page_numbers_odd_right_even_left(document):
    assert document.settings.odd_and_even_pages_header_footer
    body = document.sections[-1]
    for footer, side in (
        (body.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (body.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        assert paragraph.alignment == side
        assert paragraph.text == "— 1 —"
        assert "PAGE" in paragraph._p.xml
        assert {run.font.size for run in paragraph.runs} == {Pt(14)}
        assert paragraph.paragraph_format.right_indent == Pt(14)


def test_the_cover_has_no_number_and_the_body_begins_with_one(document):
    cover, body = document.sections
    assert cover.footer.paragraphs[0].text == ""
    assert body._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_tables_repeat_their_head_and_keep_rows_whole(document):
    assert len(document.tables) >= 6
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        styles = {p.style.name for row in table.rows for c in row.cells for p in c.paragraphs}
        assert styles <= {"枢纽表头", "枢纽表格", "枢纽来源表"}
    pitch = document.styles["枢纽表格"].paragraph_format.line_spacing
    assert pitch == Pt(17)


def test_a_mark_begins_no_line_and_a_table_has_its_introduction_with_it(document):
    rule = document.settings.element.find(qn("w:noLineBreaksBefore"))
    assert rule.get(qn("w:lang")) == "zh-CN"
    assert set("[。）】") <= set(rule.get(qn("w:val")))
    assert rule.getnext().tag in (qn("w:savePreviewPicture"), qn("w:compat"))
    body = list(document.element.body)
    before = [body[at - 1] for at, each in enumerate(body) if each.tag == qn("w:tbl")]
    styles = {style.style_id: style for style in document.styles}
    assert len(before) > 4
    for paragraph in before:
        found = paragraph.find(qn("w:pPr"))
        own = found.find(qn("w:keepNext"))
        style = styles[found.find(qn("w:pStyle")).get(qn("w:val"))]
        assert own is not None or style.paragraph_format.keep_with_next or (
            style.name == "枢纽附件题"
        ), "".join(paragraph.itertext())  # fmt: skip


def test_annexes_begin_on_new_pages(document):
    heads = [p for p in document.paragraphs if p.style.name == "枢纽附件号"]
    assert [p.text for p in heads] == ["附件1", "附件2", "附件3"]
    assert all(p.paragraph_format.page_break_before for p in heads)


def test_every_link_has_its_target(rendered):
    with zipfile.ZipFile(BytesIO(rendered("docx"))) as package:
        body = package.read("word/document.xml").decode()
    names = {part.split('"')[0] for part in body.split('<w:bookmarkStart w:id="')[1:]}
    targets = {p.split('w:name="')[1].split('"')[0] for p in body.split("<w:bookmarkStart")[1:]}
    links = {p.split('"')[0] for p in body.split('w:anchor="')[1:]}
    assert links
    assert links <= targets
    assert len(names) == body.count("<w:bookmarkStart"), "bookmark ids repeat"


def test_the_same_pack_the_same_bytes(packed, rendered):
    assert render_bytes(packed(), "docx") == rendered("docx")


def test_nothing_lies_between_a_table_and_the_annex_after_it(document):
    """Below a table that fills its page an empty line would make an empty page."""
    body = list(document.element.body)
    annexes = 0
    for before, after in pairwise(body):
        if after.find(f".//{qn('w:pageBreakBefore')}") is not None:
            assert before.tag != qn("w:p") or "".join(before.itertext()).strip()
            annexes += before.tag == qn("w:tbl")
    assert annexes, "no annex follows a table: the test says nothing"
    # A document does not end in one either: only the section's measures come last.
    assert (body[-2].tag, body[-1].tag) == (qn("w:p"), qn("w:sectPr"))
