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
        # The rules of procedure say the same: «确需外借的，经局长批准».
        ("借公章要谁批", "制度/机关工作流程规程.md#第十二条 制度/印章管理办法.md#第十七条"),
    ],
)
def test_the_article_stands_first(base: KnowledgeBase, question: str, article: str) -> None:
    found = base.search(question, Scope.everything(as_of=date(2026, 11, 24)), limit=3)
    assert found.hits[0].id in article.split()
    assert set(article.split()) <= {hit.id for hit in found.hits}
    assert not found.weak
