"""What is searched, what is chosen, and what is a gap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.decide import DAY, everything

from kb.decide.gather import gather
from kb.decide.queries import plan
from kb.decide.template import load_template
from kb.model import Kind, Scope

FULL = load_template("完整参阅材料")


def gathered(fake, scope=None, template=FULL, questions=("外借公章由谁批准？",)):
    return gather(
        fake, scope or everything(), topic="外借公章", questions=questions, as_of=DAY,
        template=template,
    )  # fmt: skip


def ids(part):
    return {candidate.key for candidate in part}


def test_the_plan_names_topic_questions_and_facets():
    queries = plan("外借公章", ["谁批准？", "外借公章几天？"], FULL)
    assert [(q.text, q.question) for q in queries[:4]] == [
        ("外借公章", None),
        ("外借印章", None),
        ("外借公章 谁批准？", 0),
        ("外借公章几天？", 1),
    ]
    assert [q.text for q in queries[4:]] == [f"外借公章 {facet}" for facet in FULL.facets]


def test_papers_are_split_by_level(fake):
    found = gathered(fake)
    assert ids(found.policy) == {"法规/印章条例.md#第六条"}
    assert "制度/印章管理办法.md#第四条" in ids(found.rules)
    assert all(c.row.version.path.startswith("经验/") for c in found.precedents)
    assert ids(found.references) == {"资料/调研.md#p1"}


def test_apparatus_of_a_note_is_no_precedent(fake):
    assert found_headings(gathered(fake)) & {"涉及条款"} == set()


def found_headings(material):
    return {c.row.passage.heading[-1] for c in material.precedents}


def test_a_question_without_a_basis_is_a_gap(fake):
    found = gathered(fake, questions=("外借公章由谁批准？", "食堂采购大米的价格怎么定？"))
    assert found.gaps == (1,)


def test_each_question_gets_its_article(fake):
    small = replace(FULL, budget=replace(FULL.budget, rules=2))
    found = gathered(
        fake, template=small, questions=("公文急件几天办结？", "外借公章归还后谁核对？")
    )
    assert {"制度/工作规程.md#第八条", "制度/印章管理办法.md#第五条"} <= ids(found.rules)


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_the_budget_holds(fake, limit):
    template = replace(FULL, budget=replace(FULL.budget, rules=limit))
    assert len(gathered(fake, template=template).rules) <= limit


def test_nothing_outside_the_scope_is_gathered(fake):
    scope = everything().narrowed(kinds=frozenset({Kind.EXPERIENCE}))
    found = gathered(fake, scope=scope)
    assert found.rules == found.policy == found.references == ()
    assert found.precedents
    nobody = Scope("某人", DAY, frozenset(), frozenset())
    assert gathered(fake, scope=nobody).chosen == ()


def test_the_search_is_made_as_of_the_day(fake):
    days = []
    search = fake.search
    fake.search = lambda query, scope, limit=10: (
        days.append(scope.as_of) or search(query, scope, limit=limit)
    )
    gathered(fake, scope=Scope.everything(as_of=None))
    assert set(days) == {DAY}


def test_the_plan_tells_what_came_and_what_stayed(fake):
    found = gathered(fake)
    told = {(asked.query, asked.within): asked for asked in found.plan}
    topic = told["外借公章", "制度"]
    assert topic.found >= topic.used >= 1
    assert not ids(found.left_out) & ids(found.chosen)
