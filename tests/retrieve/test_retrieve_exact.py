"""A query that names its article finds that article first."""

from __future__ import annotations

from datetime import date

import pytest

from kb.base import KnowledgeBase
from kb.model import Kind, Scope

TODAY = Scope.everything(as_of=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("公文处理办法第十二条", "制度/公文处理办法.md#第十二条"),
        ("《公文处理办法》第12条", "制度/公文处理办法.md#第十二条"),
        ("云澜市公共事务管理局公文处理办法第十二条第二款", "制度/公文处理办法.md#第十二条"),
        ("《公文处理办法》第九条之一", "制度/公文处理办法.md#第九条之一"),
        ("云公管〔2024〕5号第九条", "制度/采购管理办法.md#第九条"),
        ("云公管[2024]5号 第9条", "制度/采购管理办法.md#第九条"),
        ("请问值班工作制度第十四条怎么说的", "制度/值班工作制度.pdf#第十四条"),
    ],
)
def test_it_comes_first(base: KnowledgeBase, query: str, first: str) -> None:
    result = base.search(query, TODAY, limit=5)
    assert result.hits[0].id == first
    assert result.hits[0].why.exact
    assert not result.weak
    assert "按条号找到" in result.hits[0].why.in_words()


@pytest.mark.parametrize(
    "query", ["第十二条", "没有这个办法第十二条", "公文处理办法第九百条", "本办法第三条"]
)
def test_what_names_nothing_is_searched_as_words(base: KnowledgeBase, query: str) -> None:
    assert not any(hit.why.exact for hit in base.search(query, TODAY, limit=10).hits)


def test_the_year_chooses_the_version(base: KnowledgeBase) -> None:
    always = Scope.everything(as_of=None)
    old = base.search("2018年的《公文处理办法》第十一条", always, limit=1).hits[0]
    new = base.search("《公文处理办法》第十一条", always, limit=1).hits[0]
    assert old.id == "制度/历史版本/公文处理办法(2018).md#第十一条"
    assert new.id == "制度/公文处理办法.md#第十一条"


def test_it_stays_within_the_scope(base: KnowledgeBase) -> None:
    notes = TODAY.narrowed(kinds=frozenset({Kind.EXPERIENCE}))
    hits = base.search("公文处理办法第十二条", notes, limit=10).hits
    assert hits
    assert all(hit.version.kind is Kind.EXPERIENCE for hit in hits)
