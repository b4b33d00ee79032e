"""PostgreSQL goes away in the middle of writes and reads: what was acknowledged is there, no answer
is wrong, and what could not be done is refused in words. Longer cuts: `benchmarks/faults.py`."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue, lost
from kb.catalogue.audit import Event
from kb.catalogue.audit_archive import verify
from kb.config import Settings
from kb.errors import (
    AuditUnwritable,
    CatalogueError,
    CatalogueLost,
    CommitInDoubt,
    EngineError,
)
from kb.model import Scope
from tests.support.cut import Network
from tests.support.load import Load
from tests.support.postgres import Server

ALL = Scope.everything(as_of=date(2026, 3, 2))


@pytest.fixture(scope="module")
def network(postgres: Server) -> Iterator[Network]:
    made = Network(postgres.port)
    yield made
    made.close()


@pytest.fixture(scope="module")
def away(postgres: Server, network: Network, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A base whose PostgreSQL is reached over that network; commits are on the disk there."""
    folder = tmp_path_factory.mktemp("制度")
    (folder / "印章.md").write_text("# 印章管理办法\n\n第一条　外借公章须经局长批准。\n", "utf-8")
    url = make_url(postgres.bare())
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {url.database} SET synchronous_commit = on")
    over = url.set(port=network.port).render_as_string(hide_password=False)
    made = Settings(home=tmp_path_factory.mktemp("家"), database_url=over, workers=1)
    index(made, [folder], Options())
    return made


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes longer to start a server than a person is made to wait."""
    monkeypatch.setattr(lost, "PATIENCE", 60.0)


def restarted(server: Server, _: Network) -> None:
    server.end(signal.SIGINT)
    server.start()


def killed(server: Server, _: Network) -> None:
    server.end(signal.SIGQUIT)
    server.start()


def silent(_: Server, network: Network, seconds: float = 1.0) -> None:
    network.silent()
    time.sleep(seconds)
    network.mend()


def cut_off(_: Server, network: Network, seconds: float = 1.0) -> None:
    network.refuse()
    time.sleep(seconds)
    network.mend()


def ten_seconds(fault: Callable[..., None]) -> object:
    return pytest.param(
        partial(fault, seconds=10.0), marks=pytest.mark.soak, id=f"{fault.__name__} 10 s"
    )


@pytest.mark.parametrize(
    "fault", [restarted, killed, silent, cut_off, ten_seconds(silent), ten_seconds(cut_off)]
)
def test_nothing_is_lost_and_no_answer_is_wrong(
    fault: Callable[[Server, Network], None], postgres: Server, network: Network, away: Settings
) -> None:
    with KnowledgeBase.open(away) as base:

        def ask() -> object:
            return [(hit.id, hit.text) for hit in base.search("外借公章谁批", ALL).hits]

        with Load(base.audit, ask) as load:
            load.until(20)
            fault(postgres, network)
            load.until(20)
        found = load.count()
        print(found)
        assert (found.lost, found.unasked, found.doubled) == ([], [], 0)
        assert (found.wrong, found.strange) == ([], [])
        assert found.acknowledged >= 40
        assert found.reads
        assert verify(base.audit).good
        assert all("断了" in said or "连不上" in said for said in found.said)


def test_who_comes_while_it_is_away_waits_for_it(
    postgres: Server, away: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalogue.open(away) as catalogue:
        catalogue.desk.ask("甲", "一", hits=0, weak=True)
        monkeypatch.setattr(lost, "PATIENCE", 0.5)
        postgres.end(signal.SIGINT)
        try:
            with pytest.raises(CatalogueError, match="连不上目录数据库"):
                catalogue.desk.asked("甲")
            with pytest.raises(AuditUnwritable, match="已停止提供内容"):
                catalogue.audit.append(Event("甲", "试验", "search", "一"))
        finally:
            postgres.start()
        assert [row.query for row in catalogue.desk.asked("甲")] == ["一"]


# -- what is said of what was under way ------------------------------------------------------


def sever(network: Network) -> None:
    network.refuse()
    network.mend()


def within(catalogue: Catalogue, *steps: str | Callable[[], None]) -> object:
    """Statements, and things that happen between them, in one transaction; the first's answer."""
    first: list[object] = []
    with catalogue._people.begin() as connection:
        for step in steps:
            if callable(step):
                step()
            else:
                found = connection.execute(text(step))
                first.append(found.scalar() if found.returns_rows else None)
    return first[0]


