"""Every sort of hostile text at every place of the full template at once: cover, contents, cells
of tables, notes, the agenda's words. Read back from all three files: whole, in place, as text."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from itertools import pairwise

import pdfplumber
import pytest
from lxml import etree, html
from pypdf import PdfReader
from support.decide import everything

from kb.catalogue import Catalogue
from kb.config import Settings
from kb.decide import make, render_bytes, store
from kb.decide.check import check
from kb.decide.check_read import read
from kb.decide.drafts import change, open_draft
from kb.decide.edits import Act, clean
from kb.decide.model import About
from kb.decide.template import load_template
from tests.decide.conftest import ASKED
from tests.decide.test_decide_hostile import HOSTILE, plain

MM = 72 / 25.4
WHO = "<b>甲</b>#x"
TEXTS = HOSTILE | {
    "markdown": "# 一级\n- [链](http://x) ![图](y.png) **粗** `码`\n| 甲 | 乙 |\n|---|---|\n> 引",
    "typst blocks": "#import \"x\": *\n= 题\n+ 项 @source-1 <cited-1>\n#pagebreak() $ sum_n $",
    "entities": "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
    "formulas": "=SUM(A1:A9)+cmd|'/C calc'!A0　@SUM(1)　-1+1　{=TABLE()}",
    "field codes": "{ INCLUDETEXT \"c:\\\\x\" } \\h MERGEFIELD",
    "long words": "http://example.invalid/" + "a1_-" * 700 + " 完",
    "han without a stop": "须" * 1500,
    "ten thousand": "经过说明各节，均须核对。" * 834,
    "rare": "〇䶮𠮷，㐂𫚭𪚥，Ⅷ①㈠㎡℃",
    "joined pictures": "🧧👨‍👩‍👧🏳️‍🌈🀄",
    "marks that join": "e\u0301 नमस्ते ไทย 한국어 עברית",
}  # fmt: skip
TOPIC = "外借公章*#{x}<i>&amp;𠮷〇"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """(pack, words, file content by format) of one draft that holds all of them."""
    from tests.decide.conftest import filled

    base = filled()
    home = tmp_path_factory.mktemp("攻")
    with Catalogue.open(Settings(home=home), create=True) as catalogue:
        people = catalogue.people
        pack = make(base, everything(), **(ASKED | {
            "topic": TOPIC, "questions": ["外借公章由谁批准？<u>", HOSTILE["jinja"]],
            "background": TEXTS["markdown"], "maker": "办<s>公</s>室",
            "about": About("=大额<b>资金", ("财务#处", "\\LaTeX{}处"), "sensitive"),
        }))  # fmt: skip
        store(people, pack)

        def does(act):
            version = people.pack(pack.id).version
            change(base, people, everything(), pack.id, act, who=WHO, based_on=version)

        fields = open_draft(people, pack.id).fields
        # Cells of tables and blanks of paragraphs by turns, beginning with the narrowest.
        for number, (name, text) in enumerate(TEXTS.items()):
            does(Act("field", fields[number].key, text))
            if name != "ten thousand":
                does(Act("note", "摘要", {"id": name, "text": text}))
        draft = open_draft(people, pack.id)
    files = {fmt: render_bytes(draft.shown, fmt) for fmt in ("docx", "pdf", "html")}
    return draft.shown, draft.edits.words(), files


def said(files, fmt):
    if fmt != "pdf":
        return plain("".join(read(files[fmt], fmt)))
    text = ""
    for page in PdfReader(BytesIO(files["pdf"])).pages:
        text += re.sub(r"—\d+—$", "", plain(page.extract_text()))
    return re.sub(r"〔U\+(\w+)〕", lambda m: chr(int(m.group(1), 16)), text)


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
def test_nothing_is_lost_and_nothing_added(attacked, fmt):
    _, _, files = attacked
    found = said(files, fmt)
    lost = {}
    for name, text in TEXTS.items():
        # Line by line: in a PDF a table's row may go on over the page beside other cells.
        for line in clean(text).splitlines():
            # A selector of a picture's look goes where its code stands.
            wanted, where = (plain(t).replace("\ufe0f", "") for t in (line, found))
            if name in SCATTERED and fmt == "pdf":
                few = [c for c in set(wanted) if where.count(c) < wanted.count(c)]
                assert not few, (name, few)
            elif wanted not in where:
                lost[name] = wanted[:60]
    assert lost == {}


@pytest.mark.soak
@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
def test_all_of_it_is_traced(attacked, fmt):
    pack, words, files = attacked
    found = check(files[fmt], fmt, pack, load_template(pack.template), words=words)
    # Read back from a PDF in the order in which their glyphs stand.
    joined = re.compile(r"[\u0590-\u05ff\u0900-\u097f\uac00-\ud7a3]")
    assert [one for one in found if fmt != "pdf" or not joined.search(one.unit)] == []


SCATTERED = ("marks that join", "ten thousand")
"""Whose letters are written in another order than they are read; and whose cell goes on over
pages, the head of the table between."""


def test_nothing_leaves_the_page_and_no_cell_runs_into_its_neighbour(attacked):
    _, _, files = attacked
    with pdfplumber.open(BytesIO(files["pdf"])) as document:
        for page in document.pages:
            assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
            letters = [c for c in page.chars if c["text"].isalnum()]
            assert all(c["x0"] >= 28 * MM - 1 and c["x1"] <= 184 * MM + 1 for c in letters)
            assert all(c["bottom"] <= 283 * MM for c in letters)
            lines: dict[tuple[int, int], list[dict]] = {}
            for char in letters:
                lines.setdefault((round(char["top"]), round(char["size"])), []).append(char)
            for (_, size), chars in lines.items():
                chars.sort(key=lambda c: c["x0"])
                over = [(a["text"], b["text"]) for a, b in pairwise(chars)
                        if a["x1"] - b["x0"] > 0.4 * size]  # fmt: skip
                assert not over, over[:5]
            page.close()
    assert not re.search(rb"/(JavaScript|Launch|EmbeddedFile|SubmitForm)", files["pdf"])


def test_pages_and_files_hold_text_and_no_markup_of_others(attacked):
    _, _, files = attacked
    page = html.document_fromstring(files["html"])
    assert page.xpath("//script|//b|//u|//s|//img|//object|//iframe") == []
    assert {url for url in page.xpath("//@href|//@src") if not url.startswith("#")} == set()
    with zipfile.ZipFile(BytesIO(files["docx"])) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(package.read(name))
        body = package.read("word/document.xml").decode()
        links = package.read("word/_rels/document.xml.rels").decode()
    fields = set(re.findall(r"<w:instrText[^>]*> (\w+)", body))
    assert fields == {"PAGEREF"}
    assert "TargetMode" not in links
