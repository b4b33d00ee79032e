"""A budget of pages for every template, contents that say the pages, sources told in full, the
font that stood in told in the log."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from support.decide import DAY, FakeBase, everything

from kb.catalogue import Catalogue
from kb.config import Settings
from kb.decide import make, render_bytes, store
from kb.decide.check_read import read
from kb.decide.compose import compose
from kb.decide.freeze import freeze
from kb.decide.gather import gather
from kb.decide.prepare import prepare
from kb.decide.render import fonts
from kb.decide.render.pdf import pages
from kb.decide.sections.context import Request
from kb.decide.template import load_template, names
from tests.decide.conftest import ASKED, MADE

FULL = load_template("完整参阅材料")
SHORT = [name for name in names() if name != "完整参阅材料"]


def crowded(articles: int) -> FakeBase:
    """One regulation of many long articles about the same matter."""
    texts = {
        f"第{n}条": f"外借公章的第{n}种情形，由第{n}处登记。" + f"写明事由和归还时间{n}。" * 14
        for n in range(1, articles + 1)
    }
    return FakeBase().add("制度/公章外借细则.md", "某局公章外借细则", texts)


def composed(base, template):
    asked = {"topic": "外借公章", "questions": ("外借公章由谁登记？",)}
    material = gather(base, everything(), **asked, as_of=DAY, template=template)
    request = Request(asked["topic"], asked["questions"], "", DAY, "")
    pack = compose(
        base, everything(), request=request, template=template, material=material, made=MADE
    )
    return material, pack


@pytest.mark.parametrize("name", names())
def test_every_template_says_how_many_pages(name):
    assert 1 <= load_template(name).pages <= 20


@pytest.fixture(scope="module")
def tight():
    template = replace(FULL, pages=5, facets=(), budget=replace(FULL.budget, rules=12))
    return template, *composed(crowded(26), template)


def test_the_full_template_keeps_to_its_pages_and_tells_what_gave_way(tight):
    template, material, pack = tight
    body = sum(1 for section in pack.sections if not section.annex)
    assert 3 <= pages(pack, template)[body] - 1 <= 5
    quoted, left = {s.passage_id for s in pack.sources}, {s.passage_id for s in pack.left_out}
    gone = {c.key for c in material.chosen} - quoted
    assert gone, "nothing gave way: the test says nothing"
    assert gone <= left
    assert not quoted & left


def test_all_that_was_left_out_is_printed(tight):
    _, material, pack = tight
    assert len(pack.left_out) > 12
    assert {s.passage_id for s in pack.left_out} >= {c.key for c in material.left_out} - {
        s.passage_id for s in pack.sources
    }
    section = next(s for s in pack.sections if s.key == "plan")
    rows = section.blocks[-1].rows
    assert [row[1][0].text for row in rows] == [s.label for s in pack.left_out]
    said = render_bytes(pack, "html").decode()
    assert all(s.label in said for s in pack.left_out)


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
@pytest.mark.parametrize("name", names())
def test_every_template_lists_its_sources_with_id_version_date_and_digest(
    packed, rendered, name, fmt
):
    pack = packed(template=name)
    content = rendered(fmt) if name == FULL.name else render_bytes(pack, fmt)
    said = re.sub(r"[\s\u200b]", "", "".join(read(content, fmt)))
    assert pack.sources
    for source in pack.sources:
        day = source.effective or source.issued
        told = (source.passage_id, source.version[:12], source.digest[:12],
                f"{day.year}年{day.month}月{day.day}日", source.title)  # fmt: skip
        assert all(one.replace(" ", "") in said for one in told), (source.passage_id, told)


@pytest.mark.parametrize("name", SHORT)
def test_marks_of_the_short_templates_lead_to_the_list_and_back(packed, name):
    page = render_bytes(packed(template=name), "html").decode()
    marks = set(re.findall(r'class="mark"[^>]*href="#(source-\d+)"', page))
    assert marks
    assert marks == set(re.findall(r'<p class="source[^"]*" id="(source-\d+)"', page))
    backs = set(re.findall(r'class="back" href="#(cited-\d+)"', page))
    assert backs == {m.replace("source", "cited") for m in marks}
    assert all(f'id="{back}"' in page for back in backs)


def test_contents_say_the_real_pages(packed, rendered):
    pack = packed()
    reader = PdfReader(BytesIO(rendered("pdf")))
    texts = [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]
    feet = [re.search(r"—(\d+)—$", text) for text in texts]
    # Page of each heading by its own words and the number printed on that page.
    annexes = [s for s in pack.sections if s.annex]
    real = []
    for section in pack.sections:
        place = annexes.index(section) + 1 if section.annex else 0
        head = f"附件{place}{section.title}" if section.annex else f"、{section.title}"
        at = [n for n, text in enumerate(texts) if head in text and feet[n]]
        real.append(int(feet[at[0]].group(1)))
    contents = next(
        text for text, foot in zip(texts, feet, strict=True) if not foot and "目录" in text
    )
    said = [int(n) for n in re.findall(r"\.{4,}(\d+)", contents)]
    assert said == real == pages(pack, FULL)
    document = Document(BytesIO(rendered("docx")))
    lines = [p for p in document.paragraphs if p.style.name == "枢纽目录"]
    assert [int(re.search(r"\t(\d+)$", p.text).group(1)) for p in lines] == real
    begins = [p._p.find(f".//{qn('w:fldChar')}") for p in lines]
    assert all(one.get(qn("w:dirty")) == "true" for one in begins)


def test_without_a_font_contents_are_left_to_the_program_that_opens_it(packed, monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: frozenset({"DejaVu Sans"}))
    document = Document(BytesIO(render_bytes(packed(), "docx")))
    lines = [p.text for p in document.paragraphs if p.style.name == "枢纽目录"]
    assert lines
    assert all(line.endswith("\t") for line in lines)


STAND_IN = "仿宋_GB2312→Noto Serif CJK SC"


@pytest.fixture
def told(monkeypatch, caplog):
    chosen = fonts.choose(frozenset({"Noto Serif CJK SC", "Noto Sans CJK SC", "LXGW WenKai"}))
    monkeypatch.setattr(fonts, "stand_ins", lambda: chosen)
    caplog.set_level(logging.INFO, "kb.decide")
    return caplog


def test_the_log_says_which_font_stood_in_wherever_a_pack_is_rendered(packed, told):
    pack = packed(template="会前一页纸")
    render_bytes(pack, "html")
    assert told.text == ""
    render_bytes(pack, "pdf")
    assert f"参阅材料 {pack.id}：PDF 字体替代：{STAND_IN}" in told.text
    assert told.records[-1].levelno == logging.WARNING


def test_the_log_says_it_of_prepare_and_freeze(fake, told, stored: Settings):
    with Catalogue.open(stored, create=True) as catalogue:
        people = catalogue.people
        assert list(prepare(fake, people, everything(), first=DAY, days=7)) == []
        assert told.text == ""
        people.agenda.add(
            {
                "title": "外借公章", "background": "", "questions": [], "kind": "", "meeting": "",
                "day": DAY, "department": "", "tier": "internal", "template": "会前一页纸",
            },
            who="甲",
        )  # fmt: skip
        assert [p.did for p in prepare(fake, people, everything(), first=DAY, days=7)] == ["新做"]
        assert f"备稿 {DAY} 起 7 天：PDF 字体替代：{STAND_IN}" in told.text
        pack = make(fake, everything(), **(ASKED | {"template": "会前一页纸"}))
        store(people, pack)
        row = freeze(fake, people, everything(), pack.id, who="甲")
        assert f"定稿 {row.number}：PDF 字体替代：{STAND_IN}" in told.text


def test_the_log_says_that_nothing_stood_in_and_that_there_is_no_font(told, monkeypatch):
    monkeypatch.setattr(fonts, "stand_ins", lambda: {name: name for name in fonts.CANDIDATES})
    fonts.log_used("某份")
    assert "某份：PDF 字体齐全，没有替代" in told.text
    monkeypatch.setattr(fonts, "stand_ins", lambda: fonts.choose(frozenset()))
    fonts.log_used("另一份")
    assert "另一份：没有安装可代替" in told.text
