"""From when to when a version holds, case by case; and what is not guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kb.law.validity import VersionFacts, resolve, status, title_key
from kb.model import Kind, Mention, Status, Validity

D = date


def paper(id_: int, title: str, effective: date | None, **facts: object) -> VersionFacts:
    plain = VersionFacts(
        id=id_,
        title=title,
        issuer="某局",
        number="",
        effective=effective,
        issued=None,
        expires=None,
        repeals=(),
        amends=(),
        replaces="",
        replaces_how="",
        path=f"{id_}.md",
        kind=Kind.REGULATION,
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("某局印章管理办法", "《某局印章管理办法》"),
        ("档案法（2020修订）", "档案法(2016-11-07)"),
        ("档案法（2018年修正本）", "档案法"),
        ("某局“三重一大”制度", "某局三重一大制度"),
        ("某局　印章 办法", "某局印章办法"),
        ("民法(修正)", "民法"),
    ],
)
def test_spellings_of_one_title(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("某局印章办法（试行）", "某局印章办法"), ("刑法修正案（一）", "刑法修正案（二）")],
)
def test_different_documents_keep_apart(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_a_newer_version_ends_the_older() -> None:
    got = resolve(
        [
            paper(1, "办法", D(2015, 1, 1)),
            paper(2, "办法", D(2020, 1, 1)),
            paper(3, "办法", D(2023, 1, 1)),
        ]
    )
    assert got[1] == Validity(D(2015, 1, 1), D(2020, 1, 1), Status.AMENDED, "办法")
    assert got[2].end == D(2023, 1, 1)
    assert got[3] == Validity(D(2023, 1, 1))


def test_the_same_title_of_another_maker_ends_nothing() -> None:
    got = resolve([paper(1, "办法", D(2015, 1, 1)), paper(2, "办法", D(2020, 1, 1), issuer="他局")])
    assert got[1].end is None


def test_copies_of_one_day_end_nothing() -> None:
    got = resolve([paper(1, "办法", D(2015, 1, 1)), paper(2, "办法", D(2015, 1, 1))])
    assert got[1].end is got[2].end is None


def test_a_repeal_by_title() -> None:
    new = paper(2, "新办法", D(2020, 1, 1), repeals=(Mention("《旧办法》"),))
    got = resolve([paper(1, "旧办法", D(2015, 1, 1)), new])
    assert got[1] == Validity(D(2015, 1, 1), D(2020, 1, 1), Status.REPEALED, "新办法")


def test_a_repeal_by_number_in_another_spelling() -> None:
    old = paper(1, "某局旧办法", D(2015, 1, 1), number="某发〔2015〕20号")
    new = paper(2, "新办法", D(2020, 1, 1), repeals=(Mention("旧办法", "某发[2015]20号"),))
    assert resolve([old, new])[1].ended_as is Status.REPEALED


def test_repeal_goes_before_amendment_on_one_day() -> None:
    new = paper(2, "办法", D(2020, 1, 1), repeals=(Mention("办法"),))
    assert resolve([paper(1, "办法", D(2015, 1, 1)), new])[1].ended_as is Status.REPEALED


def test_a_repeal_that_could_mean_two_makers_ends_neither() -> None:
    olds = [
        paper(1, "办法", D(2015, 1, 1), issuer="甲局"),
        paper(2, "办法", D(2015, 1, 1), issuer="乙局"),
    ]
    new = paper(3, "新办法", D(2020, 1, 1), repeals=(Mention("办法"),))
    got = resolve([*olds, new])
    assert got[1].end is got[2].end is None
    assert resolve([*olds, replace(new, issuer="甲局")])[1].ended_as is Status.REPEALED


def test_nothing_repeals_what_came_after_it() -> None:
    old = paper(1, "办法", D(2015, 1, 1), repeals=(Mention("新办法"),))
    assert resolve([old, paper(2, "新办法", D(2020, 1, 1))])[2].end is None


def test_the_last_day_of_a_term_still_counts() -> None:
    got = resolve([paper(1, "办法", D(2020, 10, 1), expires=D(2025, 9, 30))])[1]
    assert status(got, D(2025, 9, 30)) is Status.IN_FORCE
    assert status(got, D(2025, 10, 1)) is Status.EXPIRED


def test_the_first_end_counts() -> None:
    new = paper(2, "新办法", D(2022, 1, 1), repeals=(Mention("办法"),))
    got = resolve([paper(1, "办法", D(2015, 1, 1), expires=D(2018, 1, 1)), new])
    assert got[1].ended_as is Status.EXPIRED


@pytest.mark.parametrize(
    ("how", "becomes"), [("repeals", Status.REPEALED), ("amends", Status.AMENDED)]
)
def test_a_manifest_says_what_replaces_what(how: str, becomes: Status) -> None:
    new = paper(2, "另名办法", D(2020, 1, 1), replaces="1.md", replaces_how=how)
    assert resolve([paper(1, "办法", D(2015, 1, 1)), new])[1].ended_as is becomes


def test_without_a_beginning_nothing_is_verified() -> None:
    got = resolve([paper(1, "办法", None, issued=D(2015, 1, 1))])[1]
    assert status(got, D(2024, 1, 1)) is Status.UNVERIFIED


def test_a_draft_never_holds_and_ends_nothing() -> None:
    draft = paper(2, "办法（征求意见稿）", D(2020, 1, 1), repeals=(Mention("办法"),))
    got = resolve([paper(1, "办法", D(2015, 1, 1)), draft])
    assert got[1].end is None
    assert status(got[2], D(2024, 1, 1)) is Status.DRAFT


def test_status_turns_on_its_day() -> None:
    held = Validity(D(2020, 1, 1), D(2024, 5, 1), Status.REPEALED, "新办法")
    day = timedelta(days=1)
    assert status(held, D(2020, 1, 1) - day) is Status.PENDING
    assert status(held, D(2020, 1, 1)) is Status.IN_FORCE
    assert status(held, D(2024, 5, 1) - day) is Status.IN_FORCE
    assert status(held, D(2024, 5, 1)) is Status.REPEALED
