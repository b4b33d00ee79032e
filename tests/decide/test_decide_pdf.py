"""The PDF: page, text that can be searched, links, fonts that stand in."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import pdfplumber
import pytest
from pypdf import PdfReader

from kb.decide import render_bytes
from kb.decide.render import fonts
from kb.errors import PackError

MM = 72 / 25.4


@pytest.fixture
def content(rendered):
    return rendered("pdf")


def test_text_can_be_searched_and_copied(content, packed):
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    plain = text.replace("\n", "").replace(" ", "")
    assert "关于外借公章的参阅材料" in plain
    assert "借期不超过2个工作日" in plain
    assert "食堂采购大米的价格怎么定？" in plain


def test_page_margins_and_lines(content):
    with pdfplumber.open(BytesIO(content)) as document:
        assert len(document.pages) >= 5
        lines = 0
        for page in document.pages[2:]:
            assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
            # Punctuation may hang: its ink lies in one half of its box.
            body = [c for c in page.chars if c["top"] < 263 * MM and c["text"].isalnum()]
            assert min(c["x0"] for c in body) >= 28 * MM - 0.5
            assert max(c["x1"] for c in body) <= (210 - 26) * MM + 0.5
            assert min(c["top"] for c in body) >= 37 * MM - 5
            tops = sorted({round(c["top"], 1) for c in body if abs(c["size"] - 16) < 0.1})
            steps = {round(b - a, 1) for a, b in pairwise(tops)}
            lines += sum(1 for step in steps if abs(step - 28.95) < 0.15)
        assert lines, "no two body lines stand one pitch apart"


def test_28_characters_fill_a_line(content):
    with pdfplumber.open(BytesIO(content)) as document:
        longest = 0
        for page in document.pages[2:]:
            rows = {}
            for char in page.chars:
                if abs(char["size"] - 16) < 0.1:
                    rows.setdefault(round(char["top"]), []).append(char["text"])
            han = [r for r in rows.values() if all("一" <= c <= "龥" for c in r)]
            longest = max([longest, *map(len, han)])
    assert longest == 28


def test_page_numbers_change_sides(content):
    with pdfplumber.open(BytesIO(content)) as document:
        for page in document.pages[:2]:
            assert "—" not in "".join(c["text"] for c in page.chars if c["top"] > 265 * MM)
        for place, page in enumerate(document.pages[2:], start=1):
            foot = [c for c in page.chars if c["top"] > 264 * MM]
            assert "".join(c["text"] for c in foot).replace(" ", "") == f"—{place}—"
            left = min(c["x0"] for c in foot) < 105 * MM
            assert left == (place % 2 == 0)


def test_bookmarks_and_links(content, packed):
    reader = PdfReader(BytesIO(content))
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles[0] == "一、摘要"
    assert "附件2　来源清单" in titles
    links = sum(len(page.get("/Annots", ())) for page in reader.pages)
    assert links >= 2 * len(packed().sources)


def test_metadata(content):
    told = PdfReader(BytesIO(content)).metadata
    assert told.title == "关于外借公章的参阅材料"
    assert told.author == "办公室"


def test_the_same_pack_the_same_bytes(content, packed):
    assert render_bytes(packed(), "pdf") == content


def test_stand_ins_follow_the_order_of_preference():
    noto = frozenset({"Noto Serif CJK SC", "Noto Sans CJK SC", "LXGW WenKai"})
    assert fonts.choose(noto) == {
        fonts.FANGSONG: "Noto Serif CJK SC",
        fonts.KAITI: "LXGW WenKai",
        fonts.HEITI: "Noto Sans CJK SC",
        fonts.XIAOBIAOSONG: "Noto Serif CJK SC",
        fonts.SONGTI: "Noto Serif CJK SC",
    }
    assert fonts.choose(noto | {"仿宋_GB2312"})[fonts.FANGSONG] == "仿宋_GB2312"
    assert fonts.choose(noto | {"simhei"})[fonts.HEITI] == "simhei"


def test_no_chinese_font_is_said_with_what_to_install(packed, monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: frozenset({"DejaVu Sans"}))
    with pytest.raises(PackError, match="中文字体") as told:
        render_bytes(packed(), "pdf")
    assert "fonts-noto-cjk" in told.value.hint
    assert render_bytes(packed(), "docx")
