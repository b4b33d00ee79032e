from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.readers.markdown import COMMENT, SPECIAL, _lines, _tokens, front_matter, read
from indexer.reading import Block


def blocks(text: str) -> list[tuple[str, int | None, str]]:
    return [(b.kind, b.level, b.text) for b in read(text.encode(), "a.md").blocks]


def test_headings_paragraphs_and_comments() -> None:
    assert blocks("# 题\n\n<!-- INFO END -->\n\n## 第一章　总则\n第一条　甲\n第二条　乙\n") == [
        ("heading", 1, "题"),
        ("heading", 2, "第一章　总则"),
        ("paragraph", None, "第一条　甲"),
        ("paragraph", None, "第二条　乙"),
    ]


def test_list_numbers_are_kept_and_bullets_dropped() -> None:
    found = [text for _, _, text in blocks("3. 甲\n4. 乙\n\n- 丙\n- 丁\n\n2) 戊\n")]
    assert found == ["3. 甲", "4. 乙", "丙", "丁", "2) 戊"]


def test_emphasis_links_code_and_line_breaks() -> None:
    found = [text for _, _, text in blocks("**第一条** 见[附件](a.md)和`A`。<br>另起一行\n")]
    assert found == ["第一条 见附件和A。", "另起一行"]


def test_an_indented_paragraph_is_no_code() -> None:
    assert blocks("    第一条　甲\n") == [("paragraph", None, "第一条　甲")]


def test_tables() -> None:
    (table,) = read("| 甲 | 乙 |\n|--|--|\n| 1 | 2\\|3 |\n".encode(), "a.md").blocks
    assert table.rows == (("甲", "乙"), ("1", "2|3"))
    assert table.text == "甲 | 乙\n1 | 2|3"


def test_front_matter() -> None:
    reading = read("---\ntitle: 印章办法\nissued: '2023-05-16'\n---\n\n正文。\n".encode(), "a.md")
    assert reading.meta == {"title": "印章办法", "issued": "2023-05-16"}
    assert [b.text for b in reading.blocks] == ["正文。"]
    assert front_matter("# 注\n标题：甲\nurl: http://a") == {"标题": "甲", "url": "http://a"}


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert [t for _, _, t in blocks("---\n\n正文。\n")] == ["正文。"]


@pytest.mark.parametrize("gap", ["", "\n"])
def test_wrapped_lines_are_joined_but_labels_begin_anew(gap: str) -> None:
    text = f"本办法由办公室负责解释，\n执行中的问题应当反馈。\n{gap}（一）甲；\n（二）乙。\n"
    assert [t for _, _, t in blocks(text)] == [
        "本办法由办公室负责解释，执行中的问题应当反馈。",
        "（一）甲；",
        "（二）乙。",
    ]


LINE = st.text(alphabet="第一二条章（）；。，　为了abc1# ", max_size=14)


@given(st.lists(LINE, max_size=12).map("\n".join))
def test_the_fast_way_reads_as_the_parser_does(text: str) -> None:
    if SPECIAL.search(COMMENT.sub("", text)):
        return
    fast: list[Block] = list(_lines(text))
    assert fast == list(_tokens(text))
