"""Every route of the server: nothing of a hidden paper comes through, whatever is asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime import Runtime

from kb import decide
from kb.access.accounts import Person
from kb.access.keeper import Keeper
from kb.access.policy import Identity, Role
from kb.access.sessions import COOKIE
from kb.access.visitor import Visitor
from kb.catalogue.audit import Filter
from kb.config import Settings
from kb.decide.freeze import freeze
from kb.model import Scope, Tier
from kb.seat import Seat
from kb.ui import assets, health, keepers, server, session, survey_files
from tests.support.canaries import Canary, canaries, forbidden
from tests.support.sweep import text_of

ROOT = Path(__file__).resolve().parents[2]
US = "http://127.0.0.1:8501"
ANY = Scope.everything(as_of=date(2026, 11, 24))

Asks = Callable[[Canary, "Made"], list[str]]


@dataclass(frozen=True)
class Made:
    """A pack of everything, and its edition."""

    pack: str
    edition: int


def _tables(form: str) -> Asks:
    return lambda c, _: [
        f"/files/hits/x.{form}?q={quote(c.text_word)}",
        f"/files/hits/x.{form}?q={quote('采购审批')}&on=2026-11-24",
    ]


def _ledgers(form: str) -> Asks:
    return lambda c, _: [f"/files/ledger/x.{form}", f"/files/ledger/x.{form}?w={quote(c.title)}"]


def _plain(path: str) -> Asks:
    return lambda *_: [quote(path)]


LEAKS: dict[str, Asks] = {
    "/suggest": lambda c, _: [f"/suggest?q={quote(c.title[:4])}", f"/suggest?q={quote(c.title)}"],
    "/preview": lambda c, _: [
        f"/preview?id={quote(c.path)}",
        f"/preview?id={quote(c.path + '#第二条')}&on=2026-11-24",
        f"/preview?id={quote('制度/旧办法.md#第一条')}",
    ],
    "/files/original": lambda c, _: [
        f"/files/original?doc={quote(c.path)}",
        f"/files/original?doc={quote('制度/../' + c.path)}",
    ],
    "/files/page": lambda c, _: [f"/files/page?doc={quote(c.path)}&page=1"],
    "/files/hits/{name}.csv": _tables("csv"),
    "/files/hits/{name}.xlsx": _tables("xlsx"),
    "/files/ledger/{name}.csv": _ledgers("csv"),
    "/files/ledger/{name}.xlsx": _ledgers("xlsx"),
    "/files/pack/{id}/{name}": lambda _, made: [
        f"/files/pack/{key}/a.{form}{view}"
        for key in (made.pack, f"E{made.edition}", f"R{made.edition}")
        for form in ("html", "docx", "pdf")
        for view in ("", "?view=1")
    ],
    "/healthz": lambda *_: ["/healthz"],
    "/readyz": lambda *_: ["/readyz"],
    "/files/calendar.ics": lambda *_: ["/files/calendar.ics"],
    "/files/notice/{name}.docx": lambda *_: ["/files/notice/x.docx?maker=x"],
    "/files/reading/{name}.html": lambda *_: [f"/files/reading/x.html?reader={quote('王局长')}"],
    "/feed/{secret}.ics": lambda *_: ["/feed/x.ics"],
    **{path: _plain(path) for path in survey_files.FILES},
}
"""Route → what is asked of it about one paper."""

EMPTY = {
    **dict.fromkeys(
        ("/login", "/login/alive", "/login/oidc/start", "/login/oidc", "/logout", "/password",
         "/setup"),
        "forms of the door; no paper is opened (test_access_signin)",
    ),
    "/metrics": "numbers, for this machine or for who brings a token (test_ui_health)",
    "/kb/{name}": "the program's own files, by name",
    "/favicon.png": "the program's own icon",
    "/": "Streamlit's shell; what a page shows comes by its socket (test_access_pages)",
    "/{nothing}": "one sentence",
}  # fmt: skip
"""Routes that open no paper, and why. The pages' addresses are shells like «/»."""


@pytest.fixture
def made(aviary_copy: Path) -> Iterator[tuple[Keeper, Made]]:
    door = keepers.keeper(Settings(home=aviary_copy))
    _ = door.doors  # the copy is without its log
    base = session.opened(door.settings).base
    owner = Seat(base, Visitor.owner(aviary_copy, "试验"), quiet=True)
    pack = decide.make(owner, ANY, topic="采购审批", questions=["要几个工作日"])
    decide.store(owner.people, pack)
    row = freeze(owner.as_base, owner.people, ANY, pack.id, who="甲", anyway=True)
    yield door, Made(pack.id, row.id)
    session.close_all()
    keepers.close_all()


