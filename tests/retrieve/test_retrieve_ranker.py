"""What the ranker looks at, case by case, and that its weights fit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from kb.model import Kind
from kb.retrieve.features import NAMES, Candidate, features
from kb.retrieve.quantities import MISSED, Quantity, covered, quantities
from kb.retrieve.ranker import Ranker, shipped_ranker
from kb.retrieve.rewrite import rewrite
from kb.retrieve.wants import wanted

SEALS = Candidate(
    id="印章.md#第三条",
    text="外借印章的，由分管局领导批准。",
    title="印章管理办法",
    heading="第二章 使用",
    kind=Kind.REGULATION,
    fused=0.9,
    keyword=10.0,
    vector=0.5,
    keyword_rank=1,
    vector_rank=2,
)
PLAN = replace(
    SEALS, id="计划.md#第一条", text="每年制定计划。", title="计划", keyword=None, keyword_rank=0
)


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


def test_features_of_two_candidates() -> None:
    rows = features(rewrite("外借印章由谁批准"), [SEALS, PLAN])
    assert rows.shape == (2, len(NAMES))
    seen = dict(zip(NAMES, rows[0], strict=True))
    other = dict(zip(NAMES, rows[1], strict=True))
    assert seen["keyword"] == 1.0
    assert other["keyword"] == 0.0
    assert other["keyword_rank"] == 0.0
    assert seen["rare_pairs"] > other["rare_pairs"]
    assert seen["wanted"] > other["wanted"]
    assert seen["note"] == other["note"] == 0.0
    assert np.isfinite(rows).all()


def test_nothing_found_has_no_scores() -> None:
    assert features(rewrite("印章"), []).shape == (0, len(NAMES))
    assert shipped_ranker().scores(rewrite("印章"), []) == []


def test_the_shipped_weights_prefer_the_answer_and_a_known_question_lifts() -> None:
    asked = rewrite("外借印章由谁批准")
    high, low = shipped_ranker().scores(asked, [SEALS, replace(PLAN, fused=0.8)])
    assert 0 <= low < high <= 1
    lifted = Ranker(np.zeros(len(NAMES)), known=2.0).scores(asked, [SEALS, PLAN], [0.0, 0.5])
    assert lifted[1] > lifted[0]
    assert shipped_ranker().known > 0
