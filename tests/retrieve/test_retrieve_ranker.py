"""What the ranker looks at, case by case, and that its weights fit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from kb.base import KnowledgeBase
from kb.errors import ModelError
from kb.model import Kind, Scope, Status, Validity
from kb.retrieve.features import COARSE, FINE, KNOWN, Candidate, coarse, fine
from kb.retrieve.known import Near
from kb.retrieve.order import Found, Stages
from kb.retrieve.quantities import MISSED, Quantity, covered, quantities
from kb.retrieve.ranker import NAMES, read_weights, shipped_ranker, shown, spelled
from kb.retrieve.rewrite import rewrite
from kb.retrieve.search import LETTER_WEIGHT
from kb.retrieve.wants import wanted

DAY = date(2026, 11, 24)
SEALS = Found("印章.md#第三条", "印章.md#第三条", 0.9, 10.0, 0.5, 1, 2)
PLAN = Found("计划.md#第一条", "计划.md#第一条", 0.8, None, 0.6, 0, 1)
FAR = Found("远.md#第一条", "远.md#第一条", 0.1, 1.0, None, 2, 0)


def said(text: str, *, kind: Kind = Kind.REGULATION, over: bool = False) -> Candidate:
    validity = Validity(
        date(2015, 1, 1), date(2020, 1, 1) if over else None, Status.AMENDED if over else None
    )
    return Candidate(text, f"办法 {text}", tuple(text.split("\n")), kind, validity)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("8万元采购谁批", [("80000", "元")]),
        ("买个八万块的物件", [("80000", "元")]),
        ("来宾18人的接待方案", [("18", "人")]),
        ("公章想借走两周", [("14", "日")]),
        ("送个人出去学半个月", [("15", "日")]),
        ("5万元以上的采购", []),
        ("公章外借", []),
    ],
)
def test_quantities_of_a_question(question: str, found: list[tuple[str, str]]) -> None:
    assert [(f"{q.value:f}", q.unit) for q in quantities(question)] == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5万元以上20万元以下的，由分管领导审批", 1.0),
        ("5万元以下的，由处室负责人审批", MISSED),
        ("由分管领导审批", 0.0),
        ("每次补助80元", 0.0),
    ],
)
def test_a_threshold_covers_the_sum(text: str, value: float) -> None:
    assert covered((Quantity(Decimal(80000), "元"),), text) == value


def test_a_threshold_in_people_is_no_sum_of_money() -> None:
    people = (Quantity(Decimal(18), "人"),)
    assert covered(people, "来宾超过15人的，由主要负责人审批") == 1.0
    assert covered(people, "10元以上的，须附发票") == 0.0


@pytest.mark.parametrize(
    ("question", "gives", "lacks"),
    [
        ("这事由谁批", "由分管领导审批", "每年开展一次"),
        ("几天内报", "应当在3个工作日内报送", "应当及时报送"),
        ("最多多少钱", "每人不超过200元", "按规定执行"),
        ("要附哪些材料", "应当提交下列材料", "按规定执行"),
        ("要不要上会", "提交局长办公会审议", "由处室办理"),
    ],
)
def test_a_text_gives_what_is_wanted(question: str, gives: str, lacks: str) -> None:
    asks = wanted(question)
    assert asks.given(gives) > asks.given(lacks)


def test_precedent_is_wanted_only_where_it_is_asked_for() -> None:
    assert wanted("去年是怎么办的").precedent
    assert not wanted("印章外借由谁批准").precedent


def test_the_coarse_table() -> None:
    table = coarse([SEALS, PLAN, FAR], {"印章.md": 2.0})
    assert table.shape == (3, len(COARSE))
    first, second, third = (dict(zip(COARSE, row, strict=True)) for row in table)
    assert (first["keyword"], second["keyword"], third["keyword"]) == (1.0, 0.0, 0.1)
    assert second["keyword_rank"] == third["vector_rank"] == 0.0
    assert (first["cited"], second["cited"]) == (2.0, 0.0)
    # Not among the nearest: no nearer than the last of them.
    assert third["cosine"] == first["cosine"] == 0.5
    assert coarse([], {}).shape == (0, len(COARSE))


def test_known_questions_stand_beside() -> None:
    near = Near({"计划.md#第一条": (0.8, 0.64, 0.3)}, {"计划.md": (1.0, 0.8)})
    table = coarse([SEALS, PLAN], {}, near)
    assert table.shape == (2, len(COARSE) + len(KNOWN))
    assert table[0, len(COARSE) :].tolist() == [0.0] * 5
    assert table[1, len(COARSE) :].tolist() == [0.8, 0.64, 0.3, 1.0, 0.8]


def test_what_a_text_says() -> None:
    texts = [
        said("外借印章的，由分管领导批准。"),
        said("每年制定计划。\n外借印章。", kind=Kind.EXPERIENCE),
    ]
    rows = fine(rewrite("外借印章由谁批准"), texts, DAY)
    assert rows.shape == (2, len(FINE) - len(COARSE))
    first, second = (dict(zip(FINE[len(COARSE) :], row, strict=True)) for row in rows)
    assert first["rare_pairs"] > second["rare_pairs"] > 0
    assert first["wanted"] > second["wanted"]
    assert (first["note"], second["note"]) == (0.0, 1.0)
    assert np.isfinite(rows).all()
    assert fine(rewrite("印章"), [], DAY).shape == (0, len(FINE) - len(COARSE))


@pytest.mark.parametrize(
    ("question", "replaced", "past"),
    [
        ("印章外借由谁批准", 1.0, 0.0),
        ("2015年的印章办法", 0.0, 1.0),
        ("2016年的印章办法", 1.0, 0.0),
        ("旧办法里印章外借由谁批准", 0.0, 1.0),
        ("老百姓来访", 1.0, 0.0),
    ],
)
def test_a_replaced_version_counts_as_one_unless_it_is_meant(
    question: str, replaced: float, past: float
) -> None:
    (row,) = fine(rewrite(question), [said("印章", over=True)], DAY)
    seen = dict(zip(FINE[len(COARSE) :], row, strict=True))
    assert (seen["replaced"], seen["past"]) == (replaced, past)
    (row,) = fine(rewrite(question), [said("印章")], DAY)
    assert row[-2:].tolist() == [0.0, 0.0]


def test_the_shipped_weights_prefer_the_answer() -> None:
    ranker = shipped_ranker()
    table = coarse([SEALS, PLAN._replace(vector=0.5)], {})
    high, low = ranker.first(table)
    assert high > low
    asked = rewrite("外借印章由谁批准")
    read = fine(asked, [said("外借印章的，由分管领导批准。"), said("每年制定计划。")], DAY)
    weighed = ranker.weighed(["甲", "乙"], table, read)
    high, low = weighed.table @ weighed.weights
    assert sum(weighed.parts()["甲"].values()) == pytest.approx(high)
    assert high > low
    assert shown(np.asarray([high, low]))[0] == 1.0
    assert shown(np.asarray([])) == []


def test_a_known_question_lifts() -> None:
    ranker = shipped_ranker()
    near = Near({"计划.md#第一条": (0.9, 0.81, 0.6)}, {"计划.md": (1.0, 0.9)})
    alike = [SEALS, SEALS._replace(article="计划.md#第一条")]
    first = ranker.first(coarse(alike, {}, near))
    read = np.zeros((2, len(FINE) - len(COARSE)))
    weighed = ranker.weighed(["甲", "乙"], coarse(alike, {}, near), read)
    last = weighed.table @ weighed.weights
    assert first[1] > first[0]
    assert last[1] > last[0]


def test_weights_of_other_features_are_refused() -> None:
    stored = spelled(shipped_ranker())
    assert spelled(read_weights(stored)) == stored
    for name in NAMES:
        with pytest.raises(ModelError, match="不符"):
            read_weights({k: v for k, v in stored.items() if k != name})
    wrong = stored | {"fine": {"another": 1.0, **stored["fine"]}}
    with pytest.raises(ModelError, match="不符"):
        read_weights(wrong)


def test_a_whole_letter_is_found_by_its_words_and_not_ranked(base: KnowledgeBase) -> None:
    scope = Scope.everything(as_of=None)
    question = "外借公章要经谁批准"
    letter = "我们单位的同志想问一下外借公章的手续，" * 8 + question
    plain = Stages(ranker=False)
    assert base.rank(letter, scope, limit=20) == base.rank(
        letter, scope, limit=20, weight=LETTER_WEIGHT, stages=plain
    )
    ranked = [r.id for r in base.rank(question, scope, limit=20)]
    assert ranked != [r.id for r in base.rank(question, scope, limit=20, stages=plain)]
