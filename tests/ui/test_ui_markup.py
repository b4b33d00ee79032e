"""What is thought without Streamlit: markup, citations, grouping, standing, contents."""

from __future__ import annotations

from datetime import date

import pytest

from kb.model import Force, Kind, Level, Node, Scope, Status, Validity
from kb.ui import cite, document, hits, ledger, links, markup, standing, start
from tests.support.ui_rows import hit, shown_of, version

ALL = Scope.everything(as_of=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "spans", "window", "expected"),
    [
        ("甲<乙>", [], None, "甲&lt;乙&gt;"),
        ("印章外借", [(2, 4)], None, "印章<mark>外借</mark>"),
        ("印章外借须批准", [(2, 4)], (3, 6), "…<mark>借</mark>须批…"),
        ("第一款\n第二款", [], None, "第一款<br>第二款"),
        ("a&b", [(0, 1), (2, 3)], None, "<mark>a</mark>&amp;<mark>b</mark>"),
        ("甲乙丙", [(0, 2), (1, 3)], None, "<mark>甲乙</mark><mark>丙</mark>"),
    ],
)
def test_marked(
    text: str, spans: list[tuple[int, int]], window: tuple[int, int] | None, expected: str
) -> None:
    assert markup.marked(text, spans, window) == expected


@pytest.mark.parametrize(
    ("title", "number", "label", "expected"),
    [
        ("甲办法", "云公管〔2022〕11号", "第三条", "《甲办法》（云公管〔2022〕11号）第三条"),
        ("印章管理办法", "", "第三条之一", "《印章管理办法》第三条之一"),
        ("印章管理办法", "", "第三条~2", "《印章管理办法》第三条"),
        ("印章管理办法", "", "第三条@2", "《印章管理办法》第三条"),
        ("印章管理办法", "", "p7", "《印章管理办法》"),
        ("印章管理办法", "", "附件1", "《印章管理办法》附件1"),
        ("关于印发《甲办法》的通知", "", "", "《关于印发〈甲办法〉的通知》"),
    ],
)
def test_citation(title: str, number: str, label: str, expected: str) -> None:
    assert cite.citation(version(title=title, number=number), label) == expected


def test_hits_are_grouped_by_document_in_order_of_the_best() -> None:
    first, second = version("甲.md"), version("乙.md")
    some = [hit(first, "第一条"), hit(second, "第二条"), hit(first, "第三条")]
    groups = hits.grouped(some)
    assert [g.version.path for g in groups] == ["甲.md", "乙.md"]
    assert [h.label for h in groups[0].hits] == ["第一条", "第三条"]


def test_what_shares_nothing_with_the_question_is_left_out() -> None:
    one = version("甲.md")
    word = hit(one, "第一条", words=("公章",), vector=0.1)
    near = hit(one, "第二条", words=(), vector=0.9)
    far = hit(one, "第三条", words=(), vector=0.1)
    neither = hit(one, "第四条", words=(), vector=None)
    assert hits.relevant([word, near, far, neither], weak=False) == [word, near]
    assert len(hits.relevant([far] * 9, weak=True)) == hits.NEAR


def test_every_kind_has_its_count() -> None:
    some = [hit(version("甲.md"), "第一条"), hit(version("乙.md", kind=Kind.EXPERIENCE), "p1")]
    assert hits.kind_counts(some) == {
        Kind.REGULATION: 1,
        Kind.EXPERIENCE: 1,
        Kind.REFERENCE: 0,
    }


REPEALED = Validity(date(2015, 1, 1), date(2022, 6, 1), Status.REPEALED, "新办法")


@pytest.mark.parametrize(
    ("validity", "status", "expected"),
    [
        (REPEALED, Status.REPEALED, "2022-06-01 起被《新办法》废止"),
        (
            Validity(date(2015, 1, 1), date(2022, 6, 1), Status.AMENDED, "新办法"),
            Status.AMENDED,
            "2022-06-01 起被《新办法》修改",
        ),
        (
            Validity(date(2015, 1, 1), date(2020, 1, 1), Status.EXPIRED, ""),
            Status.EXPIRED,
            "2020-01-01 起失效",
        ),
        (Validity(date(2015, 1, 1)), Status.IN_FORCE, "自 2015-01-01 起施行"),
        (
            Validity(date(2015, 1, 1), date(2030, 1, 1), Status.EXPIRED, ""),
            Status.IN_FORCE,
            "自 2015-01-01 起施行，有效至 2030-01-01",
        ),
        (Validity(date(2030, 1, 1)), Status.PENDING, "尚未生效，自 2030-01-01 起施行"),
        (Validity(), Status.UNVERIFIED, "文中没有写明施行日期，引用前请核实"),
    ],
)
def test_status_line(validity: Validity, status: Status, expected: str) -> None:
    assert standing.status_line(version(validity=validity), status) == expected


