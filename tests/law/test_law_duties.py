from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.law.amounts import amounts
from kb.law.duties import duties
from kb.law.limits import limits
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden"


def row(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


@pytest.mark.parametrize("case", cases(GOLDEN / "limits.txt"), ids=lambda case: case.name)
def test_limits(case: Case) -> None:
    found = [
        (
            limit.kind.value,
            limit.text,
            limit.trigger,
            "" if limit.count is None else f"{limit.count:g} {limit.unit}",
        )
        for limit in limits(case.given)
    ]
    assert found == [row(line) for line in case.expected]


@pytest.mark.parametrize("case", cases(GOLDEN / "amounts.txt"), ids=lambda case: case.name)
def test_amounts(case: Case) -> None:
    assert [amount.shown for amount in amounts(case.given)] == list(case.expected)


@pytest.mark.parametrize("case", cases(GOLDEN / "duties.txt"), ids=lambda case: case.name)
def test_duties(case: Case) -> None:
    found = [(d.actor, d.modality, d.what, d.limit, d.trigger) for d in duties(case.given)]
    assert found == [row(line) for line in case.expected]


def test_an_amount_tells_what_lies_within() -> None:
    (found,) = amounts("5万元以上不足20万元")
    assert found.holds(Decimal(50_000))
    assert not found.holds(Decimal(49_999))
    assert not found.holds(Decimal(200_000))


PIECES = [
    "办公室",
    "印章管理岗",
    "应当",
    "不得",
    "由",
    "负责",
    "审批",
    "的",
    "，",
    "。",
    "；",
    "：",
    "\n",
    "（一）",
    "自",
    "收到",
    "之日起",
    "3",
    "三",
    "半",
    "个工作日",
    "日",
    "年",
    "内",
    "前",
    "提前",
    "每",
    "月",
    "底",
    "5",
    "万元",
    "以上",
    "不足",
    "以下",
    "超过",
    "至",
    "(",
    "不含",
    ")",
    "元",
    "立即",
    "并",
    "责令",
]


def test_a_bare_verb_is_the_action_and_what_goes_before_its_matter() -> None:
    duty, more = duties("档案由档案管理岗管理，毁损的由经办人赔偿，不得私存。")[:2]
    assert (duty.action, duty.matter, duty.what) == ("管理", "档案", "档案")
    assert (more.action, more.matter, more.what) == ("赔偿", "", "赔偿")


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_all_is_cut_from_the_text_word_for_word(text: str) -> None:
    for duty in duties(text):
        assert 0 <= duty.start < duty.end <= len(text)
        assert duty.actor in text
        assert duty.modality in text[duty.start : duty.end]
        assert text[duty.at : duty.at + len(duty.action)] == duty.action != ""
        assert duty.matter in text
        assert duty.limit in text[duty.start : duty.end]
        assert duty.trigger in duty.limit
    for limit in limits(text):
        assert text[limit.start : limit.end] == limit.text
    ends = [0]
    for amount in amounts(text):
        assert text[amount.start : amount.end] == amount.text
        assert amount.start >= ends[-1]
        ends.append(amount.end)
        if amount.low is not None and amount.high is not None:
            assert amount.low <= amount.high
