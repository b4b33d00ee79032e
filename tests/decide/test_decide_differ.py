"""The same matter ruled differently, over corpus/: all planted pairs, and how many are none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.base import KnowledgeBase
from kb.decide.system import checkup, fields
from kb.decide.system.differ import Difference, differences
from kb.model import Scope
from tests.decide.test_decide_conflict import PLANTED, REST

DAY = date(2026, 11, 24)
Pair = frozenset[str]


@pytest.fixture(scope="module")
def found(corpus_home: Path) -> list[Difference]:
    from kb.config import Settings

    with KnowledgeBase.open(Settings(home=corpus_home)) as base:
        check = checkup(base, Scope.everything(as_of=DAY), DAY, fields())
        return differences(check.passages, check.ended)


def pair(one: Difference) -> Pair:
    ids = (one.one.row.passage.id, one.other.row.passage.id)
    return frozenset(ident.removeprefix("制度/") for ident in ids)


def judged() -> dict[Pair, bool]:
    text = (Path(__file__).parent / "golden" / "differ.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {frozenset(ids): verdict == "yes" for verdict, *ids in lines}


def test_every_planted_pair_is_found(found: list[Difference]) -> None:
    pairs = {pair(one) for one in found}
    assert {frozenset(p) for p in (*PLANTED.values(), REST)} <= pairs


def test_every_pair_was_judged_and_false_ones_are_counted(found: list[Difference]) -> None:
    pairs = {pair(one) for one in found}
    known = judged()
    assert pairs <= set(known), pairs - set(known)
    false = [p for p in pairs if not known[p]]
    # 33 pairs of articles (35 of sentences), 9 of one matter: two thirds are for nothing.
    assert len(false) <= 24
    assert len(pairs) - len(false) == 9


def test_what_holds_no_longer_makes_no_pair(found: list[Difference]) -> None:
    paths = {side.row.version.path for one in found for side in (one.one, one.other)}
    assert not any("历史版本" in path for path in paths)
