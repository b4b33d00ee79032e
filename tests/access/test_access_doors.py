"""Nothing leaks: no word of a paper reaches who may not see it, through any door."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from kb.access.policy import Identity, Role, open_tiers_below, scope_of
from kb.base import KnowledgeBase
from kb.catalogue import scoped
from kb.engine.embedded.admitted import Admissions
from kb.errors import NotFound
from kb.model import ALL_KINDS, Kind, Scope, Tier
from kb.retrieve import Stages
from kb.seat import Seat
from kb.seat_people import SeatPeople
from kb.ui import survey
from tests.access.conftest import Aviary
from tests.support.canaries import DEPARTMENTS, NAMED, Canary, forbidden
from tests.support.doors import ANY_DAY, BOOKKEEPING, DOORS, TELLS_NOTHING, TODAY, Ask, seen

QUERIES = ("采购审批", "经费报销附什么", "几个工作日", "《云澜局公务用车旧办法》第一条", "管理办法")


def people(count: int, seed: int) -> Iterator[Identity]:
    rng = random.Random(seed)
    for _ in range(count):
        departments = frozenset(rng.sample(["办公室", "财务处"], rng.randint(0, 2)))
        yield Identity(
            name=rng.choice((*NAMED, "carl")),
            role=rng.choice((Role.READER, Role.READER, Role.LEADER, Role.EDITOR, *Role)),
            clearance=rng.choice(list(Tier)),
            departments=None if rng.random() < 0.1 else departments,
            kinds=ALL_KINDS if rng.random() < 0.9 else frozenset({rng.choice(list(Kind))}),
            disabled=rng.random() < 0.05,
        )


def leaks(aviary: Aviary, who: Identity, rng: random.Random) -> list[tuple[str, str]]:
    """(door, word) for every word that this person met and must not meet."""
    seat = aviary.seat(who)
    paper = rng.choice(aviary.canaries)
    # He may know such a word from elsewhere and ask for it; then it is his own.
    query = rng.choice((*QUERIES, paper.text_word, paper.title))
    ask = Ask(query, paper)
    words = set(forbidden(aviary.canaries, who)) - {w for w in paper.words if w in query}
    found = []
    for name, door in DOORS.items():
        said = seen(door, seat, ask).replace(query, "")
        # A door that is gone through by a title is given that title.
        given = {paper.title_word} if name == "search by its title" else set()
        found += [(name, word) for word in words - given if word in said]
    return found


def sweep(aviary: Aviary, count: int, seed: int) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    found: list[tuple[str, str]] = []
    for who in people(count, seed):
        found += leaks(aviary, who, rng)
        if found:
            break
    return found


def test_no_word_reaches_who_may_not_see_it(aviary: Aviary) -> None:
    assert sweep(aviary, 4, seed=1) == []


@pytest.mark.soak
def test_no_word_reaches_any_of_five_hundred_people(aviary: Aviary) -> None:
    assert sweep(aviary, 500, seed=2) == []


def test_everybody_sees_what_is_for_him(aviary: Aviary) -> None:
    """Else a program that shows nothing would pass."""
    who = Identity("anna", Role.READER, Tier.SENSITIVE, frozenset({"财务处"}))
    seat = aviary.seat(who)
    shown = [v.path for v in seat.documents(ANY_DAY)]
    assert sorted(shown) == sorted(
        ["制度/旧办法.md", *(c.path for c in aviary.canaries if c.allowed(who))]
    )
    for one in aviary.canaries:
        hits = seat.search(one.text_word, ANY_DAY, limit=10).hits
        assert (one.path in {h.version.path for h in hits}) == one.allowed(who)


@pytest.mark.parametrize("part", ["rows", "index", "both", "seat"])
def test_the_suite_fails_without_the_filter(
    aviary: Aviary, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Shown for each place where a scope is applied."""
    if part in ("rows", "both"):
        for module in (scoped, __import__("kb.catalogue.reader", fromlist=["visible"])):
            monkeypatch.setattr(module, "visible", lambda *_, **__: [])
    if part in ("index", "both"):
        of = Admissions.of

        def all_of(self: Admissions, scope: Scope, papers: Any = None) -> Any:
            return of(self, Scope.everything(as_of=scope.as_of), papers)

        monkeypatch.setattr(Admissions, "of", all_of)
    if part == "seat":
        monkeypatch.setattr(Seat, "_within", lambda _, scope: scope)
    # What the whole base keeps a while was read with the filter: begin anew, and leave nothing.
    aviary.base.renew()
    survey._kept.clear()
    try:
        found = sweep(aviary, 6, seed=1)
    finally:
        aviary.base.renew()
        survey._kept.clear()
    if part == "index":
        # The rows are read within the scope again: one filter holds where the other is missing.
        assert found == []
    else:
        assert found


