"""Page, margins, grid and fonts of the three packs over the example papers, read back from DOCX
and PDF. A sample in the ordinary suite; all three in all templates among the long tests."""

from __future__ import annotations

import zipfile
from functools import cache
from io import BytesIO
from itertools import pairwise

import pdfplumber
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from pypdf import PdfReader

from kb.decide import render_bytes
from kb.decide.render.fonts import CANDIDATES, stand_ins
from kb.decide.template import load_template, names
from tests.decide.test_decide_shown import THREE, made

MM = 72 / 25.4
SAMPLE = [("采购一批设备", "汇报")]
REST = [(topic, name) for topic in THREE for name in names() if (topic, name) not in SAMPLE]
CASES = [*SAMPLE, *(pytest.param(*case, marks=pytest.mark.soak) for case in REST)]
pytestmark = pytest.mark.parametrize(("topic", "name"), CASES)
_PACKS: dict[tuple[str, str], dict[str, bytes]] = {}


@pytest.fixture
def files(base, topic, name):
    if (topic, name) not in _PACKS:
        pack = made(base, topic, name)
        _PACKS[topic, name] = {fmt: render_bytes(pack, fmt) for fmt in ("docx", "pdf")}
    return _PACKS[topic, name]


def test_the_pdf_keeps_page_margins_and_grid(files, name):
    template = load_template(name)
    size, pitch = template.size, template.pitch
    longest, most, pitched = 0, 0, 0
    with pdfplumber.open(BytesIO(files["pdf"])) as document:
        for page in document.pages:
            assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
            body = [c for c in page.chars if c["bottom"] < 264 * MM and c["text"].isalnum()]
            assert min(c["x0"] for c in body) >= 28 * MM - 0.5
            assert max(c["x1"] for c in body) <= 184 * MM + 0.5
            assert min(c["top"] for c in body) >= 37 * MM - 5
            assert max(c["bottom"] for c in body) <= 262 * MM + 5
            rows: dict[float, list[str]] = {}
            for char in body:
                if abs(char["size"] - size) < 0.1:
                    rows.setdefault(round(char["top"], 1), []).append(char["text"])
            tops = sorted(rows)
            most = max(most, len(tops))
            pitched += sum(abs(b - a - pitch) < 0.15 for a, b in pairwise(tops))
            han = [row for row in rows.values() if all("一" <= c <= "龥" for c in row)]
            longest = max([longest, *map(len, han)])
            page.close()
    # 22 lines of 28 characters; a template of 14 pt has more of both.
    assert template.characters == (28 if size == 16 else 32)
    assert longest <= template.characters
    assert most <= (22 if size == 16 else 26)
    assert pitched >= 5


def test_the_docx_keeps_page_margins_and_grid(files, name):
    template = load_template(name)
    document = Document(BytesIO(files["docx"]))
    for section in document.sections:
        measures = (
            (section.page_width, 210), (section.page_height, 297), (section.top_margin, 37),
            (section.bottom_margin, 35), (section.left_margin, 28), (section.right_margin, 26),
        )  # fmt: skip
        assert all(abs(found - Mm(wanted)) < Pt(0.05) for found, wanted in measures)
        grid = section._sectPr.find(qn("w:docGrid"))
        assert grid.get(qn("w:type")) == "linesAndChars"
        assert int(grid.get(qn("w:linePitch"))) == round(template.pitch * 20)
        # What is added to a character of the body so that as many fill 156 mm.
        width = template.size + int(grid.get(qn("w:charSpace"))) / 4096
        assert abs(width * template.characters - 442.2) < 0.05
        lines = 225 * MM / (int(grid.get(qn("w:linePitch"))) / 20)
        assert int(lines) == (22 if template.size == 16 else 26)
    style = document.styles["枢纽正文"]
    assert style.font.size == Pt(template.size)
    assert round(style.paragraph_format.line_spacing.pt, 2) == template.pitch


@cache
def _named(content: bytes) -> set[str]:
    """Every font that a DOCX names for Han text that it holds."""
    document = Document(BytesIO(content))
    used = {p.style.style_id for p in document.paragraphs if p.text}
    used |= {
        p.style.style_id
        for table in document.tables for row in table.rows for c in row.cells for p in c.paragraphs
    }  # fmt: skip
    styles = [s for s in document.styles if s.style_id in used]
    fonts = [style.element.rPr.find(qn("w:rFonts")) for style in styles]
    fonts += list(document.element.body.iter(qn("w:rFonts")))
    return {font.get(qn("w:eastAsia")) for font in fonts}


def test_fonts_are_those_of_the_standard_by_name_in_the_docx(files):
    assert _named(files["docx"]) <= set(CANDIDATES)
    assert {"仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"} <= _named(files["docx"])
    with zipfile.ZipFile(BytesIO(files["docx"])) as package:
        assert not any("font" in n and n.endswith(("ttf", "odttf")) for n in package.namelist())


def test_fonts_of_the_pdf_are_those_that_stand_in_and_embedded(files):
    used = set()
    for page in PdfReader(BytesIO(files["pdf"])).pages:
        for font in page["/Resources"]["/Font"].values():
            held = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(held.get_object())
            used.add(str(held.get_object()["/FontName"]).partition("+")[2].lower())
    wanted = {name.lower().replace(" ", "")[:8] for name in stand_ins().values()}
    assert all(any(name in font for font in used) for name in wanted), (used, wanted)
    assert all(any(name in font for name in wanted) for font in used), (used, wanted)