def test_a_change_that_was_under_way_is_said_not_to_be_written(
    network: Network, away: Settings
) -> None:
    change = "UPDATE alembic_version SET version_num = 'x'"
    with Catalogue.open(away) as catalogue:
        with pytest.raises(CatalogueLost, match="没有写入") as caught:
            within(catalogue, change, lambda: sever(network), "SELECT 1")
        assert not isinstance(caught.value, CommitInDoubt)
        assert within(catalogue, "SELECT version_num FROM alembic_version") != "x"


def test_a_commit_without_an_answer_is_said_to_be_in_doubt(
    network: Network, away: Settings
) -> None:
    with Catalogue.open(away) as catalogue:
        with pytest.raises(CommitInDoubt, match="可能已经写入，也可能没有"):
            within(catalogue, "SELECT 1", lambda: sever(network))
        assert within(catalogue, "SELECT 1") == 1


def test_what_only_read_is_not_in_doubt(network: Network, away: Settings) -> None:
    def read(catalogue: Catalogue) -> None:
        with catalogue._people.connect() as connection:
            connection.execute(text("SELECT 1"))
            sever(network)

    with Catalogue.open(away) as catalogue:
        with pytest.raises(CatalogueLost, match="没有写入") as caught:
            read(catalogue)
        assert not isinstance(caught.value, CommitInDoubt)


def test_a_read_that_was_under_way_is_asked_again(
    network: Network, away: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalogue.open(away) as catalogue:
        reader = catalogue.reader(1)
        before = reader.versions(ALL)
        select, times = reader._version_select, []

        def cut_once(scope: Scope) -> object:
            # After the connection was taken from the pool, before anything is asked of it.
            times.append(1)
            if len(times) == 1:
                sever(network)
            return select(scope)

        monkeypatch.setattr(reader, "_version_select", cut_once)
        assert reader.versions(ALL) == before
        assert len(times) == 2


def test_a_lock_that_is_held_too_long_is_told(away: Settings) -> None:
    with (
        Catalogue.open(away) as one,
        Catalogue.open(away) as other,
        one._people.begin() as held,
    ):
        held.execute(text("LOCK TABLE asked"))
        with pytest.raises(CatalogueError, match="正忙"):
            within(other, "SET LOCAL lock_timeout = '50ms'", "SELECT 1 FROM asked")


def test_a_leader_that_became_a_standby_is_left(away: Settings) -> None:
    own = "SELECT pg_backend_pid()"
    with Catalogue.open(away) as catalogue:
        was = within(catalogue, own)
        assert within(catalogue, own) == was
        with pytest.raises(CatalogueLost, match="没有写入"):
            within(catalogue, "SET TRANSACTION READ ONLY", "DELETE FROM asked")
        assert within(catalogue, own) != was


def test_the_server_asks_after_clients_too(away: Settings) -> None:
    """What a client holds whose network was cut is free again after some seconds, not two hours."""
    names = {
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "20000",
    }
    with Catalogue.open(away) as catalogue, catalogue._people.connect() as connection:
        told = {name: connection.execute(text(f"SHOW {name}")).scalar() for name in names}
    assert told == names
    with closing(Catalogue.doors(away)) as doors, doors._people.connect() as connection:
        its = connection.connection.driver_connection.info.get_parameters()
        assert its["tcp_user_timeout"] == "20000"


def test_a_generation_that_could_not_be_opened_is_looked_at_again(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that was away at that moment: the former state is not served from then on."""
    here = Settings(home=tmp_path / "家", workers=1, generation_check_seconds=0.0)
    first = index(here, [papers], Options()).generation
    with KnowledgeBase.open(here) as base:
        (papers / "新.md").write_text("# 新办法\n\n第一条　桂花树由园林处养护。\n", "utf-8")
        second = index(here, [], Options()).generation
        with monkeypatch.context() as patched:
            patched.setattr(type(base._engine), "reader", _away)
            with pytest.raises(EngineError, match="连不上"):
                base.search("桂花树谁养护", ALL)
        assert base.search("桂花树谁养护", ALL).hits[0].id == "新.md#第一条"
        assert (first, base.generation) == (1, second)


def _away(*_: object, **__: object) -> None:
    raise EngineError("Milvus 连不上")
