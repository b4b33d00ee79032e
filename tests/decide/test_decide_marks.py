"""Circle of readers, copy number and watermark: by setting, in every format, traceable."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pdfplumber
import pytest
from lxml import etree, html

from kb.decide import render_bytes
from kb.decide.check import check
from kb.decide.render.marks import Marks, marks
from kb.decide.render.stamp import stamped
from kb.decide.template import load_template
from kb.errors import ConfigError

AT = datetime(2025, 5, 1, 8, 30, tzinfo=UTC)
BEARS = Marks(tier=True, copy=3, watermark="王<b>局长 2025-05-01 16:30")


def test_the_setting_decides():
    every = marks("使用范围、份号，水印", name="王局长", copy=3, at=AT)
    assert (every.tier, every.number) == (True, "000003")
    assert every.watermark.startswith("王局长 2025-05-01 ")
    assert marks("", name="王局长", copy=3, at=AT) == Marks(tier=False)
    with pytest.raises(ConfigError, match="密级"):
        marks("密级", name="", copy=0, at=AT)


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
@pytest.mark.parametrize("name", ["完整参阅材料", "简要说明"])
def test_marks_are_there_and_traceable(packed, fmt, name):
    pack = packed(template=name)
    content = render_bytes(pack, fmt, marks=BEARS)
    template = load_template(name)
    assert check(content, fmt, pack, template, words=["份号", "000003", BEARS.watermark]) == []
    assert content == render_bytes(pack, fmt, marks=BEARS)
    if fmt == "html":
        page = html.document_fromstring(content)
        assert page.xpath("string(//*[@class='watermark']/i)") == BEARS.watermark
        assert "000003" in page.xpath("string(//dl)")
    elif fmt == "docx":
        with zipfile.ZipFile(BytesIO(content)) as package:
            heads = [n for n in package.namelist() if n.startswith("word/header")]
            told = [etree.fromstring(package.read(n)) for n in heads]
        paths = [p for t in told for p in t.iter("{urn:schemas-microsoft-com:vml}textpath")]
        assert {p.get("string") for p in paths} == {BEARS.watermark, None}
        assert len(paths) >= 4
    else:
        with pdfplumber.open(BytesIO(content)) as document:
            for page in document.pages:
                behind = [c["text"] for c in page.chars if abs(c["matrix"][1]) > 0.1]
                assert "".join(behind).replace(" ", "").count("王<b>局长") == 4


def test_a_stamped_docx_keeps_its_watermark(packed):
    content = render_bytes(packed(template="简要说明"), "docx", marks=BEARS)
    once = stamped(content, "docx", "张三 0012 第1份")
    twice = stamped(once, "docx", "李四 0013 第2份")
    with zipfile.ZipFile(BytesIO(twice)) as package:
        heads = [n for n in package.namelist() if n.startswith("word/header")]
        told = [etree.fromstring(package.read(n)) for n in heads]
    assert len(told) >= 2
    for head in told:
        paths = head.iter("{urn:schemas-microsoft-com:vml}textpath")
        assert BEARS.watermark in {path.get("string") for path in paths}
        assert "".join(head.itertext()).strip() == "李四 0013 第2份"


@pytest.mark.parametrize("fmt", ["docx", "pdf", "html"])
def test_without_the_tier(packed, fmt):
    from kb.decide.check_read import read

    pack = packed(template="简要说明")
    shown = "".join(read(render_bytes(pack, fmt), fmt))
    hidden = "".join(read(render_bytes(pack, fmt, marks=Marks(tier=False)), fmt))
    assert "内部使用" in shown
    assert "内部使用" not in hidden
