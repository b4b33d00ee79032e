"""Every door of the program, with a way to go through it and bring back all that can be seen.

A door that is not in these tables fails `tests/access/test_access_doors.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb import decide
from kb.errors import KbError
from kb.model import Scope
from kb.seat import Seat
from kb.ui import export, suggest
from tests.support.canaries import Canary

TODAY = date(2026, 11, 24)
OLD = "制度/旧办法.md"
# A page may ask with any scope: the seat must not believe it.
ASKED = Scope.everything(as_of=TODAY)
ANY_DAY = Scope.everything(as_of=None)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person types or follows: a query, and a paper that he may or may not see."""

    query: str
    paper: Canary

    @property
    def place(self) -> str:
        """An article of it."""
        return f"{self.paper.path}#第二条"


Door = Callable[[Seat, Ask], object]


def _pack(seat: Seat, ask: Ask) -> object:
    # No word of his own: what a person writes into a pack goes as far as the pack (SECURITY.md).
    pack = decide.make(
        seat.composing("采购审批").as_base, ASKED, topic="采购审批", questions=["要几个工作日"]
    )
    decide.store(seat.people, pack)
    files = [decide.render_bytes(pack, "html").decode()]
    return pack, files, decide.load(seat.people, pack.id)


def _packs(seat: Seat, _: Ask) -> object:
    rows = seat.people.packs()
    return rows, [decide.load(seat.people, row.id) for row in rows], seat.people.editions.every()


def _kin(seat: Seat, ask: Ask) -> object:
    version = seat.document(OLD, ASKED).version
    return (
        seat.kin(version, ASKED),
        seat.links(version, ASKED),
        seat.similar(f"{OLD}#第一条", ASKED),
    )


def _suggest(seat: Seat, ask: Ask) -> object:
    names = seat.names(ASKED)
    return suggest.suggestions(ask.paper.title[:4], [], names), names


def _table(seat: Seat, ask: Ask) -> object:
    rows = export.hit_rows(seat.search(ask.query, ASKED, limit=60).hits)
    return export.table_bytes("csv", export.HITS_HEAD, rows, sheet="检索结果").decode("utf-8-sig")


DOORS: dict[str, Door] = {
    "search": lambda s, a: s.search(a.query, ASKED, limit=60),
    "search any day": lambda s, a: s.search(a.query, ANY_DAY, limit=60),
    "search by its title": lambda s, a: s.search(f"《{a.paper.title}》第二条", ASKED, limit=20),
    "search word by word": lambda s, a: s.search(a.query, ASKED, limit=20, weight=0.0),
    "ended": lambda s, a: s.ended(a.query, ASKED),
    "rank": lambda s, a: s.rank(a.query, ASKED, limit=100),
    "passage": lambda s, a: s.passage(a.place, ASKED),
    "provision": lambda s, a: s.provision(a.place, ASKED),
    "provision cited": lambda s, a: s.provision(f"{OLD}#第一条", ASKED),
    "passages": lambda s, a: s.passages([a.place, f"{OLD}#第一条"], ASKED),
    "document": lambda s, a: s.document(a.paper.path, ASKED),
    "document ended by another": lambda s, a: s.document(OLD, ASKED),
    "documents": lambda s, a: s.documents(ANY_DAY),
    "readings": lambda s, a: s.readings(ASKED),
    "reading": lambda s, a: s.reading(a.paper.path, ASKED),
    "similar": lambda s, a: s.similar(a.place, ASKED),
    "kin": _kin,
    "links": lambda s, a: s.links(s.document(a.paper.path, ASKED).version, ASKED),
    "file_of": lambda s, a: s.file_of(a.paper.path, ASKED)[0].read_text("utf-8"),
    "files": lambda s, a: s.files(),
    "published": lambda s, a: s.published()[1],
    "sources": lambda s, a: s.sources() and "",
    "names": _suggest,
    "table": _table,
    "pack": _pack,
    "packs": _packs,
}

BOOKKEEPING = {
    "open", "close", "settings", "generation", "snapshot", "counts", "damage",
    "people", "desk", "marks", "audit", "accounts", "renew",
}  # fmt: skip
"""Words of the base that tell nothing of a paper by themselves, or have a test of their own."""


def seen(door: Door, seat: Seat, ask: Ask) -> str:
    """Everything that came through, errors included."""
    try:
        return everything(door(seat, ask))
    except KbError as error:
        # A person who names something sees his own words again, and no more.
        return f"{error.message} {error.hint}".replace(ask.paper.path, "")


def everything(value: Any) -> str:
    """All text in a value, however deep. (`repr` of our types shows every field.)"""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return " ".join(f"{everything(k)} {everything(v)}" for k, v in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(everything(v) for v in value)
    return repr(value)
