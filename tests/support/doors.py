"""Every door of the program, with a way to go through it and bring back all that can be seen.

A door that is not in these tables fails `tests/access/test_access_doors.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb import decide
from kb.decide.drafts import change
from kb.decide.edits import Act
from kb.decide.follow import Draft as TaskDraft
from kb.decide.freeze import freeze
from kb.decide.model import Pack
from kb.decide.office import Office
from kb.decide.system import graph
from kb.errors import KbError
from kb.model import Scope
from kb.seat import Seat
from kb.ui import export, suggest, survey
from kb.ui.files import FROZEN, pack_bytes
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


KEPT_PACKS = 12
"""Packs, with all that comes of them, that others then look for: each costs every later visitor."""


def _pack(seat: Seat, ask: Ask) -> object:
    # No word of his own: what a person writes into a pack goes as far as the pack (SECURITY.md).
    pack = decide.make(
        seat.composing("采购审批").as_base, ASKED, topic="采购审批", questions=["要几个工作日"]
    )
    files = [decide.render_bytes(pack, "html").decode()]
    if not pack.sources or len(seat._base.people.packs()) >= KEPT_PACKS:
        return pack, files
    decide.store(seat.people, pack)
    _life(seat, pack)
    return pack, files, decide.load(seat.people, pack.id)


def _life(seat: Seat, pack: Pack) -> None:
    """All that comes of a pack: it is changed, frozen, handed over, written on, made a task. What
    is written on it is a word of the paper."""
    people, quoted = seat.people, pack.sources[0]
    note = Act("note", quoted.passage_id, {"id": "1", "text": quoted.text})
    change(seat.as_base, people, ASKED, pack.id, note, who="甲", based_on=0)
    row = freeze(seat.as_base, people, ASKED, pack.id, who="甲", anyway=True)
    [copy] = people.editions.deliver(row.id, ["王局长"], "甲")
    remark = people.editions.write(copy.id, quoted.text, TODAY, "甲")
    draft = TaskDraft(quoted.text, "", (), None, "", "批示")
    who = seat.visitor.reader or "甲"
    Office(people, None, today=TODAY).file(draft, who=who, remark_id=remark)


def _packs(seat: Seat, _: Ask) -> object:
    rows = seat.people.packs()
    return rows, [decide.load(seat.people, row.id) for row in rows]


def _drafts(seat: Seat, _: Ask) -> object:
    raw = seat._base.people.packs()  # somebody may know the ids
    said = []
    for row in raw:
        for ask in (
            lambda i: seat.people.pack(i),
            lambda i: seat.people.drafts.history(i),
            lambda i: pack_bytes(seat, i, "html").decode(),
            lambda i: pack_bytes(seat, i, "html", view=True).decode(),
        ):
            said.append(told(ask, row.id))
    return said


def _editions(seat: Seat, _: Ask) -> object:
    editions = seat.people.editions
    said = [everything(editions.every()), everything(editions.numbers())]
    for row in seat._base.people.editions.every():
        said.append(told(lambda i: decide.open_edition(editions.by_id(i)), row.id))
        said.append(told(lambda i: pack_bytes(seat, f"{FROZEN}{i}", "html").decode(), row.id))
        said.append(told(lambda i: editions.deliveries(edition_id=i), row.id))
    return said, editions.deliveries(), editions.remarks(), editions.tasks()


def _courses(seat: Seat, _: Ask) -> object:
    office = Office(seat.people, None, today=TODAY)
    agenda = seat.people.agenda.every()
    return office.tasks(), agenda, [office.decision(row.id) for row in agenda]


def told(ask: Callable[[Any], object], about: Any) -> str:
    """What comes of it, errors in words."""
    try:
        return everything(ask(about))
    except KbError as error:
        return f"{error.message} {error.hint}"


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


def _survey(seat: Seat, ask: Ask) -> object:
    found = survey.survey(seat, seat.scope(TODAY), "体检")
    rows = survey.ledger(seat, found)
    pack = survey.report_of(seat, found, seat.scope(TODAY))
    whole = survey.survey(seat, ASKED.within(seat.scope(TODAY)), "体检")
    said = seat.survey.history(ask.place, ""), seat.survey.verdicts(), seat.survey.most_read()
    drawn = graph.graph(found.check.versions, TODAY)
    return rows, found.differences, pack, said, drawn, whole.check.as_json()


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
    "drafts": _drafts,
    "editions": _editions,
    "courses": _courses,
    "survey": _survey,
}

TELLS_NOTHING = {
    "settings": "of the home, no paper's",
    "generation": "a number",
    "office": "people's own words; `courses` reads it", "feeds": "an address of his own dates",
    "damage": "for who keeps the base; a file's name at most",
    "as_base": "the same seat",
    "desk": "each person's own searches",
    "people": "a door of its own: packs, drafts, editions, courses",
    "scope": "what he may see, not what there is",
    "may": "of his role", "allow": "of his role", "require": "of his role", "note": "writes",
    "composing": "the same seat, quiet", "measuring": "the same seat, quiet",
    "surveying": "the same seat, quiet",
    "counts": "tested beside this", "renew": "forgets what is kept",
    "upkeep": "for who keeps the base: refused to others (test_access_policy)",
    "number": "numbers a copy of what is opened elsewhere",
    "hand_out": "numbers a copy of what `drafts` and `editions` open",
    "marks_copies": "whether there are accounts",
    "accounts": "for administrators", "tokens": "for administrators", "log": "for auditors",
    "visitor": "himself",
    # people
    "tier_of": "of a pack that he sees all of (test_access_course)",
    "save_pack": "writes", "pack": "`drafts` asks for each", "pack_of": "as `packs`",
    "agenda": "people's own words; `courses` reads it", "basket": "his own", "put": "his own",
    "take": "his own", "known": "for who keeps them", "known_stamp": "a stamp",
    "add_known": "for who keeps them", "found_useful": "tested beside this",
    "switch_known": "for who keeps them", "correct_known": "for who keeps them",
    "remove_known": "for who keeps them",
}  # fmt: skip
"""Names of the seat that are no door, and why."""

BOOKKEEPING = {
    "open", "close", "settings", "generation", "snapshot", "counts", "damage",
    "people", "desk", "marks", "corrections", "audit", "accounts", "tokens", "renew", "office",
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
