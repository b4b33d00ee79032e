from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ConfigError
from kb.text import segment
from kb.text.segment import bigrams, dictionary_digest, keywords, use_dictionary, words
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden"
ASSIGNED = st.characters(exclude_categories=["Cs", "Cn"])


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    use_dictionary(None)


@pytest.mark.parametrize("case", cases(GOLDEN / "words.txt"), ids=lambda case: case.name)
def test_words(case: Case) -> None:
    assert words(case.given) == " ".join(case.expected).split()


@pytest.mark.parametrize("case", cases(GOLDEN / "bigrams.txt"), ids=lambda case: case.name)
def test_bigrams(case: Case) -> None:
    assert bigrams(case.given) == " ".join(case.expected).split()


@given(st.text(st.one_of(ASSIGNED, st.sampled_from("公文处理，.%-_＋aB3.〇々　"))))
def test_terms_are_terms(text: str) -> None:
    for term in words(text) + bigrams(text):
        assert term == term.strip() != ""
        assert any(char.isalnum() or char in "々" for char in term), term
    # Both see the same letters: nothing that bigrams find is lost to words.
    seen = {char for term in words(text) for char in term}
    assert {char for term in bigrams(text) for char in term if char.isalnum()} <= seen


def test_traditional_and_wide_text_gives_the_same_terms() -> None:
    assert words("國務院辦公廳") == words("国务院办公厅")
    assert bigrams("ＡＢＣ１２，檔案") == bigrams("abc12,档案")


def test_a_user_word_is_kept_whole_and_changes_the_digest(tmp_path: Path, restored: None) -> None:
    before = dictionary_digest()
    assert "清风云澜平台" not in words("登录清风云澜平台办理")
    file = tmp_path / "词典.txt"
    file.write_text("# 本局用语\n清风云澜平台 200\n\n一网通办  # 常用\n", encoding="utf-8")
    use_dictionary(file)
    assert "清风云澜平台" in words("登录清风云澜平台办理")
    assert "三重一大" in words("三重一大事项")
    assert dictionary_digest() != before
    use_dictionary(None)
    assert dictionary_digest() == before
    assert "清风云澜平台" not in words("登录清风云澜平台办理")


@pytest.mark.parametrize("line", ["三 重 一 大", "用印 很多", "（）"])
def test_a_wrong_line_is_named(tmp_path: Path, restored: None, line: str) -> None:
    file = tmp_path / "词典.txt"
    file.write_text(f"公文\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="第 2 行") as caught:
        use_dictionary(file)
    assert "词典.txt" in str(caught.value)


def test_a_missing_dictionary_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"没有\.txt"):
        use_dictionary(tmp_path / "没有.txt")


def test_the_fallback_cuts_the_same(restored: None) -> None:
    text = "局长办公会研究三重一大事项，由督查室负责督查督办，自印发之日起施行。"
    listed = {word.text: word.weight for word in segment._office_terms()}
    assert segment._python(listed)(text) == segment._rust(listed)(text)


def test_keywords_tell_what_a_text_is_about() -> None:
    text = "公务接待应当从严控制。公务接待清单由办公室审核，接待费用不得超过标准。"
    found = keywords(text, 3)
    assert len(found) == 3
    assert "公务接待" in found
