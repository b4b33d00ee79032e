from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.law.validity import VersionFacts, alone, resolve, status
from kb.model import Mention, Status, Validity
from tests.support.golden import Case, cases

GOLDEN = Path(__file__).parent / "golden" / "validity.txt"
MENTION = re.compile(r"《([^》]+)》(?:（(.+?)）)?$")
HOW = {"废止": "repeals", "修改": "amends", "撤销": "revokes"}


def day(text: str) -> date | None:
    return None if text in ("", "?") else date.fromisoformat(text)


def version(id_: int, line: str) -> VersionFacts:
    title, issuer, number, issued, effective, *said = (p.strip() for p in line.split("|"))
    facts = VersionFacts(id_, title, issuer, number, day(effective), day(issued))
    for clause in said:
        if clause.startswith("有效至"):
            facts = replace(facts, expires=day(clause[3:].strip()))
        elif clause.startswith("位于"):
            facts = replace(facts, path=clause[2:].strip())
        elif clause.startswith("替代"):
            _, name, how = clause.split()
            facts = replace(facts, replaces=name, replaces_how=HOW[how])
        else:
            match = MENTION.search(clause)
            assert match, clause
            mention = (Mention(match[1], match[2] or ""),)
            facts = replace(facts, **{{"废": "repeals", "修": "amends"}[clause[0]]: mention})
    return facts


def shown(name: str, validity: Validity) -> str:
    start = validity.start.isoformat() if validity.start else "?"
    end = validity.end.isoformat() if validity.end else ""
    words = [f"{name}: {start} ..", end, validity.ended_as or "", validity.ended_by]
    return " ".join(word for word in words if word)


@pytest.mark.parametrize("case", cases(GOLDEN), ids=lambda case: case.name)
def test_golden(case: Case) -> None:
    lines = [line.partition(" = ") for line in case.given.splitlines()]
    versions = [version(i, line) for i, (_, _, line) in enumerate(lines)]
    resolved = resolve(versions)
    found = {shown(name, resolved[i]) for i, (name, _, _) in enumerate(lines)}
    assert found == set(case.expected)


DAY = date(2024, 5, 1)


@pytest.mark.parametrize(
    ("validity", "expected"),
    [
        (Validity(), Status.UNVERIFIED),
        (Validity(start=DAY), Status.IN_FORCE),
        (Validity(start=DAY + timedelta(days=1)), Status.PENDING),
        (Validity(DAY - timedelta(days=9), DAY, Status.REPEALED, "乙"), Status.REPEALED),
        (Validity(DAY - timedelta(days=9), DAY, Status.AMENDED, "乙"), Status.AMENDED),
        (Validity(DAY, DAY + timedelta(days=1), Status.EXPIRED), Status.IN_FORCE),
        (Validity(None, DAY, Status.REPEALED, "乙"), Status.REPEALED),
        (Validity(None, DAY + timedelta(days=1), Status.REPEALED, "乙"), Status.UNVERIFIED),
        (Validity(ended_as=Status.DRAFT), Status.DRAFT),
        (Validity(start=DAY - timedelta(days=9), end=DAY), Status.EXPIRED),
    ],
)
def test_status_on_a_day(validity: Validity, expected: Status) -> None:
    assert status(validity, DAY) is expected


def test_alone_is_what_resolving_one_version_gives() -> None:
    for facts in (
        VersionFacts(1, "办法", effective=DAY, issued=DAY, expires=DAY + timedelta(days=30)),
        VersionFacts(1, "法", effective=date(1996, 1, 1), issued=DAY),
        VersionFacts(1, "办法（草案）", effective=DAY),
        VersionFacts(1, "办法"),
    ):
        own = alone(facts.title, facts.effective, facts.issued, facts.expires)
        assert resolve([facts]) == {1: own}


dates = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))
titles = st.sampled_from(["办法", "规定", "某局办法", "办法（草案）"])
facts_of = st.builds(
    VersionFacts,
    id=st.just(0),
    title=titles,
    issuer=st.sampled_from(["", "某局", "乙局"]),
    effective=dates,
    issued=dates,
    expires=dates,
    repeals=st.lists(st.builds(Mention, titles), max_size=2).map(tuple),
    amends=st.lists(st.builds(Mention, titles), max_size=1).map(tuple),
)


@given(st.lists(facts_of, max_size=6), st.randoms())
def test_order_does_not_matter_and_every_end_says_why(drawn: list[VersionFacts], rnd) -> None:  # type: ignore[no-untyped-def]
    versions = [replace(v, id=i) for i, v in enumerate(drawn)]
    resolved = resolve(versions)
    assert resolved.keys() == {v.id for v in versions}
    shuffled = versions[:]
    rnd.shuffle(shuffled)
    assert resolve(shuffled) == resolved
    for found in resolved.values():
        if found.end is not None:
            assert found.ended_as is not None
            assert bool(found.ended_by) == (found.ended_as is not Status.EXPIRED)
