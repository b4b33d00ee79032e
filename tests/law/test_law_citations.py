from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.law.citations import Abstention, Article, Here, Target, resolve
from kb.law.shelf import Shelf
from kb.model import Span
from kb.text.citations import find_citations
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "resolve.txt"
TWO = (
    Span("款", "第一款", 0, 10),
    Span("款", "第二款", 11, 60),
    Span("项", "第二款第（一）项", 20, 40),
    Span("项", "第二款第（二）项", 41, 60),
)
LISTS = (
    Span("款", "第一款", 0, 10),
    Span("项", "第一款第（一）项", 5, 10),
    Span("款", "第二款", 11, 60),
    Span("项", "第二款第（一）项", 20, 40),
)
ONE = (
    Span("款", "第一款", 0, 30),
    Span("项", "第（一）项", 10, 20),
    Span("项", "第（二）项", 21, 30),
)
TITLES = {1: "档案办法", 2: "采购办法", 3: "中华人民共和国刑法", 4: "中华人民共和国刑法"}
OFFSETS = {"第二条": 12}


def shelf(at: str = "第三条", offset: int | None = None, title: str = "档案办法") -> Shelf:
    here = Here(1, title, at, OFFSETS.get(at, 0) if offset is None else offset, date(2020, 1, 1))
    made = Shelf(here)
    own = [
        Article("第一条", (Span("款", "第一款", 0, 30),)),
        Article("第二条", TWO),
        Article("第三条", (Span("款", "第一款", 0, 30),)),
        Article("第四条", ONE),
        Article("第五条", LISTS),
        Article("第六条"),
        Article("第六条"),
    ]
    made.put(1, "档案办法", "某局", own, date(2020, 1, 1))
    made.put(2, "采购办法", "某局", [Article("第1条")], date(2024, 1, 1))
    made.put(3, TITLES[3], "", [Article("第一条"), Article("第二条")])
    made.put(4, TITLES[4], "", [Article("第一百条")])
    return made


def shown(found: Target | Abstention) -> str:
    if isinstance(found, Abstention):
        return found.reason
    return f"{TITLES[found.version]} {found.label.replace('第1条', '第一条')}{found.locator}"


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    lookup = shelf(case.options["at"])
    found = [shown(resolve(citation, lookup)) for citation in find_citations(case.given)]
    assert found == list(case.expected)


def test_a_place_comes_with_its_offsets() -> None:
    (citation,) = find_citations("见本办法第四条第一款第（二）项")
    found = resolve(citation, shelf())
    assert isinstance(found, Target)
    assert (found.shown, found.start, found.end) == ("第四条第（二）项", 21, 30)


def test_a_newer_text_is_told() -> None:
    (citation,) = find_citations("依照《采购办法》第一条")
    found = resolve(citation, shelf())
    assert isinstance(found, Target)
    assert found.newer
    (own,) = find_citations("依照第一条")
    within = resolve(own, shelf())
    assert isinstance(within, Target)
    assert not within.newer


def test_what_stands_before_a_loose_name_is_counted() -> None:
    text = "人员有刑法第二条行为"
    (citation,) = find_citations(text)
    found = resolve(citation, shelf())
    assert isinstance(found, Target)
    assert text[citation.start + found.skipped : citation.end] == "刑法第二条"


def test_a_decision_to_amend_names_the_amended_papers_articles() -> None:
    (citation,) = find_citations("将第四条修改为")
    found = resolve(citation, shelf(title="关于修改《档案办法》的决定"))
    assert found == Abstention("修改决定中的条款，可能指被修改的文件")


def test_an_abbreviation_of_the_paper_is_known() -> None:
    lookup = shelf()
    lookup.abbreviations = {"采办": "采购办法"}
    (citation,) = find_citations("依照采办第一条", lookup.abbreviations)
    found = resolve(citation, lookup)
    assert isinstance(found, Target)
    assert found.version == 2


def test_an_item_named_alone_within_items_is_not_guessed() -> None:
    (citation,) = find_citations("违反第（二）项规定的")
    assert isinstance(resolve(citation, shelf("第四条", offset=12)), Abstention)
    found = resolve(citation, shelf("第四条", offset=2))
    assert isinstance(found, Target)
    assert found.locator == "第（二）项"
