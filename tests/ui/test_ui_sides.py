"""The other sides of a document, and what its text is woven with."""
# ruff: noqa: E501 - markup beside markup

from __future__ import annotations

import pytest

from kb.model import Level, Node, Tier
from kb.ui import compare
from kb.ui.markup import Anchor, woven
from kb.ui.watermark import watermark
from tests.support.ui import Opener, html_of, unharmed

SEALS = "制度/印章管理办法.md"


def articles(*texts: str) -> list[Node]:
    return [
        Node(i, Level.ARTICLE, label, text=text)
        for i, (label, _, text) in enumerate(t.partition("　") for t in texts)
    ]


def told(old: list[Node], new: list[Node]) -> list[tuple[str, str, str]]:
    return [
        (p.what, p.old.label if p.old else "", p.new.label if p.new else "")
        for p in compare.pairs(old, new)
    ]


def test_articles_that_belong_together() -> None:
    old = articles(
        "第一条　为规范印章管理，制定本办法。",
        "第二条　印章由办公室保管，专人负责。",
        "第三条　印章不得外借。",
        "第四条　用印须登记。",
    )
    new = articles(
        "第一条　为规范印章管理，防范风险，制定本办法。",
        "第二条　本办法适用于机关各处室。",
        "第三条　印章由办公室保管，专人负责。",
        "第四条　用印须登记。",
    )
    assert told(old, new) == [
        ("修改", "第一条", "第一条"),
        ("新增", "", "第二条"),
        ("条次有变", "第二条", "第三条"),
        ("删去", "第三条", ""),
        ("未变", "第四条", "第四条"),
    ]


def test_what_differs_within_an_article_is_marked() -> None:
    (pair,) = compare.pairs(
        articles("第一条　报<局长>批准。"), articles("第一条　报分管局长批准。")
    )
    left, right = compare.sides(pair)
    assert (left, right) == (
        "报<del>&lt;</del>局长<del>&gt;</del>批准。",
        "报<ins>分管</ins>局长批准。",
    )


def test_nothing_to_set_beside() -> None:
    assert compare.pairs([], []) == []
    assert told([], articles("第一条　略。")) == [("新增", "", "第一条")]
    assert told(articles("第一条　略。"), []) == [("删去", "第一条", "")]


@pytest.mark.parametrize(
    ("anchors", "expected"),
    [
        ([Anchor(2, 5, "/read?doc=a")], '甲乙<a class="kb-cite" href="/read?doc=a" target="_self" data-go><mark>第三</mark>条</a>丁'),
        ([Anchor(2, 5, "#n1", jump=True)], '甲乙<a class="kb-cite" href="#n1" data-jump><mark>第三</mark>条</a>丁'),
        ([Anchor(2, 5, "", says="库中没有《“某”》")], '甲乙<span class="kb-unsure" title="未能确定"><mark>第三</mark>条</span>丁'),
        ([Anchor(2, 4, "#a", jump=True), Anchor(3, 5, "#b", jump=True)], '甲乙<a class="kb-cite" href="#a" data-jump><mark>第三</mark></a>条丁'),
        ([], "甲乙<mark>第三</mark>条丁"),
    ],
)  # fmt: skip
def test_links_and_marks_in_one_text(anchors: list[Anchor], expected: str) -> None:
    said = [Anchor(a.start, a.end, a.href, a.peek, a.jump, a.says and "未能确定") for a in anchors]
    assert woven("甲乙第三条丁", [(2, 4)], said, 0, 6) == expected


def test_the_watermark_names_tier_and_reader() -> None:
    assert watermark(Tier.PUBLIC, "张三") == ""
    style = watermark(Tier.SENSITIVE, '张"三<')
    assert style.count('"') == 2
    assert "<" not in style


def test_citations_are_links(open_page: Opener) -> None:
    shown = html_of(open_page("read", doc="制度/公务接待管理办法.md"))
    assert 'class="kb-cite"' in shown
    assert "data-peek=" in shown


def test_words_looked_for_can_be_stepped_through(open_page: Opener) -> None:
    shown = html_of(open_page("read", doc=SEALS, at="第十七条", words="外借期限"))
    assert 'data-mark="1"' in shown
    assert "data-mark-count" in shown
    assert 'data-mark="1"' not in html_of(open_page("read", doc=SEALS))


@pytest.mark.parametrize(
    ("side", "says"),
    [
        ("lineage", "以本文件为依据的文件"),
        ("cited", "被引用"),
        ("versions", "修改 "),
        ("described", "清单 manifest.toml"),
    ],
)
def test_every_side_opens(open_page: Opener, side: str, says: str) -> None:
    page = open_page("read", doc=SEALS, tab=side)
    unharmed(page)
    assert not page.error
    shown = html_of(page)
    if side == "described":
        assert "怎样得来" in shown
        assert "检索单元" in shown
    else:
        assert says in shown


def test_a_side_that_a_document_has_not_falls_back_to_the_text(open_page: Opener) -> None:
    page = open_page("read", doc="制度/差旅费管理办法.md", tab="pages")
    unharmed(page)
    assert "以正式印发的文本为准" in html_of(page)
    assert "对照原页" not in page.segmented_control[0].options


def test_pages_beside_the_text(open_page: Opener) -> None:
    page = open_page("read", doc="制度/值班工作制度.pdf", tab="pages", pg="2")
    unharmed(page)
    shown = html_of(page)
    assert "第 2 页，共 5 页" in shown
    assert "/files/page?doc=" in shown
    assert "&amp;pg=2" in shown
