"""Topics, questions, notes and papers with markup, controls and rare characters: nothing breaks
out of the page or the file, nothing is lost."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pdfplumber
import pytest
from lxml import etree, html
from pypdf import PdfReader
from support.decide import FakeBase

from kb.decide import render, render_bytes
from kb.decide.check import check
from kb.decide.check_read import read
from kb.decide.render import file_name
from kb.decide.template import load_template

HOSTILE = {
    "html": "外借<script>alert(1)</script>&amp;<b>公章</b>\"'",
    "typst": '#set page(fill: red) $x^2$ *外借* _公章_ @a <l> \\ `raw` #read("/etc/passwd")',
    "xml": "]]> <!-- 外借公章 --> <?php ?> &lt;",
    "jinja": "{{ 7*7 }} {% raw %} 外借公章 {# #}",
    "format": "外借{topic}{}{0}%s公章",
    "emoji": "外借公章🧧👨‍👩‍👧",
    "rare": "外借〇䶮𠮷公章",
    "latin": "外借公章" + "W" * 400,
    "digits": "外借公章" + "1234567890" * 60,
    "han": "外借公章" * 120,
    "formula": '=HYPERLINK("http://x","外借公章")',
    "controls": "外借\x00\x08\x1b\u202e\u2066公章",
    "path": "../../外借/公章\\..\\con:*?",
    "percent": "外借公章 100% ~ ^ _ & $ # { } \\",
}
MM = 72 / 25.4
FORMATS = ("docx", "html", "pdf")


def plain(text):
    return "".join(c for c in text if not c.isspace() and c not in "\u200b\u2060\u200d")


def text_of(content, fmt):
    if fmt == "pdf":
        return plain("".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages))
    return plain("".join(read(content, fmt)))


@pytest.fixture(params=HOSTILE)
def words(request):
    return HOSTILE[request.param]


@pytest.fixture
def pack(packed, words):
    return packed(
        topic=words, questions=[words, "外借公章由谁批准？"], background=f"{words}\n完。",
        template="简要说明",
    )  # fmt: skip


def test_nothing_is_lost_in_docx_and_html(pack, words):
    wanted = plain(pack.topic)
    assert "外借" in wanted
    for fmt in ("docx", "html"):
        content = render_bytes(pack, fmt)
        assert wanted in text_of(content, fmt)
        assert check(content, fmt, pack, load_template(pack.template)) == []


def test_nothing_is_lost_in_pdf_and_nothing_leaves_the_page(pack):
    content = render_bytes(pack, "pdf")
    wanted = plain(pack.topic)
    # Emoji may have no glyph here and long words wrap; every other character must be there.
    found = text_of(content, "pdf")
    kept = [c for c in wanted if ord(c) < 0x1F000]
    assert all(c in found for c in kept)
    with pdfplumber.open(BytesIO(content)) as document:
        for page in document.pages:
            letters = [c for c in page.chars if c["text"].isalnum()]
            assert all(c["x0"] > 0 and c["x1"] < page.width - 26 * MM + 1 for c in letters)
    assert b"/JavaScript" not in content


def test_html_keeps_markup_as_text(pack):
    page = html.document_fromstring(render_bytes(pack, "html"))
    assert page.xpath("//script|//b") == []


def test_docx_is_well_formed(pack):
    with zipfile.ZipFile(BytesIO(render_bytes(pack, "docx"))) as package:
        assert package.testzip() is None
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(package.read(name))


def test_file_names_are_safe(pack, tmp_path):
    files = render(pack, ["html"], tmp_path / "出")
    (file,) = files
    assert file.parent == tmp_path / "出"
    assert file.is_file()
    assert not set('<>:"/\\|?*') & set(file.name)
    assert len(file.name.encode()) < 250


@pytest.mark.parametrize("topic", ["CON", "...", "///", "nul.txt", "🧧"])
def test_reserved_and_empty_names(packed, topic):
    name = file_name(packed(topic=topic), "pdf")
    assert name.rpartition(".")[2] == "pdf"
    assert not name.startswith((".", " "))
    assert name.split("-")[0].upper() not in ("CON", "NUL", "NUL.TXT")


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_hostile_paper_is_quoted_as_it_is(packed, fmt):
    article = (
        "外借公章#set<b>*须*</b>{{局长}}批准，见$x$与\\n；𠮷䶮〇均可。\x0b第二段\x01外借公章。"
    )
    base = FakeBase().add("制度/<恶>.md", "某局<script>公章&办法", {"第一条": article})
    pack = packed(base=base, template="简要说明")
    content = render_bytes(pack, fmt)
    assert pack.sources[0].text == article
    found = text_of(content, fmt)
    assert "外借公章#set<b>*须*</b>{{局长}}批准" in found
    assert "𠮷䶮〇" in found


@pytest.mark.parametrize("fmt", FORMATS)
def test_ten_thousand_characters(packed, fmt):
    notes = "外借公章的经过需要说明。" * 830
    pack = packed(background=notes, template="简要说明")
    assert text_of(render_bytes(pack, fmt), fmt).count("外借公章的经过需要说明") >= 800
