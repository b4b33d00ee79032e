"""The leak suite on the other engines: Whoosh, and Milvus, where each search carries the scope.

`test_access_doors` asks the same of tantivy; what is asked here is what a person meets through
every door, what the index alone lets through, and whether the matches are those of the whole base
filtered. A seeded few in `make test`, hundreds among the long tests.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from kb.access.policy import Identity, Role, scope_of
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.engine.embedded.admitted import Admissions
from kb.engine.milvus.reader import MilvusReader
from kb.engine.query import Everything, Field
from kb.model import Scope, Tier
from tests.access.conftest import Aviary
from tests.access.test_access_doors import leaks, people, sweep
from tests.access.test_access_doors import matches_are_filtered as compare
from tests.support.canaries import forbidden, home_of
from tests.support.doors import ANY_DAY, TODAY
from tests.support.milvus import forget, lite

OTHERS = ("whoosh", "milvus")


@pytest.fixture(scope="module", params=OTHERS)
def elsewhere(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Aviary]:
    """The papers on another engine."""
    folder = tmp_path_factory.mktemp("别的引擎")
    if request.param == "milvus":
        settings = lite().settings(folder / "库")
    else:
        settings = Settings(home=folder / "库", engine=request.param, workers=1)
    made = home_of(folder / "文件", folder / "库", settings)
    with KnowledgeBase.open(settings) as base:
        yield Aviary(base, made)
    if request.param == "milvus":
        forget(settings)


def let_through(aviary: Aviary, who: Identity, day: date | None) -> set[str]:
    """Words of other people's papers that the index alone gives him: ids, terms, neighbours."""
    scope, reader = scope_of(who, day), aviary.base.snapshot().reader
    found = list(reader.keyword(Everything(), scope, 500))
    vector = reader.vectors([f"{aviary.canaries[0].path}#第二条"])[0]
    found += reader.nearest(vector, scope, 500)
    assert reader.count(Everything(), scope) == len({m.id for m in found})
    papers = {m.id.partition("#")[0] for m in found}
    wrong = {c.path for c in aviary.canaries if c.path in papers and not c.allowed(who)}
    terms = {
        term for field in (Field.WORDS, Field.BIGRAMS) for term, _ in reader.terms(field, scope)
    }
    return wrong | {word for word in forbidden(aviary.canaries, who) if word in terms}


def test_no_word_reaches_who_may_not_see_it(elsewhere: Aviary) -> None:
    assert sweep(elsewhere, 2, seed=11) == []


@pytest.mark.soak
def test_no_word_reaches_any_of_a_hundred_people(elsewhere: Aviary) -> None:
    assert sweep(elsewhere, 100, seed=12) == []


def test_everybody_sees_what_is_for_him(elsewhere: Aviary) -> None:
    """Else an engine that shows nothing would pass."""
    who = Identity("anna", Role.READER, Tier.SENSITIVE, frozenset({"财务处"}))
    seat = elsewhere.seat(who)
    for one in elsewhere.canaries[::3]:
        hits = seat.search(one.text_word, ANY_DAY, limit=10).hits
        assert (one.path in {h.version.path for h in hits}) == one.allowed(who)


def test_the_index_alone_keeps_a_scope(elsewhere: Aviary) -> None:
    for who in people(12, seed=13):
        assert let_through(elsewhere, who, TODAY) == set()


def test_the_suite_fails_without_the_filter(
    elsewhere: Aviary, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = Admissions.of

    def all_of(self: Admissions, scope: Scope, papers: Any = None) -> Any:
        return of(self, Scope.everything(as_of=scope.as_of), papers)

    monkeypatch.setattr(Admissions, "of", all_of)
    monkeypatch.setattr(MilvusReader, "_within", lambda self, scope: True)
    who = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
    assert let_through(elsewhere, who, None)
    # The rows are read within the scope again: nothing of it comes through a door.
    elsewhere.base.renew()
    try:
        assert leaks(elsewhere, who, random.Random(14)) == []
    finally:
        elsewhere.base.renew()


@pytest.mark.parametrize("half", [0.0, 1.0])
def test_the_matches_are_those_of_the_whole_index_filtered(elsewhere: Aviary, half: float) -> None:
    compare(elsewhere, half, 6, seed=15)


@pytest.mark.soak
@pytest.mark.parametrize("half", [0.0, 1.0])
def test_the_same_for_a_hundred_scopes(elsewhere: Aviary, half: float) -> None:
    compare(elsewhere, half, 100, seed=16)
