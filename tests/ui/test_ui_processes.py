"""Two page servers and an indexer, each a process of its own, on one base in PostgreSQL."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.access.accounts import Person
from kb.access.keeper import Keeper
from kb.access.policy import Role
from kb.config import Settings
from tests.support.caller import Caller, page_server
from tests.support.postgres import Server, free_port

SECRET = "Wen.Jian-77"
CHECK = 0.2


@dataclass(frozen=True)
class Two:
    """Both servers, and what they show."""

    settings: Settings
    papers: Path
    ports: tuple[int, int]
    pids: tuple[int, int]

    def write(self, turn: int) -> None:
        """A paper that says in which turn it was written."""
        text = f"# 绿化办法\n\n第一条　桂花树由园林处养护，第 turn{turn} 次修订。\n"
        (self.papers / "绿化.md").write_text(text, encoding="utf-8")


@pytest.fixture
def two(postgres: Server, tmp_path: Path) -> Iterator[Two]:
    home, papers = tmp_path / "库", tmp_path / "文件"
    papers.mkdir()
    settings = Settings(home=home, database_url=postgres.url(home), workers=1)
    keeper = Keeper(settings)
    keeper.accounts.add(Person("anna", Role.LEADER, departments=None), SECRET, first=True)
    keeper.close()
    env = os.environ | {
        "KB_DATABASE_URL": settings.database_url,
        "KB_GENERATION_CHECK_SECONDS": str(CHECK),
    }
    ports = (free_port(), free_port())
    with ExitStack() as stack:
        first = Two(settings, papers, ports, (0, 0))
        first.write(1)
        index(settings, [papers], Options())
        pids = [stack.enter_context(page_server(home, port, env)).pid for port in ports]
        yield Two(settings, papers, ports, (pids[0], pids[1]))


def test_one_base_behind_two_servers(two: Two) -> None:
    here, there = (Caller(port) for port in two.ports)
    assert here.hits("桂花树")[0] == 401
    here.sign_in("anna", SECRET)
    # A session lies in the database: the other server knows it, and what each finds is the same.
    there.cookies = here.cookies
    assert "turn1" in here.hits("桂花树谁养护")[1]
    lists = [caller.hits("桂花树谁养护")[1].splitlines() for caller in (here, there)]
    # The head and the one hit; what follows is each list's own number of a copy.
    assert lists[0][:2] == lists[1][:2]
    assert "第一条" in lists[0][1]
    for caller in (here, there):
        assert caller.ask("/readyz")[1] == '{"status":"ok","generation":1}'

    # This process is the indexer. Each server follows; nobody is told anything.
    two.write(2)
    assert index(two.settings, [], Options()).generation == 2
    time.sleep(CHECK)
    for caller in (here, there):
        status, said = caller.hits("桂花树谁养护")
        assert (status, "turn2" in said, "turn1" in said) == (200, True, False)
        assert "shuniu_index_generation 2.0" in caller.ask("/metrics")[1]

    # Signed out is signed out, wherever it was done.
    again = Caller(two.ports[0])
    again.sign_in("anna", SECRET)
    elsewhere = Caller(two.ports[1], dict(again.cookies))
    assert again.hits("桂花树")[0] == 200
    elsewhere.sign_out()
    assert again.hits("桂花树")[0] == 401

    # One is lost; who was there goes on at the other without signing in again.
    os.kill(two.pids[0], signal.SIGKILL)
    assert "turn2" in there.hits("桂花树谁养护")[1]
