"""What a sentence fixes, and when two sentences contradict."""

from __future__ import annotations

from datetime import date

import pytest
from support.decide import DAY, FakeBase, everything

from kb.decide.conflict import contradictions, find_conflicts, fixes, read
from kb.decide.gather import gather
from kb.decide.template import load_template
from kb.model import Kind, Scope


@pytest.mark.parametrize(
    ("text", "family", "values"),
    [
        ("借期不超过2个工作日", "日", {"2工作日"}),
        ("应当提前半个工作日送办公室", "日", {"0.5工作日"}),
        ("应当在三个工作日内印发", "日", {"3工作日"}),
        ("单笔30万元以上", "元", {"300000–None"}),
        ("5,000元以下的", "元", {"None–5000"}),
        ("在2小时内报告，并在30分钟内电话告知", "时", {"2小时", "30分钟"}),
        ("每年不少于40学时", "学时", {"40学时"}),
        ("调查对象不少于3家", "家", {"3"}),
        ("跨市用车由办公室主任批准", "批", {"办公室主任"}),
        ("须报分管副局长审批", "批", {"分管副局长"}),
    ],
)
def test_figures_and_approvers(text, family, values):
    assert fixes(text).get(family) == values


def test_a_date_is_no_limit():
    assert "日" not in fixes("于次月日期另定")


def conflicts(*pairs, about="会议纪要印发"):
    base = FakeBase()
    for n, text in enumerate(pairs):
        base.add(f"制度/{n}.md", f"第{n}办法", {"第一条": text})
    material = gather(
        base, everything(), topic=about, questions=(), as_of=DAY,
        template=load_template("完整参阅材料"),
    )  # fmt: skip
    return find_conflicts(material, about, 5)


def test_two_limits_for_one_matter():
    (found,) = conflicts("会议纪要应当在3个工作日内印发。", "会议纪要在会后5个工作日内印发。")
    assert found.families == ("日",)


def test_two_approvers_for_one_matter():
    (found,) = conflicts(
        "跨市用车由分管副局长批准。", "跨市用车由办公室主任批准。", about="跨市用车"
    )
    assert found.families == ("批",)


@pytest.mark.parametrize(
    "other",
    [
        "会议纪要应当在3个工作日内印发各处室。",
        "公务接待费用在5个工作日内报销。",
        "会议纪要印发办法自2024年5月1日起施行，有效期5年。",
    ],
)
def test_no_conflict(other):
    assert conflicts("会议纪要应当在3个工作日内印发。", other) == []


def test_one_document_does_not_contradict_itself():
    assert conflicts("会议纪要在3个工作日内印发。重要会议纪要在5个工作日内印发。") == []


PLANTED = {
    "会议纪要印发": ("会议议事规则.md#第二十一条", "岗位职责规定.md#第十条"),
    "跨市用车": ("机关工作流程规程.md#第二十一条", "岗位职责规定.md#第二十二条"),
    "大额资金支出": ("三重一大决策制度.md#第八条", "经费支出管理办法.md#第九条"),
    "用印申请": ("印章管理办法.md#第十二条", "机关工作流程规程.md#第十一条"),
    "固定资产单价": ("固定资产管理办法.md#第二条", "经费支出管理办法.md#第十七条"),
    "干部培训学时": ("培训管理办法.md#第八条", "年度考核办法.md#第八条"),
}
"""Topic → two articles of the example papers that rule one matter differently (read by hand)."""
REST = ("值班工作制度.pdf#第二十一条", "考勤与休假管理办法.md#第二十一条")
TODAY = Scope.everything(as_of=date(2026, 11, 24))


def ids(pair):
    keys = (pair.one.candidate.key, pair.other.candidate.key)
    return frozenset(key.removeprefix("制度/") for key in keys)


@pytest.mark.parametrize("topic", PLANTED)
def test_the_conflicts_of_the_example_papers_are_found(base, topic):
    material = gather(
        base, TODAY, topic=topic, questions=(), as_of=TODAY.as_of,
        template=load_template("完整参阅材料"),
    )  # fmt: skip
    found = find_conflicts(material, topic, 6)
    assert frozenset(PLANTED[topic]) in {ids(pair) for pair in found}
    assert len(found) <= 2


@pytest.mark.parametrize("topic", ["采购一批设备", "信访办理", "公文办理", "差旅报销", "网络安全"])
def test_no_false_alarm_on_other_topics(base, topic):
    material = gather(
        base, TODAY, topic=topic, questions=(), as_of=TODAY.as_of,
        template=load_template("完整参阅材料"),
    )  # fmt: skip
    assert find_conflicts(material, topic, 6) == []


def test_over_all_example_papers_at_once(base):
    class Read:
        relevance = 1.0

        def __init__(self, row):
            self.row, self.key = row, row.passage.id

    said = [
        sentence
        for paper in base.documents(TODAY)
        if paper.kind is Kind.REGULATION and "历史版本" not in paper.path
        for row in base.document(paper.path, TODAY).passages
        if " | " not in row.passage.text
        for sentence in read(Read(row), (), chosen=True)
    ]
    pairs = {ids(pair) for pair in contradictions(said)}
    assert {frozenset(pair) for pair in (*PLANTED.values(), REST)} <= pairs
    assert len(pairs) <= 40
