"""Synonyms: what is added to a question, and what a clerk's own list may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.engine.query import Field, Or, Term
from kb.errors import ConfigError
from kb.retrieve.rewrite import ADDED_BOOST, WORD_BOOST, rewrite, unframed
from kb.text.synonyms import Synonyms, read_synonyms, same


def listed(*lines: str) -> Synonyms:
    return Synonyms().read(lines, "表")


def test_a_group_goes_both_ways_and_a_lead_one_way() -> None:
    made = listed("公章 印章", "谁说了算 > 批准 审批")
    assert made.added("公章丢了") == ("印章",)
    assert made.added("印章丢了") == ("公章",)
    assert made.added("这事谁说了算") == ("批准", "审批")
    assert made.added("谁批准") == ()
    assert made.same("公章") == {"公章", "印章"}


def test_the_longest_phrase_counts_and_nothing_is_added_twice() -> None:
    made = listed("借 > 借款", "借走 > 外借", "带走 > 外借")
    assert made.added("借走还是带走") == ("外借",)
    assert listed("公章 印章").added("公章和印章") == ()


def test_words_are_folded() -> None:
    assert listed("ＡＩ > 人工智能").added("能用ai写吗") == ("人工智能",)


def test_a_section_for_packs_alone_leads_no_search_astray() -> None:
    made = listed(
        "花费 支出", "[只用于材料]", "付款 支出", "买 > 采购", "[检索和材料]", "公章 印章"
    )
    assert made.added("付款的公章") == ("印章",)
    assert made.added("花费多少") == ("支出",)
    assert made.added("支出多少") == ("花费",)
    assert made.same("付款") == {"花费", "支出", "付款"}
    assert made.formal == {"花费": "支出", "付款": "支出", "公章": "印章"}
    with pytest.raises(ConfigError, match="第 1 行"):
        listed("[别的]")
    assert same("合同") == {"合同", "协议"}
    assert read_synonyms().added("买房的合同") == ()


@pytest.mark.parametrize("line", ["公章", "公章 >", "> 印章", "公章 > 印章 > 用印", "[甲 乙]"])
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(ConfigError, match="第 2 行"):
        listed("# 说明", line)


def test_the_offices_own_list_is_read_after_ours(tmp_path: Path) -> None:
    (tmp_path / "synonyms.txt").write_text("滨江楼 > 二号办公区\n", encoding="utf-8")
    made = read_synonyms(tmp_path)
    assert made.added("滨江楼的公章") == ("二号办公区", "印章")
    assert same("公章") == {"公章", "印章"}
    (tmp_path / "synonyms.txt").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ConfigError, match="无法读取"):
        read_synonyms(tmp_path)


def test_what_is_added_weighs_less_and_is_not_highlighted() -> None:
    asked = rewrite("公章外借", listed("公章 印章"))
    assert "印章" in asked.added
    assert "印章" not in asked.words
    assert isinstance(asked.tree, Or)
    weights = {t.text: t.boost for t in asked.tree.children if t.field is Field.WORDS}  # type: ignore[union-attr]
    assert weights["印章"] == pytest.approx(WORD_BOOST * ADDED_BOOST)
    assert weights["公章"] == pytest.approx(WORD_BOOST)
    assert all(isinstance(term, Term) for term in asked.tree.children)


@pytest.mark.parametrize(
    ("question", "left"),
    [("公章能不能外借", "公章 外借"), ("怎么办", "怎么办"), ("采购限额", "采购限额")],
)
def test_what_only_makes_a_question_is_left_out(question: str, left: str) -> None:
    assert unframed(question) == left