def test_no_basis_may_be_taken_from_experience() -> None:
    note = version(kind=Kind.EXPERIENCE)
    assert standing.status_line(note, None) == "经验材料，供参考，不作依据"


def test_links_keep_what_they_need_and_drop_what_is_empty() -> None:
    assert links.read("制度/甲 乙.md", at="第三条") == (
        "/read?doc=%E5%88%B6%E5%BA%A6%2F%E7%94%B2%20%E4%B9%99.md&at=%E7%AC%AC%E4%B8%89%E6%9D%A1"
    )
    assert links.search("a&b", day=date(2020, 1, 2)) == "/?q=a%26b&day=2020-01-02"
    assert links.search("a", day=date.today()) == "/?q=a"
    assert links.place_of("制度/甲.md#第三条~2") == ("制度/甲.md", "第三条~2")
    assert links.pack_file("id/..", "a b.docx") == "/files/pack/id%2F../a%20b.docx"


NODES = (
    Node(0, Level.CHAPTER, "第一章", "总则"),
    Node(1, Level.ARTICLE, "第一条", text="甲\n（一）乙", heading=("第一章　总则",)),
    Node(2, Level.TABLE, "", "标准", text="级别 | 金额\n处级 | 380", heading=("第一章　总则",)),
    Node(3, Level.TEXT, "", text="附言", heading=()),
)


def test_the_place_asked_for_is_found() -> None:
    shown = shown_of(NODES, labels={1: "第一条", 3: "p3"})
    assert document.target(shown, "第一条") is shown.nodes[1]
    assert document.target(shown, "p3") is shown.nodes[3]
    assert document.target(shown, "第一章") is shown.nodes[0]
    assert document.target(shown, "第九条") is None
    assert document.target(shown, "") is None


def test_tables_are_tables() -> None:
    text = document.body(shown_of(NODES, labels={}), None, lambda _: [])
    assert '<th scope="col">级别</th><th scope="col">金额</th>' in text
    assert "<td>处级</td><td>380</td>" in text
    assert "<figcaption>标准</figcaption>" in text


def test_words_are_marked_everywhere_so_that_one_can_step_through_them() -> None:
    shown = shown_of(NODES, labels={1: "第一条"})
    text = document.body(shown, shown.nodes[1], lambda _: [(0, 1)])
    assert text.count("<mark>") == 2
    everywhere = document.body(shown, None, lambda _: [(0, 1)])
    assert everywhere.count("<mark>") == 2


def test_contents_hold_each_heading_and_article_once() -> None:
    shown = shown_of(NODES, labels={})
    side = document.contents(shown.nodes, shown.nodes[1])
    assert side.count("data-jump") == 2
    assert side.count("aria-current") == 1
    assert side.count("<div") == side.count("</div>")


def test_the_inventory_narrows_by_every_word() -> None:
    rows = ledger.rows_of(
        [version("甲.md", title="印章管理办法"), version("乙.md", title="印章使用说明")], ALL
    )
    assert [r.version.path for r in ledger.narrow(rows, text="印章 说明")] == ["乙.md"]
    assert len(ledger.narrow(rows, text="")) == 2
    assert ledger.narrow(rows, kind="experience") == []


def test_the_inventory_begins_with_the_highest() -> None:
    low = version("甲.md", force=Force.INTERNAL, effective=date(2025, 1, 1))
    high = version("乙.md", force=Force.LAW, effective=date(2001, 1, 1))
    assert [r.version.path for r in ledger.rows_of([low, high], ALL)] == ["乙.md", "甲.md"]


def test_the_newest_come_first_and_the_undated_not_at_all() -> None:
    some = [
        version("甲.md", effective=date(2020, 1, 1)),
        version("乙.md", effective=None, issued=None),
        version("丙.md", effective=None, issued=date(2024, 1, 1)),
    ]
    assert [v.path for v in start.newest_of(some)] == ["丙.md", "甲.md"]
