from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.passages import LONG, WINDOW_MOST, passages
from indexer.readers import read_bytes
from indexer.structure import outline
from kb.model import Kind, Level, Node, Passage


def cut(text: str, *, kind: Kind = Kind.REGULATION, ending: str = "md") -> tuple[Passage, ...]:
    (part,) = outline(read_bytes(text.encode(), f"a.{ending}"))
    return passages("制度/a.md", part.nodes, kind=kind, title=part.title)


def test_one_passage_an_article_with_its_heading_path() -> None:
    found = cut(
        "# 办法\n\n## 第一章　总则\n\n第一条　甲。\n\n乙。\n\n## 第二章　附则\n\n第二条　丙。\n"
    )
    assert [(p.id, p.label, p.heading, p.text) for p in found] == [
        ("制度/a.md#第一条", "第一条", ("第一章　总则",), "甲。\n乙。"),
        ("制度/a.md#第二条", "第二条", ("第二章　附则",), "丙。"),
    ]


def test_a_label_that_comes_again_is_numbered() -> None:
    found = cut("# 汇编\n\n第一条　甲。\n\n第一条　乙。\n\n第一条　丙。\n")
    assert [p.id for p in found] == ["制度/a.md#第一条", "制度/a.md#第一条@2", "制度/a.md#第一条@3"]


def test_a_long_article_is_cut_at_items_with_its_lead_in() -> None:
    items = "\n\n".join(f"（{n}）{'情形' * 90}；" for n in "一二三四五六七八九十")
    found = cut(f"# 办法\n\n第一条　有下列情形之一的，不予受理：\n\n{items}\n\n第二条　乙。\n")
    parts = [p for p in found if p.label == "第一条"]
    assert [p.id for p in parts[:3]] == [
        "制度/a.md#第一条", "制度/a.md#第一条~2", "制度/a.md#第一条~3",
    ]  # fmt: skip
    assert {p.article_id for p in parts} == {"制度/a.md#第一条"}
    assert parts[0].lead == ""
    assert all(p.lead == "有下列情形之一的，不予受理：\n" for p in parts[1:])
    assert all(p.text.startswith("（") for p in parts[1:])
    assert all(len(p.text) <= LONG for p in parts)


def test_an_endless_paragraph_is_cut_at_sentences() -> None:
    found = cut("# 办法\n\n第一条　" + "应当及时办理有关事项。" * 300 + "\n")
    assert len(found) > 3
    assert all(len(p.text) <= LONG and p.text.endswith("。") for p in found)
    assert "".join(p.text for p in found) == "应当及时办理有关事项。" * 300


def test_prose_windows_end_at_sentences_and_cross_no_heading() -> None:
    text = (
        "# 体会\n\n## 情况\n\n"
        + "某处室借出公章三天未还。" * 60
        + "\n\n## 教训\n\n外借必须两人同行。\n"
    )
    found = cut(text, kind=Kind.EXPERIENCE)
    assert [p.id for p in found] == [f"制度/a.md#p{n}" for n in range(1, len(found) + 1)]
    assert all(len(p.text) <= WINDOW_MOST and p.text.endswith("。") for p in found)
    assert {p.heading for p in found[:-1]} == {("情况",)}
    assert (found[-1].heading, found[-1].text) == (("教训",), "外借必须两人同行。")


def test_short_paragraphs_share_a_window() -> None:
    found = cut("# 通知\n\n各处室：\n\n请于月底前报送。\n\n逾期不候。\n", kind=Kind.REFERENCE)
    assert [p.text for p in found] == ["各处室：\n请于月底前报送。\n逾期不候。"]


def test_a_table_repeats_its_header() -> None:
    rows = "\n".join(f"| 部门{n} | {'说明' * 20} |" for n in range(60))
    found = cut(f"# 统计表\n\n| 部门 | 说明 |\n|---|---|\n{rows}\n", kind=Kind.REFERENCE)
    assert found[0].text.startswith("部门 | 说明\n部门0")
    assert found[0].lead == ""
    assert len(found) > 3
    assert all(p.lead == "部门 | 说明\n" for p in found[1:])
    assert sum(p.text.count("说明说明") > 0 for p in found) == len(found)
    assert "".join(p.text for p in found).count("部门") == 61


def test_a_merged_cell_goes_on_in_the_next_window() -> None:
    rows = "".join(f"| {'' if n else '甲地'} | 职务{n} | {'按实报销' * 12} |\n" for n in range(20))
    found = cut(f"# 标准\n\n| 地区 | 职务 | 标准 |\n|---|---|---|\n{rows}", kind=Kind.REFERENCE)
    assert len(found) > 2
    assert found[0].text.startswith("地区 | 职务 | 标准\n甲地 | 职务0")
    assert {p.lead for p in found[1:]} == {"地区 | 职务 | 标准\n甲地\n"}


def test_descriptive_lines_are_no_passages() -> None:
    found = cut(
        "# 条例\n\n1987年9月5日第一次会议通过\n\n（综事发〔2023〕12号　2023年5月16日印发）\n\n"
        "为加强管理，制定本条例。\n\n第一条　甲。\n\n第二条　乙。\n"
    )
    assert [p.id for p in found] == ["制度/a.md#p1", "制度/a.md#第一条", "制度/a.md#第二条"]
    assert found[0].text == "为加强管理，制定本条例。"


def test_the_name_of_an_article_leads_it() -> None:
    found = cut("# 合同\n\n### 第一条 标的\n\n采购设备。\n\n### 第二条 付款\n\n验收后付款。\n")
    assert [(p.lead, p.text) for p in found] == [
        ("标的\n", "采购设备。"),
        ("付款\n", "验收后付款。"),
    ]


def test_a_document_with_a_title_only_can_be_found() -> None:
    found = passages("a.md", (), kind=Kind.REFERENCE, title="值班表")
    assert [(p.id, p.text) for p in found] == [("a.md#p1", "值班表")]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Level.TEXT, Level.TABLE, Level.ARTICLE]),
            st.text(alphabet="甲乙丙丁。；\n，", min_size=1, max_size=2500).filter(str.strip),
        ),
        max_size=8,
    )
)
def test_nothing_is_lost_and_ids_are_unique(pieces: list[tuple[Level, str]]) -> None:
    nodes = [
        Node(n, level, "第一条" if level is Level.ARTICLE else "", text=text)
        for n, (level, text) in enumerate(pieces)
    ]
    found = passages("a.md", nodes, kind=Kind.REFERENCE, title="题")
    assert len({p.id for p in found}) == len(found)
    assert [p.ordinal for p in found] == list(range(len(found)))
    if nodes:
        wanted = "".join("".join(text.split()) for _, text in pieces)
        assert "".join("".join(p.text.split()) for p in found) == wanted
        assert all(len(p.text) <= LONG for p in found)