def test_the_index_alone_keeps_a_scope(aviary: Aviary) -> None:
    """Before top-k: what the reader gives is within the scope without any help of the rows."""
    shot = aviary.base.snapshot()
    marks = {c.path: c for c in aviary.canaries}
    from kb.engine.query import Everything as All

    for who in people(40, seed=3):
        scope = scope_of(who, None)
        for match in shot.reader.keyword(All(), scope, 500):
            one = marks.get(match.id.partition("#")[0])
            assert one is None or one.allowed(who)


def test_every_word_of_the_base_is_a_door_or_tells_nothing() -> None:
    """A new method of the base is refused to everybody with an account until the seat names it,
    and fails here until it has a leak test."""
    public = {name for name in vars(KnowledgeBase) if not name.startswith("_")}
    tested = {name.split()[0] for name in DOORS}
    assert public - BOOKKEEPING - tested == set()
    for name in public & tested:
        assert name in vars(Seat), f"{name} is tested, but the seat does not name it"


def test_every_word_of_the_seat_is_a_door_or_has_its_reason() -> None:
    """A new method of a seat fails here until it has a leak test or a reason for none."""
    named = {n for of in (Seat, SeatPeople) for n in vars(of) if not n.startswith("_")}
    doors = {name.split()[0] for name in DOORS}
    assert named - doors - TELLS_NOTHING.keys() == set()


def test_what_one_marks_as_useful_is_his_to_see(aviary: Aviary) -> None:
    carl = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
    hidden = next(c for c in aviary.canaries if not c.allowed(carl))
    said = []
    for path in (hidden.path, "制度/没有.md"):
        with pytest.raises(NotFound) as told:
            aviary.seat(carl).people.found_useful("采购", f"{path}#第二条")
        said.append(str(told.value).replace(path, ""))
    assert said[0] == said[1]


def test_every_page_route_and_command_is_accounted_for() -> None:
    """A page uses the seat and nothing else; a route too; a command the seat or is the owner's."""
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    raw = {
        path.relative_to(root).as_posix()
        for path in (root / "kb" / "ui").rglob("*.py")
        if "KnowledgeBase.open" in (text := path.read_text("utf-8")) or "opened(settings)" in text
    }
    assert raw <= {"kb/ui/session.py", "kb/ui/server.py"}, "a page or route opens the base itself"
    # They keep a home: its owner alone runs them, and they are not narrowed.
    keeping = {
        "index", "doctor", "train", "demo", "seat", "bench",
    }  # fmt: skip
    owners = {
        path.stem
        for path in (root / "kb" / "commands").glob("*.py")
        if "KnowledgeBase.open" in path.read_text("utf-8")
    }
    assert owners <= keeping, f"takes no --user and is not the owner's: {owners - keeping}"


def test_what_the_seat_does_not_name_is_refused(aviary: Aviary) -> None:
    from kb.errors import AccessDenied

    seat = aviary.seat(Identity("anna", Role.LEADER, Tier.SENSITIVE, None))
    for thing, name in ((seat, "marks"), (seat.people, "added_later"), (seat.desk, "added_later")):
        with pytest.raises(AccessDenied):
            getattr(thing, name)


def test_counts_are_of_what_one_may_see(aviary: Aviary) -> None:
    for who in people(30, seed=4):
        seat = aviary.seat(who)
        if who.kinds != ALL_KINDS or who.role not in (Role.READER, Role.EDITOR, Role.LEADER):
            continue
        mine = 1 + sum(c.allowed(who) for c in aviary.canaries)
        assert seat.counts()["files"] == (0 if who.disabled else mine)


def test_absent_and_hidden_look_the_same(aviary: Aviary) -> None:
    """The words of the refusal, and what is looked up for it."""
    who = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
    hidden = next(c for c in aviary.canaries if not c.allowed(who))
    seat = aviary.seat(who)
    asks = (
        lambda s, a: s.document(a.paper.path, ANY_DAY),
        lambda s, a: s.provision(a.place, ANY_DAY),
        lambda s, a: s.passage(a.place, ANY_DAY),
        lambda s, a: s.reading(a.paper.path, ANY_DAY),
        lambda s, a: s.file_of(a.paper.path, ANY_DAY),
        lambda s, a: s.similar(a.place, ANY_DAY),
    )
    for ask in asks:
        said = [
            seen(ask, seat, Ask("", paper))
            for paper in (hidden, Canary("制度/没有.md", Tier.PUBLIC, "", (), "无", "无"))
        ]
        assert said[0] == said[1]


