"""What is asked at every question is not asked of the database again, and yet never outdated."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from kb.access.accounts import Person
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.catalogue import fixed
from kb.catalogue.audit import AuditLog, Event, as_row
from kb.catalogue.audit_archive import verify
from kb.catalogue.tables import event
from kb.config import Settings
from kb.errors import AccessDenied
from kb.model import Tier
from tests.support.postgres import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def keeper(request: pytest.FixtureRequest, fresh_home: Settings) -> Iterator[Keeper]:
    settings = fresh_home
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        settings = Settings(home=fresh_home.home, database_url=server.url(fresh_home.home))
    door = Keeper(settings)
    door.accounts.add(Person("bert", Role.EDITOR, departments=frozenset({"办公室"})), "Wen.Jian-77")
    yield door
    door.close()


def signed_in(keeper: Keeper, name: str = "bert") -> str:
    row = keeper.doors.accounts.find(name)
    assert row is not None
    return keeper._sessions.start(row, "试验")


def test_a_change_holds_at_the_next_question(keeper: Keeper) -> None:
    token = signed_in(keeper)
    assert keeper.visitor(token, "试验").identity == keeper.visitor(token, "试验").identity
    changes = (
        ({"role": Role.READER}, lambda who: who.role is Role.READER),
        ({"clearance": Tier.PUBLIC}, lambda who: who.clearance is Tier.PUBLIC),
        (
            {"departments": ["财务处"], "keep_departments": False},
            lambda who: who.departments == {"财务处"},
        ),
    )
    for change, holds in changes:
        keeper.accounts.set_rights("bert", **change)  # type: ignore[arg-type]
        who = keeper.visitor(token, "试验").identity
        assert who is not None
        assert holds(who)
    keeper.accounts.disable("bert")
    with pytest.raises(AccessDenied):
        keeper.visitor(token, "试验")


def test_a_change_by_another_process_holds_at_the_next_question(fresh_home: Settings) -> None:
    keeper = Keeper(fresh_home)
    keeper.accounts.add(Person("root", Role.ADMIN), "Wen.Jian-77")
    keeper.accounts.add(Person("bert", Role.LEADER, clearance=Tier.SENSITIVE), "Wen.Jian-77")
    token = signed_in(keeper)
    for tier, role in ((Tier.PUBLIC, "leader"), (Tier.INTERNAL, "auditor")):
        keeper.visitor(token, "试验")
        home = str(fresh_home.home)
        command = (sys.executable, "-m", "kb", "--home", home, "user", "role", "bert")
        subprocess.run(
            [*command, "--role", role, "--clearance", tier.value],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
        who = keeper.visitor(token, "试验").identity
        assert who is not None
        assert (who.clearance, who.role.value) == (tier, role)
    keeper.close()


def test_what_is_kept_is_the_readers_own(keeper: Keeper) -> None:
    keeper.accounts.add(Person("root", Role.ADMIN), "Wen.Jian-77")
    tokens = {name: signed_in(keeper, name) for name in ("bert", "root")}
    for name in ("bert", "root", "bert", "root"):
        assert keeper.visitor(tokens[name], "试验").name == name
    assert keeper.session("不是") is None
    keeper._sessions.end(tokens["bert"])
    assert keeper.session(tokens["bert"]) is None
    assert keeper.session(tokens["root"]) is not None


def test_a_session_that_is_kept_runs_out(keeper: Keeper) -> None:
    token = signed_in(keeper)
    assert keeper._sessions.find(token) is not None
    later = datetime.now(UTC) + keeper._sessions._idle
    assert keeper._sessions.find(token, now=later) is None


def test_threads_that_change_and_ask_at_once_see_the_last_change(keeper: Keeper) -> None:
    """Each asks after its own change: never an older state than that."""
    names = [f"p{number}" for number in range(4)]
    for name in names:
        who = Person(name, Role.READER, departments=frozenset({"办公室"}))
        keeper.accounts.add(who, "Wen.Jian-77")
    begin = threading.Barrier(len(names))

    def change_and_ask(name: str) -> object:
        token = signed_in(keeper, name)
        begin.wait()
        for number in range(12):
            keeper.doors.accounts.change(name, departments=[str(number)])
            who = keeper.visitor(token, "试验").identity
            if who is None or (who.name, who.departments) != (name, {str(number)}):
                return (who, number)
        return None

    with ThreadPoolExecutor(len(names)) as pool:
        assert [*pool.map(change_and_ask, names)] == [None] * len(names)


def test_nobody_is_let_in_while_another_looks_for_accounts(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first requests after a start, at once: none is the demonstration's person."""
    fresh = Keeper(keeper.settings)
    looks, began = fresh.has_accounts, threading.Event()

    def slow() -> bool:
        began.set()
        threading.Event().wait(0.2)
        return looks()

    monkeypatch.setattr(fresh, "has_accounts", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(fresh.asks)
        began.wait()
        assert fresh.asks()
        assert first.result()
    fresh.close()


def test_threads_write_one_chain(keeper: Keeper) -> None:
    log = keeper.doors.audit
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: log.append(Event(f"p{n}", "", "search", "问")), range(60)))
    found = verify(log)
    assert found.good
    assert found.events >= 60


def test_what_raises_leaves_nothing_open(keeper: Keeper) -> None:
    """Neither a lock on the log nor half an event."""
    log = keeper.doors.audit
    log.append(Event("a", "", "search", "一"))
    engine = log.engine
    with pytest.raises(ZeroDivisionError):
        half_an_event(log)
    with pytest.raises(DBAPIError), fixed.Using(engine) as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    log.append(Event("a", "", "search", "二"))
    assert verify(log).good
    assert verify(log).events == log.head()[0]


def half_an_event(log: AuditLog) -> None:
    number, previous = log.head()
    row = as_row(Event("a", "", "search", "半"), previous) | {"id": number + 1}
    with fixed.UsingAlone(log.engine, "audit") as cursor:
        fixed.Fixed(insert(event)).run(cursor, log.engine.dialect, **row)
        raise ZeroDivisionError
