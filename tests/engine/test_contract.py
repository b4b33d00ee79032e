"""What every engine does, case by case. A new engine is added to `ENGINES`."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from engine_support import (
    ALL,
    DIMENSIONS,
    EVERY_ENGINE,
    VERSIONS,
    entry,
    ids,
    opened,
    publish,
    scope,
    settings,
    unit,
)

from kb.config import Settings
from kb.engine import open_engine
from kb.engine.protocol import Reader
from kb.engine.query import And, Everything, Field, Not, Or, Phrase, Prefix, Query, Term
from kb.errors import IndexMissing, NotFound
from kb.model import Kind, Scope, Tier

W = Field.WORDS


def scores(reader: Reader, query: Query) -> dict[str, float]:
    return {m.id: m.score for m in reader.keyword(query, ALL, 100)}


@pytest.fixture(scope="module", params=EVERY_ENGINE)
def five(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    where = settings(tmp_path_factory.mktemp("five"), request.param)
    publish(
        where,
        [
            entry("a", "合同 应当 签订", number="云公管〔2023〕4号", title="合同 办法"),
            entry("b", "合同 合同 变更", heading="第二 章"),
            entry("c", "应当 签订 合同", bigrams="应当 当签"),
            entry("d", "采购 Apple c++"),
            entry("e", ""),
        ],
    )
    return opened(where)


# -- nothing there ---------------------------------------------------------------------------


def test_before_anything_is_published(where: Settings) -> None:
    engine = open_engine(where)
    assert engine.current() is None
    with pytest.raises(IndexMissing, match="kb index"):
        engine.reader(expect=None)


def test_an_empty_generation_serves(where: Settings) -> None:
    assert publish(where) == 1
    reader = opened(where)
    for query in (Everything(), Term(W, "x"), Not(Term(W, "x")), And(()), Prefix(W, "")):
        assert ids(reader, query) == []
    assert reader.nearest(unit(1)[0], ALL, 5) == []
    assert list(reader.ids()) == []
    assert reader.vectors([]).shape == (0, DIMENSIONS)


def test_everything_removed_serves(where: Settings) -> None:
    publish(where, [entry("a", "x")])
    publish(where, remove=["a"])
    reader = opened(where)
    assert ids(reader, Term(W, "x")) == ids(reader, Everything()) == list(reader.ids()) == []
    assert reader.nearest(unit(1)[0], ALL, 5) == []
    assert reader.terms(W, ALL) == []


# -- the query tree --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Term(W, "合同"), "abc"),
        (Term(W, "合"), ""),
        (Term(W, ""), ""),
        (Term(W, "合同 应当"), ""),
        (Term(W, "apple"), ""),
        (Term(W, "Apple"), "d"),
        (Term(Field.TITLE, "合同"), "a"),
        (Term(Field.HEADING, "第二"), "b"),
        (Term(Field.BIGRAMS, "当签"), "c"),
        (Term(Field.NUMBER, "云公管〔2023〕4号"), "a"),
        (Term(Field.NUMBER, "云公管"), ""),
        (Term(Field.NUMBER, ""), ""),
        (Phrase(W, ("应当", "签订")), "ac"),
        (Phrase(W, ("签订", "应当")), ""),
        (Phrase(W, ("合同", "应当", "签订")), "a"),
        (Phrase(W, ("合同", "签订")), ""),
        (Phrase(W, ("合同", "合同")), "b"),
        (Phrase(W, ("采购",)), "d"),
        (Phrase(W, ("没有", "签订")), ""),
        (Phrase(W, ()), ""),
        (Phrase(Field.NUMBER, ("云公管〔2023〕4号",)), "a"),
        (Phrase(Field.NUMBER, ("云公管", "4号")), ""),
        (Prefix(W, "合"), "abc"),
        (Prefix(W, "c++"), "d"),
        (Prefix(W, "c+"), "d"),
        (Prefix(W, "c.*"), ""),
        (Prefix(W, ""), "abcd"),
        (Prefix(W, "无"), ""),
        (Prefix(Field.NUMBER, "云公管〔"), "a"),
        (Or((Term(W, "采购"), Term(W, "变更"))), "bd"),
        (Or((Term(W, "采购"), Term(W, "无"))), "d"),
        (Or((Term(W, "采购"), Not(Term(W, "合同")))), "de"),
        (Or(()), ""),
        (And((Term(W, "合同"), Term(W, "应当"))), "ac"),
        (And((Term(W, "合同"), Term(W, "无"))), ""),
        (And((Term(W, "合同"), Not(Term(W, "应当")))), "b"),
        (And((Not(Term(W, "应当")), Not(Term(W, "采购")))), "be"),
        (And((Term(W, "合同"), Or(()))), ""),
        (And((Term(W, "合同"), And(()))), "abc"),
        (And(()), "abcde"),
        (Not(Term(W, "合同")), "de"),
        (Not(Not(Term(W, "合同"))), "abc"),
        (Not(Everything()), ""),
        (Not(Or(())), "abcde"),
        (And((Everything(), Not(Prefix(W, "")))), "e"),
        (Everything(), "abcde"),
    ],
)
def test_query(five: Reader, query: Query, found: str) -> None:
    assert sorted(ids(five, query)) == list(found)


def test_scores_of_constant_parts(five: Reader) -> None:
    assert set(scores(five, Everything()).values()) == {1.0}
    assert set(scores(five, Prefix(W, "合")).values()) == {1.0}
    assert set(scores(five, Not(Term(W, "合同"))).values()) == {0.0}
    assert set(scores(five, And(())).values()) == {0.0}
    plain = scores(five, Term(W, "应当"))
    assert scores(five, And((Term(W, "应当"), Everything()))) == pytest.approx(
        {i: s + 1 for i, s in plain.items()}
    )
    assert scores(five, And((Term(W, "应当"), Not(Term(W, "采购"))))) == pytest.approx(plain)


def test_more_of_a_term_scores_higher(five: Reader) -> None:
    assert ids(five, Term(W, "合同"))[0] == "b"


@pytest.mark.parametrize("boosted", [Term(W, "合同", 3.0), Phrase(W, ("应当", "签订"), 3.0)])
def test_boost_scales_the_score(five: Reader, boosted: Term | Phrase) -> None:
    plain: Query = Term(W, boosted.text) if isinstance(boosted, Term) else Phrase(W, boosted.texts)
    assert scores(five, boosted) == pytest.approx(
        {i: 3 * s for i, s in scores(five, plain).items()}, rel=1e-5
    )


@pytest.mark.parametrize("whole", [Or, And])
def test_scores_add_up(five: Reader, whole: type[Or] | type[And]) -> None:
    one, other = Term(W, "合同"), Term(W, "签订", 0.5)
    sums = scores(five, whole((one, other)))
    a, b = scores(five, one), scores(five, other)
    assert sums == pytest.approx({i: a.get(i, 0) + b.get(i, 0) for i in sums}, rel=1e-5)


# -- limits and ties -------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, -1])
def test_limit_of_nothing(five: Reader, limit: int) -> None:
    assert five.keyword(Everything(), ALL, limit) == []
    assert five.keyword(Term(W, "合同"), ALL, limit) == []
    assert five.nearest(unit(1)[0], ALL, limit) == []


def test_limit_beyond_what_matches(five: Reader) -> None:
    assert len(five.keyword(Term(W, "合同"), ALL, 10_000)) == 3
    assert len(five.nearest(unit(1)[0], ALL, 10_000)) == 5


def test_limit_keeps_the_best(five: Reader) -> None:
    whole = five.keyword(Term(W, "合同"), ALL, 100)
    assert five.keyword(Term(W, "合同"), ALL, 2) == whole[:2]


@pytest.mark.parametrize("limit", [1, 5, 60, 200])
def test_ties_are_broken_by_id(where: Settings, limit: int) -> None:
    names = [f"条{i * 37 % 150:03d}" for i in range(150)]
    same = np.repeat(unit(1), 150, axis=0)
    publish(where, [entry(i, "同 文") for i in names[:70]], vectors=same[:70])
    publish(where, [entry(i, "同 文") for i in names[70:]], vectors=same[70:])
    reader = opened(where)
    for query in (Term(W, "同"), Prefix(W, "同"), Everything()):
        assert [m.id for m in reader.keyword(query, ALL, limit)] == sorted(names)[:limit]
    near = reader.nearest(same[0], ALL, limit)
    assert [m.id for m in near] == sorted(names)[:limit]


# -- scope -----------------------------------------------------------------------------------

START, END = date(2020, 1, 1), date(2023, 1, 1)


@pytest.fixture(scope="module", params=EVERY_ENGINE)
def scoped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    where = settings(tmp_path_factory.mktemp("scoped"), request.param)
    publish(
        where,
        [
            entry("dated", "x", start=START, end=END),
            entry("begun", "x", start=END),
            entry("always", "x"),
            entry("note", "x", kind=Kind.EXPERIENCE, department="人事处"),
            entry("secret", "x", tier=Tier.SENSITIVE, department="财务处"),
        ],
    )
    return opened(where)


EVER = {"always", "note", "secret"}


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (scope(), EVER | {"dated", "begun"}),
        (scope(day=date(2019, 12, 31)), EVER),
        (scope(day=START), EVER | {"dated"}),
        (scope(day=date(2022, 12, 31)), EVER | {"dated"}),
        (scope(day=END), EVER | {"begun"}),
        (scope(day=date.max), EVER | {"begun"}),
        (scope(day=date.min), EVER),
        (scope(kinds=frozenset({Kind.EXPERIENCE})), {"note"}),
        (scope(kinds=frozenset({Kind.REFERENCE})), set()),
        (scope(kinds=frozenset()), set()),
        (scope(tiers=frozenset({Tier.SENSITIVE})), {"secret"}),
        (scope(tiers=frozenset({Tier.PUBLIC, Tier.SENSITIVE}), day=START), {"secret"}),
        (scope(tiers=frozenset()), set()),
        (scope(departments=frozenset({"人事处", "财务处"})), {"note", "secret"}),
        (scope(departments=frozenset({""}), day=END), {"always", "begun"}),
        (scope(departments=frozenset({"没有这个处"})), set()),
        (scope(departments=frozenset()), set()),
        (scope(departments=frozenset({"人事处"}), kinds=frozenset({Kind.REGULATION})), set()),
    ],
)
def test_scope(scoped: Reader, what: Scope, found: set[str]) -> None:
    for query in (Everything(), Term(W, "x"), Prefix(W, "x"), Not(Term(W, "y")), And(())):
        assert set(ids(scoped, query, what)) == found
    assert {m.id for m in scoped.nearest(unit(1)[0], what, 100)} == found


def test_scope_does_not_change_scores(scoped: Reader) -> None:
    plain = {m.id: m.score for m in scoped.keyword(Term(W, "x"), ALL, 9)}
    for what in (scope(day=END), scope(kinds=frozenset({Kind.EXPERIENCE}))):
        for match in scoped.keyword(Term(W, "x"), what, 9):
            assert match.score == pytest.approx(plain[match.id])


def test_scope_is_applied_before_the_best_are_taken(where: Settings) -> None:
    """The one permitted passage is the worst of 3,000: a filter after top-k would lose it."""
    crowd = [entry(f"p{i}", "x x x x", tier=Tier.SENSITIVE) for i in range(3000)]
    vectors = unit(3001, 3)
    question = vectors[0]
    vectors[3000] = -question
    publish(where, [*crowd, entry("mine", f"x {'y ' * 50}")], vectors=vectors)
    reader = opened(where)
    mine = scope(tiers=frozenset({Tier.INTERNAL}))
    assert ids(reader, Term(W, "x"), mine, 1) == ["mine"]
    assert [m.id for m in reader.nearest(question, mine, 1)] == ["mine"]
    assert ids(reader, Term(W, "x"), ALL, 1) != ["mine"]


# -- vectors ---------------------------------------------------------------------------------


def test_nearest_agrees_with_brute_force(where: Settings) -> None:
    vectors = unit(400, 4)
    kinds = [list(Kind)[i % 3] for i in range(400)]
    publish(where, [entry(f"{i:03d}", kind=kinds[i]) for i in range(400)], vectors=vectors)
    reader = opened(where)
    some = scope(kinds=frozenset({Kind.EXPERIENCE}))
    for question in unit(20, 5):
        for what in (ALL, some):
            exact = {
                f"{i:03d}": float(s)
                for i, s in enumerate(vectors @ question)
                if kinds[i] in what.kinds
            }
            found = reader.nearest(question, what, 400)
            assert {m.id for m in found} == set(exact)
            assert all(abs(m.score - exact[m.id]) < 0.012 for m in found)
            assert all(a.score >= b.score for a, b in pairwise(found))
            assert max(exact.values()) - exact[found[0].id] < 0.012


def test_nearest_is_cosine(where: Settings) -> None:
    publish(where, [entry("a"), entry("b")])
    reader = opened(where)
    question = unit(1, 7)[0]
    plain = reader.nearest(question, ALL, 2)
    assert [m.id for m in reader.nearest(question * 9, ALL, 2)] == [m.id for m in plain]
    assert reader.nearest(question * 9, ALL, 2)[0].score == pytest.approx(plain[0].score)


def test_zero_vectors_are_near_nothing(where: Settings) -> None:
    vectors = unit(3)
    vectors[1] = 0
    publish(where, [entry("a", "x"), entry("b", "x"), entry("c", "x")], vectors=vectors)
    reader = opened(where)
    assert {m.id for m in reader.nearest(unit(1, 5)[0], ALL, 9)} == {"a", "c"}
    assert reader.nearest(np.zeros(DIMENSIONS, np.float32), ALL, 9) == []
    assert not reader.vectors(["b"]).any()
    assert ids(reader, Term(W, "x")) == ["a", "b", "c"]


def test_stored_vectors_come_back(where: Settings) -> None:
    vectors = unit(30, 6)
    publish(where, [entry(f"{i:02d}") for i in range(30)], vectors=vectors)
    found = opened(where).vectors(["07", "00", "29", "07"])
    assert found.dtype == np.float32
    assert np.abs(found - vectors[[7, 0, 29, 7]]).max() < 0.01


def test_vectors_of_an_unknown_id(five: Reader) -> None:
    with pytest.raises(NotFound, match="不存在#第一条"):
        five.vectors(["a", "不存在#第一条"])


@pytest.mark.parametrize(
    "bad", [np.zeros(3, np.float32), np.zeros((1, DIMENSIONS), np.float32)], ids=["short", "matrix"]
)
def test_a_question_of_another_shape(five: Reader, bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="shape"):
        five.nearest(bad, ALL, 3)


def test_vectors_that_cannot_be_added(where: Settings) -> None:
    with open_engine(where).writer(VERSIONS) as writer:
        with pytest.raises(ValueError, match="shape"):
            writer.add([entry("a")], unit(2))
        with pytest.raises(ValueError, match="shape"):
            writer.add([entry("a")], unit(1, dimensions=3))
        broken = unit(1)
        broken[0, 0] = np.nan
        with pytest.raises(ValueError, match="finite"):
            writer.add([entry("a")], broken)
        writer.publish()
    assert list(opened(where).ids()) == []


def test_nearest_among_some_papers(where: Settings) -> None:
    names = ["a.md#第一条", "a.md#第二条", "b#c.md#第一条", "b.md#p1"]
    publish(where, [entry(n, "x", tier=Tier.PUBLIC) for n in names], seed=3)
    reader = opened(where)
    asked = unit(1, 9)[0]
    everything = [m.id for m in reader.nearest(asked, ALL, 9)]
    some = [m.id for m in reader.nearest(asked, ALL, 9, papers=frozenset({"a.md", "b#c.md", "?"}))]
    assert some == [i for i in everything if i != "b.md#p1"]
    assert reader.nearest(asked, ALL, 9, papers=frozenset()) == []
    nobody = scope(tiers=frozenset({Tier.INTERNAL}))
    assert reader.nearest(asked, nobody, 9, papers=frozenset({"a.md"})) == []


def test_terms_are_those_of_the_scope(where: Settings) -> None:
    publish(
        where,
        [
            entry("a", "公章 外借", tier=Tier.PUBLIC),
            entry("b", "公章 公章", tier=Tier.PUBLIC),
            entry("c", "密件", tier=Tier.SENSITIVE),
        ],
    )
    publish(where, remove=["a"])
    reader = opened(where)
    public = scope(tiers=frozenset({Tier.PUBLIC}))
    assert reader.terms(W, public) == [("公章", 1)]
    assert reader.terms(W, ALL, "密") == [("密件", 1)]
    assert reader.terms(W, public, "密") == []
    with pytest.raises(ValueError, match="cut"):
        reader.terms(Field.NUMBER, ALL)