@pytest.fixture
def app(made: tuple[Keeper, Made], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(assets, "_served", False)
    monkeypatch.setattr(Runtime, "_instance", None)
    monkeypatch.setattr(health, "LIMIT", 120.0)
    return server.create(made[0].settings, ROOT / "app.py")


def client_of(app: Any, door: Keeper, who: Identity) -> TestClient:
    """A browser in which he has signed in."""
    person = Person(who.name, who.role, clearance=who.clearance, departments=who.departments)
    if door.doors.accounts.find(who.name) is None:
        door.accounts.add(person, "Wen.Jian-77")
    row = door.doors.accounts.find(who.name)
    assert row is not None
    token = door._sessions.start(row, "试验")
    client = TestClient(app, base_url=US, follow_redirects=False)
    client.cookies.set(COOKIE, token)
    return client


CARL = Identity("carl", Role.READER, Tier.PUBLIC, frozenset({"办公室"}))
WHO = [
    CARL,
    pytest.param(
        Identity("edna", Role.EDITOR, Tier.INTERNAL, frozenset({"财务处"})), marks=pytest.mark.soak
    ),
    pytest.param(Identity("boss", Role.ADMIN, Tier.SENSITIVE, None), marks=pytest.mark.soak),
    Identity("watch", Role.AUDITOR, Tier.SENSITIVE, None),
]


def leaks(app: Any, door: Keeper, what: Made, who: Identity) -> list[tuple[str, str]]:
    client = client_of(app, door, who)
    hidden = [c for c in canaries() if not _allowed(c, who)]
    words = {w for c in hidden for w in c.words} & set(forbidden(canaries(), who))
    found: list[tuple[str, str]] = []
    asked: set[str] = set()
    for ask in LEAKS.values():
        for one in hidden[:: max(1, len(hidden) // 2)]:
            for address in ask(one, what):
                if address in asked:
                    continue
                asked.add(address)
                said = text_of(client.get(address).content).replace(one.path, "")
                typed = {w for w in one.words if quote(w) in address}
                found += [(address, w) for w in words - typed if w in said]
    return found


def _allowed(one: Canary, who: Identity) -> bool:
    # Public papers are for every department (department_tier = internal).
    reads = who.role in (Role.READER, Role.LEADER, Role.EDITOR)
    return one.allowed(who) or (reads and one.tier is Tier.PUBLIC and not one.persons)


def test_every_route_has_a_leak_test_or_a_reason(
    made: tuple[Keeper, Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(server, "App", lambda _, routes, **__: told.extend(routes))
    server.create(made[0].settings, ROOT / "app.py")
    assert all(isinstance(route, Route) for route in told)
    pages = {f"/{path}" for path in server.links.PATHS}
    assert {route.path for route in told} - pages - LEAKS.keys() - EMPTY.keys() == set()


@pytest.mark.parametrize("who", WHO, ids=lambda who: who.role.value)
def test_no_word_comes_by_a_route(app: Any, made: tuple[Keeper, Made], who: Identity) -> None:
    assert leaks(app, *made, who) == []


def test_who_may_see_is_answered(app: Any, made: tuple[Keeper, Made]) -> None:
    """Else a server that answers nothing would pass."""
    anna = Identity("anna", Role.LEADER, Tier.SENSITIVE, None)
    client = client_of(app, made[0], anna)
    for ask in LEAKS.values():
        for address in ask(next(c for c in canaries() if c.persons), made[1]):
            if any(
                part in address
                for part in ("..", "/files/page", "/feed/", "ics", "notice", "reading")
            ):
                continue
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.text)


TAKEN = (
    "/files/hits/x.csv?q=采购审批",
    "/files/hits/x.xlsx?q=采购审批",
    "/files/ledger/x.csv",
    "/files/ledger/x.xlsx",
    "/files/survey/岗责与时限.xlsx",
    "/files/notice/x.docx?maker=x",
    "/files/reading/x.html",
    "/files/original?doc=制度/旧办法.md",
)
ID = re.compile(r"第(\d+)份 ([A-Z0-9]{10})")


def test_what_is_taken_away_says_whose_copy_it_is(app: Any, made: tuple[Keeper, Made]) -> None:
    """Name, staff number, time and the copy's number; the log has the same number."""
    door, what = made
    client = client_of(app, door, Identity("anna", Role.LEADER, Tier.SENSITIVE, None))
    door.doors.accounts.change("anna", shown="安娜", number="1001")
    opened = session.opened(door.settings).base
    opened.people.editions.deliver(what.edition, ["anna"], "甲")
    taken: set[str] = set()
    for address in TAKEN:
        for turn in (1, 2):
            answer = client.get(quote(address, safe="/?=&"))
            assert answer.status_code == 200, (address, answer.text)
            said = text_of(answer.content)
            if "original" in address:  # its bytes are those that were read
                at = opened.file_of("制度/旧办法.md", ANY)[0]
                assert answer.content == at.read_bytes()
                said = "安娜 1001 " + unquote(answer.headers["content-disposition"])
            found = ID.search(said)
            assert found, address
            assert "安娜 1001 " in said
            copy = door.doors.accounts.exported(found[2])
            assert copy is not None
            # The two forms of a list are counted together.
            wanted = turn + 2 * address.endswith(("x.xlsx?q=采购审批", "ledger/x.xlsx"))
            assert (copy.who, copy.copy, int(found[1])) == ("anna", wanted, wanted)
            taken.add(found[2])
            [event] = door.doors.audit.events(Filter(words=found[2]))
            assert (event.who, event.allowed) == ("anna", True)
    assert len(taken) == 2 * len(TAKEN)


def test_who_may_take_nothing_gets_no_number(app: Any, made: tuple[Keeper, Made]) -> None:
    door = made[0]
    client = client_of(app, door, Identity("boss", Role.ADMIN, Tier.SENSITIVE, None))
    for address in TAKEN:
        assert client.get(quote(address, safe="/?=&")).status_code in (403, 404), address
    assert not door.doors.audit.events(Filter(words="份 "))


def test_the_routes_leak_without_the_filter(
    app: Any, made: tuple[Keeper, Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seat, "_within", lambda _, scope: scope)
    monkeypatch.setattr(Visitor, "scope", lambda _, as_of: Scope.everything(as_of=as_of))
    found = {address.partition("?")[0].split("/x.")[0] for address, _ in leaks(app, *made, CARL)}
    assert {"/suggest", "/preview", "/files/original", "/files/hits", "/files/ledger"} <= found
    assert any(address.startswith("/files/pack/") for address in found)
