"""Sentences, likeness, centrality and marginal relevance, by hand."""

from __future__ import annotations

import pytest

from kb.decide.choose import choose
from kb.decide.sentences import centrality, covered, grams, likeness, sentences


def cut(text):
    return [text[s.start : s.end] for s in sentences(text)]


def test_sentences_end_at_their_marks():
    assert cut("公章由专人保管。外借须批准；归还须登记！") == [
        "公章由专人保管。", "外借须批准；", "归还须登记！",
    ]  # fmt: skip


def test_an_item_knows_its_lead_in():
    text = (
        "按照下列权限审批：\n（一）公文，由主任审批；\n（二）合同，由局长审批。\n其他事项另行规定。"
    )
    found = sentences(text)
    assert [text[slice(*s.lead)] if s.lead else "" for s in found] == [
        "按照下列权限审批：", "按照下列权限审批：", "",
    ]  # fmt: skip


def test_a_table_row_is_no_sentence():
    assert cut("标准如下。\n| 级别 | 金额 |\n| 一级 | 400元 |") == ["标准如下。"]


def test_likeness_by_hand():
    # 公章外借: 公章 章外 外借; 外借公章: 外借 借公 公章 → 2 shared of 3 and 3.
    assert likeness(grams("公章外借"), grams("外借公章")) == pytest.approx(2 / 3)
    assert likeness(grams("公章"), grams("大米")) == 0.0
    assert covered(grams("公章外借"), grams("外借公章")) == pytest.approx(2 / 3)


def test_the_middle_one_is_central():
    weights = centrality(
        ["外借公章要批准", "外借公章要批准并登记归还", "归还公章要登记", "食堂采购大米"]
    )
    assert sum(weights) == pytest.approx(1.0)
    assert max(weights) == weights[1]
    assert min(weights) == weights[3]
    assert centrality([]) == []


def test_marginal_relevance_by_hand():
    # b repeats a: 0.75·0.9 − 0.25·1 = 0.425 < 0.75·0.6 − 0 = 0.45, so c comes before b.
    worth = {"a": 1.0, "b": 0.9, "c": 0.6}
    near = {frozenset("ab"): 1.0}
    picked = choose(
        "abc", worth.__getitem__, lambda x, y: near.get(frozenset((x, y)), 0.0), 3, balance=0.75
    )
    assert picked == ["a", "c", "b"]


def test_what_is_needed_goes_first_and_the_floor_holds():
    worth = {"a": 1.0, "b": 0.2, "c": 0.1}
    picked = choose("abc", worth.__getitem__, lambda x, y: 0.0, 3, first=["b"], floor=0.5)
    assert picked == ["b", "a"]
    assert choose("abc", worth.__getitem__, lambda x, y: 0.0, 0) == []
