"""Places written in every form they are written in, among other words, found again exactly."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.citations import Citation, find_citations
from kb.text.numerals import to_chinese

BEFORE = (
    "见",
    "有下列情形之一，",
    "按照",
    "依照",
    "办理时应当符合",
    "单位负责人在值班期间，经批准并报",
)
AFTER = ("", "的规定办理。", "执行", "所列材料应当齐全；", "情形的，不予受理。", "。经办人签字")
HEADS = ("", "《印章管理办法》", "《某省〈招标投标法〉实施办法》", "本办法", "本条例")
LISTED = ("、", "和", "及", "以及", "或者", "，和")
RANGED = ("至", "到", "—", "－", "～")


@dataclass(frozen=True, slots=True)
class Written:
    """A number at one level, and how it is spelt."""

    text: str
    value: int
    inserted: int = 0


@st.composite
def articles(draw: st.DrawFn, most: int = 400) -> Written:
    value = draw(st.integers(1, most))
    digits = draw(st.booleans())
    inserted = draw(st.sampled_from((0, 0, 0, 1, 2, 11)))
    name = f"第{value if digits else to_chinese(value)}条"
    return Written(name + (f"之{to_chinese(inserted)}" if inserted else ""), value, inserted)


@st.composite
def paragraphs(draw: st.DrawFn) -> Written:
    value = draw(st.integers(1, 30))
    return Written(draw(st.sampled_from((f"第{to_chinese(value)}款", f"第{value}款"))), value)


@st.composite
def items(draw: st.DrawFn) -> Written:
    value = draw(st.integers(1, 30))
    number = to_chinese(value)
    forms = (f"第（{number}）项", f"第({number})项", f"第{number}项", f"第{value}项")
    return Written(draw(st.sampled_from(forms)), value)


def label_of(article: Written) -> str:
    inserted = f"之{to_chinese(article.inserted)}" if article.inserted else ""
    return f"第{to_chinese(article.value)}条{inserted}"


def place(
    head: str, start: int, end: int, *, article: Written | None, paragraph: int | None = None,
    item: int | None = None,
) -> Citation:  # fmt: skip
    own = not head.startswith("《")
    return Citation(
        start,
        end,
        title=None if own else head[1:-1],
        label=label_of(article) if article else None,
        paragraph=paragraph,
        item=item,
        relative=head if own else "",
    )


def found_in(before: str, cited: str, after: str) -> list[Citation]:
    return find_citations(before + cited + after)


@given(
    st.sampled_from(BEFORE),
    st.sampled_from(HEADS),
    articles(),
    st.none() | paragraphs(),
    st.none() | items(),
    st.sampled_from(AFTER),
)
def test_one_place(
    before: str,
    head: str,
    article: Written,
    paragraph: Written | None,
    item: Written | None,
    after: str,
) -> None:
    cited = head + article.text + "".join(part.text for part in (paragraph, item) if part)
    wanted = place(
        head,
        len(before),
        len(before) + len(cited),
        article=article,
        paragraph=paragraph.value if paragraph else None,
        item=item.value if item else None,
    )
    assert found_in(before, cited, after) == [wanted]


@given(
    st.sampled_from(BEFORE),
    st.sampled_from(HEADS),
    articles(),
    st.lists(st.tuples(st.sampled_from(LISTED), paragraphs()), min_size=1, max_size=4),
    paragraphs(),
    st.sampled_from(AFTER),
)
def test_a_list_takes_the_article_from_its_left(
    before: str,
    head: str,
    article: Written,
    more: list[tuple[str, Written]],
    first: Written,
    after: str,
) -> None:
    text = head + article.text + first.text
    at = len(before)
    wanted = [place(head, at, at + len(text), article=article, paragraph=first.value)]
    for joint, one in more:
        begin = at + len(text) + len(joint)
        text += joint + one.text
        wanted.append(place(head, begin, at + len(text), article=article, paragraph=one.value))
    assert found_in(before, text, after) == wanted


@given(
    st.sampled_from(BEFORE),
    st.sampled_from(HEADS),
    articles(),
    st.lists(st.tuples(st.sampled_from(LISTED), articles()), min_size=1, max_size=4),
    st.sampled_from(AFTER),
)
def test_a_list_takes_the_document_from_its_left(
    before: str, head: str, first: Written, more: list[tuple[str, Written]], after: str
) -> None:
    text = head + first.text
    at = len(before)
    wanted = [place(head, at, at + len(text), article=first)]
    for joint, one in more:
        begin = at + len(text) + len(joint)
        text += joint + one.text
        wanted.append(place(head, begin, at + len(text), article=one))
    assert found_in(before, text, after) == wanted


@given(
    st.sampled_from(BEFORE),
    st.sampled_from(HEADS),
    st.integers(1, 300),
    st.integers(1, 60),
    st.sampled_from(RANGED),
    st.booleans(),
    st.sampled_from(AFTER),
)
@settings(max_examples=60)
def test_a_range_is_every_article_between(
    before: str, head: str, low: int, width: int, joint: str, digits: bool, after: str
) -> None:
    spell = str if digits else to_chinese
    first, last = f"{head}第{spell(low)}条", f"第{spell(low + width)}条"
    cited = first + joint + last
    at, end = len(before), len(before) + len(cited)
    found = found_in(before, cited, after)
    assert [c.label for c in found] == [
        f"第{to_chinese(number)}条" for number in range(low, low + width + 1)
    ]
    # The ends stand where they are written, what lies between has the words of both.
    assert (found[0].start, found[0].end) == (at, at + len(first))
    assert (found[-1].start, found[-1].end) == (end - len(last), end)
    assert {(c.start, c.end) for c in found[1:-1]} <= {(at, end)}
    assert len({(c.title, c.relative) for c in found}) == 1


@given(st.sampled_from(BEFORE), st.integers(1, 9), st.sampled_from(("款", "条", "项")))
def test_former_ones_are_counted_back(before: str, steps: int, level: str) -> None:
    word = f"前{to_chinese(steps) if steps > 1 else ''}{level}"
    found = found_in(before, word, "规定的情形")
    assert [(c.relative, c.steps) for c in found] == [
        (f"前{level}", step) for step in range(steps, 0, -1)
    ]
    assert {(c.start, c.end) for c in found} == {(len(before), len(before) + len(word))}


@given(articles(), items(), st.lists(items(), min_size=1, max_size=3))
def test_items_of_one_article(article: Written, first: Written, more: list[Written]) -> None:
    text = "有" + article.text + first.text + "".join(f"、{one.text}" for one in more)
    assert [(c.label, c.item, text[c.start : c.end]) for c in find_citations(text)] == [
        (label_of(article), first.value, article.text + first.text),
        *((label_of(article), one.value, one.text) for one in more),
    ]
