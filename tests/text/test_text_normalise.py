from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.text.normalise import _CHANGING, _stirred, fold, normalise, simplified
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "normalise.txt"
TEXTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("○Oo二零条ｶﾞﾊﾟ\u0301\u0327\u200b\ufeffİΣﬁ㈠①　國後ᄒ\u1161ㅏ각\u11a8"),
    )
)


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    assert fold(case.given) == "\n".join(case.expected)


@given(TEXTS)
@example("e\u0301\u200b\u0301")
@example("İ\u0307x")
def test_every_character_maps_to_its_source(text: str) -> None:
    found = normalise(text)
    assert found.text == fold(text)
    assert len(found.offsets) == len(found.text) + 1
    assert found.offsets[len(found.text)] == len(text)
    pairs = zip(found.offsets, found.offsets[1:], strict=False)
    assert all(0 <= a <= b <= len(text) for a, b in pairs)
    for position, char in enumerate(found.text):
        source = text[found.offsets[position] :]
        assert char in fold(source) or char in "〇o○", (char, source)


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_agrees_with_nfkc_of_the_whole(text: str) -> None:
    plain = text.translate(
        dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
    )
    lowered = "".join(map(str.lower, unicodedata.normalize("NFKC", plain)))
    whole = simplified(unicodedata.normalize("NFKC", lowered))
    assert fold(text).translate(ZEROS) == whole.translate(ZEROS)


ZEROS = str.maketrans("○◯〇", "ooo")


def test_a_quotation_is_taken_back_to_the_original() -> None:
    original = "第⑫條　（ﬁnal）規定"
    found = normalise(original)
    at = found.text.index("规定")
    assert original[found.offsets[at] : found.offsets[at + 2]] == "規定"
    at = found.text.index("12")
    assert original[found.offsets[at] : found.offsets[at + 1] + 1] == "⑫"


def test_length_is_kept_where_characters_change_one_for_one() -> None:
    text = "國務院（２０２３）第○號"
    assert len(fold(text)) == len(text)
    assert list(normalise(text).offsets) == list(range(len(text) + 1))


def test_what_is_passed_over_stands_for_itself() -> None:
    passed = {code for whole in _CHANGING for code in whole} - set(_stirred())
    assert len(passed) > 30_000
    for char in map(chr, passed):
        assert unicodedata.normalize("NFKC", char) == char == char.lower()
        assert not unicodedata.combining(char)
