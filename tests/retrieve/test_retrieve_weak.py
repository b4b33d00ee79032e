"""«未找到直接依据»: how much of a question a hit accounts for, and what the judged ones give."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.model import Scope
from kb.retrieve.rewrite import rewrite
from kb.retrieve.weak import accounted, is_weak
from kb.text.synonyms import Synonyms

QUESTIONS = Path(__file__).resolve().parents[1] / "questions" / "queries.jsonl"
SCOPE = Scope.everything(as_of=date(2026, 11, 24))


def test_nothing_found_is_weak() -> None:
    assert is_weak(rewrite("印章"), ())


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("印章外借", 1.0),
        ("印章能不能外借", 1.0),
        ("印章熏香", 0.5),
        ("熏香", 0.0),
        ("吗", 0.0),
        ("印章外借审批", 1.0),
        ("印章审计", 0.5),
    ],
)
def test_share_of_a_question_accounted_for(question: str, share: float) -> None:
    asked = rewrite(question, Synonyms())
    assert accounted(asked, "印章外借的，由分管领导批准") == pytest.approx(share)


def test_a_synonyms_phrase_counts_as_understood() -> None:
    listed = Synonyms().read(["火烧眉毛 > 紧急"], "表")
    asked = rewrite("火烧眉毛用章", listed)
    assert accounted(asked, "紧急情况下") > accounted(
        rewrite("火烧眉毛用章", Synonyms()), "紧急情况下"
    )


def test_an_article_that_is_not_there_is_weak_and_one_that_is_is_not(base: KnowledgeBase) -> None:
    assert base.search("公文处理办法第四十条", SCOPE).weak
    assert not base.search("公文处理办法第十二条", SCOPE).weak


def test_the_judged_questions(base: KnowledgeBase) -> None:
    asked = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    weak = {q["_id"]: base.search(q["text"], SCOPE, limit=3).weak for q in asked}
    without = [weak[q["_id"]] for q in asked if not q["answerable"]]
    answered = [weak[q["_id"]] for q in asked if q["answerable"]]
    assert sum(without) / len(without) >= 0.8
    assert sum(answered) / len(answered) <= 0.25
