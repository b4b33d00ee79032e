"""What a question asks for, read by hand."""

from __future__ import annotations

import pytest

from kb.decide.asked import content_words, coverage, read_question, variants


@pytest.mark.parametrize(
    ("text", "content", "wants"),
    [
        ("由谁审批，要不要上会？", (), {"批准", "会议", "牵头"}),
        ("最多借几天？", (), {"时限", "数额"}),
        ("去年怎么办的？", (), set()),
        ("验收有什么要求？", ("验收",), set()),
        ("会议材料什么时候送达？", ("会议", "材料", "送达"), {"时限", "材料"}),
        ("食堂饭菜价格怎么定？", ("食堂", "饭菜", "价格"), set()),
    ],
)
def test_content_and_wants(text, content, wants):
    question = read_question(text, "外借公章")
    assert question.content == content
    assert {want.name for want in question.wants} == wants


def test_the_topics_words_are_not_the_questions_own():
    assert read_question("公章借出谁批准？", "外借公章").content == ("借出",)


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("限额多少？", "由三个处室的人共同办理。", 0.0),
        ("几天归还？", "2024年1月1日起施行。", 0.0),
        ("谁批准？", "外借公章的，由局长批准。", 1.0),
        ("谁批准？", "印章应当存放于保险柜。", 0.0),
        ("几天归还？", "借期不超过2个工作日。", 1.0),
        ("谁批准，几天归还？", "借期不超过2个工作日。", 0.5),
        ("限额多少？", "单笔5,000元以下。", 1.0),
        ("", "随便什么。", 1.0),
    ],
)
def test_what_a_text_gives(question, text, share):
    assert read_question(question, "外借公章").given_by(text, precedent=False) == share


def test_how_it_was_done_before_is_told_by_a_note_only():
    question = read_question("去年怎么办的？", "外借公章")
    assert question.given_by("应当由局长批准。", precedent=False) == 0.0
    assert question.given_by("呈局长批准。", precedent=True) == 1.0


def test_a_synonym_counts_as_found():
    assert coverage(("公章",), "印章由专人保管。") == 1.0
    assert coverage(("公章", "外借"), "印章由专人保管。") == 0.5
    assert coverage((), "随便") == 1.0


def test_variants_go_from_everyday_words_to_those_of_the_regulations():
    assert variants("外借公章") == ["外借印章"]
    assert variants("外借印章") == []
    assert variants("购买一批电脑") == ["采购一批电脑", "购买一批计算机"]


def test_filler_names_nothing():
    assert content_words("关于举办全市会议有关事项") == ("会议",)


@pytest.mark.parametrize(
    ("question", "fitting"),
    [
        ("8万元采购谁批", "（三）5万元以上、不足20万元的，由局长审批；"),
        ("3000元的东西找谁批", "（一）不足1万元的，由处室负责人审批；"),
        ("采购65万元的设备上哪个会", "（五）50万元以上的，由局党组会审议决定。"),
        ("20万元的采购谁批", "（四）20万元以上、不足50万元的，提交局长办公会审议；"),
    ],
)
def test_of_the_steps_only_the_one_for_the_sum_fits(question, fitting):
    steps = (
        "（一）不足1万元的，由处室负责人审批；",
        "（二）1万元以上、不足5万元的，由分管副局长审批；",
        "（三）5万元以上、不足20万元的，由局长审批；",
        "（四）20万元以上、不足50万元的，提交局长办公会审议；",
        "（五）50万元以上的，由局党组会审议决定。",
    )
    asked = read_question(question, "采购")
    assert [step for step in steps if asked.fits(step) > 0] == [fitting]
    assert all(asked.fits(step) < 0 for step in steps if step != fitting)


def test_without_a_sum_every_step_is_alike():
    assert read_question("采购谁批", "采购").fits("5万元以上的，由局长审批；") == 0