def test_departments_may_count_from_a_higher_tier_only(aviary: Aviary) -> None:
    who = Identity("carl", Role.READER, Tier.SENSITIVE, frozenset({"办公室"}))
    scope = scope_of(who, date(2026, 11, 24), open_tiers=open_tiers_below(Tier.SENSITIVE))
    found = {v.path for v in aviary.base.documents(scope)}
    for one in aviary.canaries:
        open_ = one.tier is not Tier.SENSITIVE and not one.persons
        assert (one.path in found) == (one.allowed(who) or open_)


def _exhaustive(aviary: Aviary, query: str, scope: Scope, half: float) -> dict[str, float]:
    """Every passage of the whole base scored by one half, then filtered."""
    shot = aviary.base.snapshot()
    whole = shot.retriever.rank(query, Scope.everything(as_of=scope.as_of), 10_000, weight=half)
    kept = aviary.base.passages([r.id for r in whole], scope)
    raw = {r.id: (r.keyword if half == 0 else r.vector) or 0.0 for r in whole if r.id in kept}
    return {i: s for i, s in raw.items() if s > 0}


@pytest.mark.parametrize("half", [0.0, 1.0])
def test_the_matches_are_those_of_the_whole_index_filtered(aviary: Aviary, half: float) -> None:
    matches_are_filtered(aviary, half, 30, seed=5)


@pytest.mark.soak
@pytest.mark.parametrize("half", [0.0, 1.0])
def test_the_same_for_a_thousand_scopes(aviary: Aviary, half: float) -> None:
    matches_are_filtered(aviary, half, 1000, seed=6)


def matches_are_filtered(aviary: Aviary, half: float, count: int, seed: int) -> None:
    """Same articles, same scores (float32), same first ten up to ties."""
    rng = random.Random(seed)
    for who in people(count, seed):
        scope = scope_of(who, rng.choice((None, TODAY)), open_tiers=frozenset())
        query = rng.choice(QUERIES[:3])
        wanted = _exhaustive(aviary, query, scope, half)
        found = aviary.base.rank(query, scope, limit=10_000, weight=half)
        got = {r.id: (r.keyword if half == 0 else r.vector) or 0.0 for r in found}
        got = {i: s for i, s in got.items() if s > 0}
        assert got.keys() == wanted.keys()
        assert all(abs(got[i] - wanted[i]) < 1e-4 for i in got)
        top = sorted(wanted.values(), reverse=True)[:10]
        assert [pytest.approx(s, abs=1e-4) for s in top] == sorted(got.values(), reverse=True)[:10]


FUSED = Stages(ranker=False, known=False)
"""The fused order by itself: the ranker reads how often a paper is cited by those one may see."""


def test_the_fused_ten_are_those_of_the_whole_index_filtered(aviary: Aviary) -> None:
    fused_are_filtered(aviary, 30, seed=7)


@pytest.mark.soak
def test_the_same_fused_for_a_thousand_scopes(aviary: Aviary) -> None:
    fused_are_filtered(aviary, 1000, seed=8)


def fused_are_filtered(aviary: Aviary, count: int, seed: int) -> None:
    """Both halves of the whole base scored, filtered, divided by the best that is left, summed."""
    rng = random.Random(seed)
    seen = 0
    for who in people(count, seed):
        scope = scope_of(who, rng.choice((None, TODAY)), open_tiers=frozenset())
        query, weight = rng.choice(QUERIES[:3]), rng.choice((0.1, 0.25, 0.5, 0.75, 0.9))
        words, meaning = (_exhaustive(aviary, query, scope, half) for half in (0.0, 1.0))
        wanted = {
            i: (1 - weight) * words.get(i, 0.0) / max(words.values(), default=1.0)
            + weight * meaning.get(i, 0.0) / max(meaning.values(), default=1.0)
            for i in words.keys() | meaning.keys()
        }
        found = aviary.base.rank(query, scope, limit=10_000, weight=weight, stages=FUSED)
        got = {r.id: r.score for r in found if r.score > 0}
        assert got.keys() == wanted.keys()
        assert all(abs(got[i] - wanted[i]) < 1e-5 for i in got)
        ten = aviary.base.rank(query, scope, limit=10, weight=weight, stages=FUSED)
        best = sorted(wanted, key=lambda i: -wanted[i])[:10]
        shown = [r for r in ten if r.score > 0]
        assert [r.score for r in shown] == pytest.approx([wanted[i] for i in best], abs=1e-5)
        # The same articles in the same order, but where two have the same score.
        for one, id_ in zip(shown, best, strict=True):
            assert wanted[one.id] == pytest.approx(wanted[id_], abs=1e-5)
        seen += len(shown)
    assert seen > count  # not one empty scope after the other


def test_departments_of_the_canaries_are_the_ones_drawn() -> None:
    assert set(DEPARTMENTS) == {"办公室", "财务处", ""}
