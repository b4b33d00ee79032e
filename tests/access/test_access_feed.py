"""The address of a calendar: its secret opens what its owner may see at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.access.accounts import Person
from kb.access.policy import Role
from kb.access.visitor import Visitor
from kb.catalogue import Catalogue
from kb.catalogue.audit import Filter
from kb.config import Settings
from kb.decide.agenda import State
from kb.model import Tier
from kb.seat import Seat
from kb.ui import keepers, session
from kb.ui.server import create

ROOT = Path(__file__).resolve().parents[2]
TODAY = date.today()


def row(title: str, tier: str) -> dict[str, object]:
    return {
        "title": title, "background": "", "questions": [], "kind": "", "meeting": "办公会",
        "day": TODAY + timedelta(days=9), "department": "办公室", "tier": tier,
        "template": "简要说明", "state": State.IDEA.value,
    }  # fmt: skip


@pytest.fixture
def client(aviary_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    Catalogue.open(Settings(home=aviary_copy), create=True).close()
    monkeypatch.setenv("KB_HOME", str(aviary_copy))
    with TestClient(
        create(Settings(home=aviary_copy), ROOT / "app.py"), base_url="http://127.0.0.1"
    ) as opened:
        yield opened
    session.close_all()
    keepers.close_all()


def test_the_secret_opens_what_its_owner_may_see(client: TestClient, aviary_copy: Path) -> None:
    settings = Settings(home=aviary_copy)
    base, door = session.opened(settings).base, keepers.keeper(settings)
    owner = Seat(base, Visitor.demo("试"))
    for title, tier in (("采购设备", "internal"), ("人事安排", "sensitive")):
        owner.people.agenda.add(row(title, tier), who="王敏")
    early = owner.people.feeds.give()
    assert "人事安排" in client.get(f"/feed/{early}.ics").text
    person = Person("anna", Role.READER, departments=frozenset({"办公室"}), clearance=Tier.INTERNAL)
    door.accounts.add(person, "Wen.Jian-77")
    door._asked, door._looked = False, 0.0
    assert client.get(f"/feed/{early}.ics").status_code == 404, "ends with the first account"
    account = door.doors.accounts.find("anna")
    assert account is not None
    door.doors.accounts.change("anna", must_change=False)
    anna = Seat(base, door.named("anna", "试"))
    secret = anna.people.feeds.give()
    found = client.get(f"/feed/{secret}.ics")
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("text/calendar")
    assert found.headers["cache-control"] == "no-store"
    assert "采购设备" in found.text
    assert "人事安排" not in found.text
    noted = [(e.who, e.subject) for e in base.audit.every(Filter())]
    assert ("anna", "日程 ics") in noted
    assert not any(secret in subject for _, subject in noted)
    second = anna.people.feeds.give()
    assert client.get(f"/feed/{secret}.ics").status_code == 404, "the former one counts no longer"
    door.doors.accounts.change("anna", disabled=True)
    stopped = client.get(f"/feed/{second}.ics")
    assert stopped.status_code == 404
    assert stopped.text == client.get("/feed/nobody.ics").text, "nothing tells one from another"
