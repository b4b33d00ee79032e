"""A home of canaries, made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb import seat as seats
from kb.access.policy import Identity
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.config import Settings
from kb.seat import Seat
from tests.support.canaries import Canary


@dataclass(frozen=True, slots=True)
class Aviary:
    """The home, its papers, and seats for people."""

    base: KnowledgeBase
    canaries: list[Canary]

    def seat(self, who: Identity) -> Seat:
        """For somebody with an account."""
        return Seat(self.base, Visitor(who, who.name, who.name, "", "试验"))


@pytest.fixture(scope="session")
def aviary(canary_home: tuple[Path, list[Canary]]) -> Iterator[Aviary]:
    """Open for the whole run."""
    home, made = canary_home
    with KnowledgeBase.open(Settings(home=home)) as base:
        yield Aviary(base, made)


@pytest.fixture
def aviary_copy(aviary: Aviary, tmp_path: Path) -> Path:
    """A copy of that home without its log, to do with as one likes."""
    skip = shutil.ignore_patterns("audit*", "*-wal", "*-shm", "*.lock")
    return Path(shutil.copytree(aviary.base.settings.home, tmp_path / "副本", ignore=skip))


@pytest.fixture
def fresh_home(tmp_path: Path) -> Settings:
    """A home without anything."""
    return Settings(home=tmp_path / "库")


@pytest.fixture(autouse=True)
def _every_event_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that are alike within a minute are one; here each test begins anew."""
    seats._noted.clear()


Seated = Callable[[Identity], Seat]
