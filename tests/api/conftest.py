"""The API over the home of canaries, with accounts and a token each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from kb import decide
from kb.access.accounts import Person, identity
from kb.access.policy import Identity, Role
from kb.api.app import create
from kb.api.door import Door
from kb.catalogue.audit import EventRow, Filter
from kb.config import Settings
from kb.decide.freeze import freeze
from kb.model import Tier
from kb.seat import Seat
from tests.support.canaries import Canary
from tests.support.doors import ASKED

OFFICE = frozenset({"办公室"})
PEOPLE = (
    Person("anna", Role.EDITOR, clearance=Tier.SENSITIVE, departments=None),
    Person("bert", Role.READER, clearance=Tier.INTERNAL, departments=OFFICE),
    Person("carl", Role.READER, clearance=Tier.PUBLIC, departments=frozenset({"财务处"})),
    Person("dora", Role.AUDITOR, clearance=Tier.PUBLIC, departments=None),
)
"""All but anna's as an administrator makes them: nobody has signed in, as no program does."""


@dataclass
class Api:
    """What answers, the tokens by account, who they are, and the papers."""

    client: TestClient
    door: Door
    tokens: dict[str, str]
    people: dict[str, Identity]
    canaries: list[Canary]
    packs: list[str]
    _kept: dict[tuple[str, str], str] = field(default_factory=dict)

    def get(self, path: str, who: str = "anna", **params: Any) -> Response:
        """As an account."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return self.client.get(path, params=params or None, headers=headers)

    def told(self, address: str, who: str) -> str:
        """All that comes of an address, its headers too; asked once a run."""
        if (address, who) not in self._kept:
            answer = self.get(address, who)
            self._kept[address, who] = f"{answer.text} {answer.headers}"
        return self._kept[address, who]

    def events(self) -> list[EventRow]:
        """The log."""
        return list(self.door.keeper.doors.audit.every(Filter()))


@pytest.fixture(scope="session")
def api(
    canary_home: tuple[Path, list[Canary]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """Papers, accounts, a pack with an edition, all behind the API; made once. A test that changes
    something (a token ended, a paper moved) makes what it changes itself."""
    home, made = canary_home
    skip = shutil.ignore_patterns("audit*", "*-wal", "*-shm", "*.lock")
    copy = Path(shutil.copytree(home, tmp_path_factory.mktemp("接口") / "库", ignore=skip))
    # Every paper is for its own department only, the public ones too: so do the canaries say.
    settings = Settings(home=copy, department_tier="public")
    door = Door(settings)
    for person in PEOPLE:
        password = "correct horse 9 battery" if person.name == "anna" else None
        door.keeper.accounts.add(person, password)
    tokens = {p.name: door.keeper.tokens.add(p.name, p.name, "试验") for p in PEOPLE}
    rows = {row.name: row for row in door.keeper.doors.accounts.all()}
    packs = _pack(door, tokens["anna"])
    people = {name: identity(row) for name, row in rows.items()}
    with TestClient(create(door), raise_server_exceptions=False) as client:
        yield Api(client, door, tokens, people, made, packs)


def _pack(door: Door, token: str) -> list[str]:
    """A draft that quotes everything that she may see, and its edition: id and number."""
    seat = Seat(door.base(), door.keeper.bearer(token, "试验"))
    quiet = seat.composing("采购审批").as_base
    pack = decide.make(quiet, ASKED, topic="采购审批", questions=["要几个工作日"])
    decide.store(seat.people, pack)
    edition = freeze(seat.as_base, seat.people, ASKED, pack.id, who="甲", anyway=True)
    return [pack.id, edition.number]
