from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.citations import (
    Citation,
    article_label,
    find_abbreviations,
    find_citations,
    find_titles,
)
from kb.text.numerals import to_chinese
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden"


def shown(citation: Citation) -> str:
    if citation.title is not None:
        whose = f"{citation.title}?" if citation.loose else f"《{citation.title}》"
    else:
        whose = citation.relative + (str(citation.steps) if citation.steps > 1 else "")
    return f"{whose}: {citation.locator}"


@pytest.mark.parametrize("case", cases(GOLDEN / "citations.txt"), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    assert [shown(c) for c in find_citations(case.given)] == list(case.expected)


@pytest.mark.parametrize("case", cases(GOLDEN / "abbreviations.txt"), ids=lambda case: case.name)
def test_abbreviations(case: Case) -> None:
    found = [
        f"{a.name} = {f'《{a.full}》' if a.is_title else a.full}"
        for a in find_abbreviations(case.given)
    ]
    assert found == list(case.expected)


PIECES = [
    "《档案法》",
    "《",
    "》",
    "本办法",
    "本条",
    "本款",
    "前款",
    "前两条",
    "上款",
    "下条",
    "以下条件",
    "第",
    "三",
    "十",
    "百",
    "〇",
    "２",
    "12",
    "条",
    "款",
    "（一）",
    "(2)",
    "项",
    "目",
    "之",
    "至",
    "、",
    "和",
    "的",
    "规定",
    "刑法",
    "依照",
    "，",
    "。",
    "\n",
    "\u3000",
    "#",
    "*",
    "“",
    "”",
    "（以下简称",
    "）",
    "第三条",
    "第十条至第九千条",
    "第（一）、（二）项",
]


@given(st.lists(st.sampled_from([*PIECES, "\n", " "]), max_size=24).map("".join))
def test_never_fails_and_spans_are_valid(text: str) -> None:
    last = 0
    for citation in find_citations(text, {"办法", ""}):
        assert 0 <= citation.start < citation.end <= len(text)
        assert citation.end >= last
        last = citation.end
        for number in (citation.paragraph, citation.item, citation.point):
            assert number is None or number > 0
        if citation.label is not None:
            assert article_label(citation.label) == citation.label
    for whole in find_titles(text):
        assert text[whole.start] == "《"
        assert text[whole.end - 1] == "》"
    for short in find_abbreviations(text):
        assert text[short.start : short.end].endswith(("）", ")"))


@given(st.integers(1, 9999), st.none() | st.integers(1, 30), st.none() | st.integers(1, 30))
def test_a_printed_place_is_read_as_it_was_meant(
    article: int, paragraph: int | None, item: int | None
) -> None:
    place = f"第{to_chinese(article)}条"
    place += f"第{to_chinese(paragraph)}款" if paragraph else ""
    place += f"第（{to_chinese(item)}）项" if item else ""
    (found,) = find_citations(f"依照《档案法》{place}的规定")
    assert (found.title, found.paragraph, found.item) == ("档案法", paragraph, item)
    assert found.locator == place


def test_a_wide_range_is_spelt_out_only_up_to_a_bound() -> None:
    assert len(find_citations("见第一条至第三百条办理")) == 300
    assert len(find_citations("见第一条至第九千条办理")) == 2


def test_members_of_a_range_have_its_span() -> None:
    text = "依照本办法第三条至第五条办理"
    found = find_citations(text)
    assert [text[c.start : c.end] for c in found] == [
        "本办法第三条",
        "本办法第三条至第五条",
        "第五条",
    ]


def test_known_names_are_told_from_the_papers_own_articles() -> None:
    (found,) = find_citations("依照采购办第九条", {"采购办"})
    assert (found.title, found.loose, found.start) == ("采购办", False, 2)
    (own,) = find_citations("依照采购办第九条")
    assert own.title is None


def test_documents_named_whole() -> None:
    text = "根据《甲法》和《乙办法》第三条、《关于修改〈丙〉的决定》（2018年），填写《审批单》。"
    found = find_titles(text)
    assert [c.title for c in found] == ["甲法", "关于修改〈丙〉的决定", "审批单"]
    assert text[found[1].start : found[1].end] == "《关于修改〈丙〉的决定》"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("第3条", "第三条"),
        ("第 十二 条", "第十二条"),
        ("第一百〇三条", "第一百零三条"),
        ("第二十条之1", "第二十条之一"),
        ("第两百条", "第二百条"),
        ("附件1", "附件1"),
        ("第一百二条", "第一百二条"),
    ],
)
def test_labels_are_written_one_way(text: str, label: str) -> None:
    assert article_label(text) == label
