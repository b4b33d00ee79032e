"""A mark refuses a file; the same words within a sentence do not."""

from __future__ import annotations

import pickle

import pytest

from indexer.reading import Block, Reading
from indexer.secrecy import Decided, Quarantined, check, stated_tier
from kb.model import Mark, Tier

BODY = ["关于某项工作的报告", "各处室：", "现将有关情况报告如下。"]


def reading(*lines: str, heads: tuple[str, ...] = ()) -> Reading:
    return Reading("text", tuple(Block("paragraph", line) for line in lines), heads=heads)


@pytest.mark.parametrize(
    "mark",
    [
        "机密★", "绝密★30年", "秘密★1年", "秘密 ★ 长期", "机密☆10年", "秘密*5年", "机　密★",
        "密级：秘密★",        "【机密★】", "000012　机密★1年", "机密★1年　特急", "机密＊20年",
    ],
)  # fmt: skip
def test_a_mark_on_its_own_line_is_refused(mark: str) -> None:
    with pytest.raises(Quarantined) as raised:
        check(reading(mark, *BODY), "a.txt")
    assert raised.value.mark is Mark.CERTAIN
    assert "报告" not in str(raised.value)


def test_a_mark_in_the_running_head_is_refused() -> None:
    with pytest.raises(Quarantined):
        check(reading(*BODY, heads=("机密★10年",)), "a.pdf")


def test_a_mark_in_a_table_of_the_head_is_refused() -> None:
    table = Block("table", "份号 | 秘密★3年", rows=(("份号", "秘密★3年"),))
    with pytest.raises(Quarantined):
        check(Reading("docx", (table, Block("paragraph", "正文。"))), "a.docx")


def test_a_mark_is_nobodys_to_accept() -> None:
    with pytest.raises(Quarantined) as raised:
        check(reading("机密★", *BODY), "a.txt", Decided(True, "张三"))
    assert raised.value.mark is Mark.CERTAIN


@pytest.mark.parametrize("word", ["秘密", "机密", "绝　密", "密级：秘密"])
def test_a_bare_word_in_the_head_asks_a_person(word: str) -> None:
    with pytest.raises(Quarantined) as raised:
        check(reading(word, *BODY), "a.txt")
    assert raised.value.mark is Mark.DOUBTFUL
    assert "kb marks" in raised.value.hint
    assert "报告" not in str(raised.value)


def test_a_person_decides_about_a_bare_word() -> None:
    assert check(reading("秘密", *BODY), "a.txt", Decided(True, "张三"))
    with pytest.raises(Quarantined, match="张三") as raised:
        check(reading("秘密", *BODY), "a.txt", Decided(False, "张三"))
    assert raised.value.mark is Mark.REFUSED
    assert not check(reading(*BODY), "a.txt", Decided(True, "张三"))


@pytest.mark.parametrize(
    "line",
    [
        "第八条　国家秘密的密级分为绝密、机密、秘密三级。",
        "涉密文件应当在首页左上角标注密级，如“机密★10年”，并编排份号。",
        "秘密级国家秘密是一般的国家秘密，泄露会使国家安全和利益遭受损害。",
        "（一）标有“秘密★”字样的载体不得带出办公区。",
        "保密工作规定",
        "机密文件的收发由专人负责",
    ],
)
def test_rules_about_marks_are_read(line: str) -> None:
    check(reading("保密工作规定", line, *BODY), "保密.md")


def test_a_bare_word_far_down_is_a_table_entry() -> None:
    check(reading(*BODY, *["某行"] * 10, "秘密"), "a.txt")


@pytest.mark.parametrize(
    "line", ["内部资料　注意保存", "【内部文件】", "工作秘密", "（内部资料，不得外传）", "注意保存"]
)
def test_restrictions_ask_for_the_sensitive_tier(line: str) -> None:
    assert stated_tier(reading(line, *BODY)) == (Tier.SENSITIVE, line)
    check(reading(line, *BODY), "a.txt")


def test_restrictions_in_sentences_do_not() -> None:
    assert stated_tier(reading("内部资料应当注意保存，不得带离办公场所。", *BODY)) is None


def test_it_comes_back_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(Quarantined("a", "原因", hint="办法", mark=Mark.DOUBTFUL)))
    shown = (error.path, error.why, error.hint, error.mark)
    assert shown == ("a", "原因", "办法", Mark.DOUBTFUL)
