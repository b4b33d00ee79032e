"""Questions a clerk asks, and the article that must stand first."""

from __future__ import annotations

from datetime import date

import pytest

from kb.base import KnowledgeBase
from kb.model import Scope


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("8万元采购谁批", "制度/采购管理办法.md#第九条"),
        ("借用公章两周要谁同意", "制度/印章管理办法.md#第十七条"),
        ("借公章要谁批", "制度/印章管理办法.md#第十七条"),
    ],
)
def test_the_article_stands_first(base: KnowledgeBase, question: str, article: str) -> None:
    found = base.search(question, Scope.everything(as_of=date(2026, 11, 24)), limit=3)
    assert found.hits[0].id == article
    assert not found.weak
