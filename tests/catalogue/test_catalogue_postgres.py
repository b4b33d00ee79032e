"""The catalogue on PostgreSQL beyond the common suite: who may open what, many at once, a server
that goes away, the way from SQLite and back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from indexer.publish import Options, index
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue, lost, postgres, seal, transfer
from kb.catalogue.audit import Event
from kb.catalogue.audit_archive import rotate, verify
from kb.catalogue.backup import backup, restore
from kb.catalogue.connect import FILES
from kb.catalogue.migrate import _config, head, state, upgrade
from kb.catalogue.postgres import MARK
from kb.cli import main
from kb.config import Settings, load_settings
from kb.errors import CatalogueError, ConfigError, IndexMissing
from kb.model import Scope
from tests.support.postgres import Server

ALL = Scope.everything(as_of=date(2026, 3, 2))


# -- who may open what -----------------------------------------------------------------------


def test_the_password_is_told_to_nobody(tmp_path: Path) -> None:
    url = "postgresql://kb:geheim@127.0.0.1:1/kb"
    with pytest.raises(CatalogueError, match="连不上") as caught:
        Catalogue.open(Settings(home=tmp_path, database_url=url), create=True)
    assert "geheim" not in str(caught.value)
    assert "127.0.0.1:1/kb" in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "kb.sqlite", "postgresql//x"])
def test_an_address_of_something_else(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="database_url"):
        load_settings(tmp_path, env={"KB_DATABASE_URL": url})


def test_an_order_of_a_dictionary_is_refused(postgres: Server, tmp_path: Path) -> None:
    bare = postgres.bare("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh'")
    with pytest.raises(CatalogueError, match="排序规则"):
        Catalogue.open(Settings(home=tmp_path, database_url=bare), create=True)


def test_the_rows_of_another_home_are_left_alone(there: Settings, tmp_path: Path) -> None:
    Catalogue.open(there, create=True).close()
    other = replace(there, home=tmp_path / "另一个")
    for create in (True, False):
        with pytest.raises(CatalogueError, match="另一个知识库"):
            Catalogue.open(other, create=create)
    (other.home / MARK).write_bytes((there.home / MARK).read_bytes())
    Catalogue.open(other).close()


def test_a_home_that_is_full_is_not_taken_for_an_empty_one(
    postgres: Server, tmp_path: Path
) -> None:
    home = tmp_path / "库"
    Catalogue.open(Settings(home=home), create=True).close()
    bare = Settings(home=home, database_url=postgres.bare())
    with pytest.raises(CatalogueError, match="kb migrate --database"):
        Catalogue.open(bare, create=True)
    with pytest.raises(IndexMissing):
        Catalogue.open(bare)


def test_migrations_go_up_from_the_first_and_down_again(postgres: Server, tmp_path: Path) -> None:
    url = postgres.bare()
    for name in FILES:
        engine = postgres_engine(url, name)
        with engine.begin() as connection:
            command.upgrade(_config(name, connection), f"{name}_0001")
        if name == "index":
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO alias VALUES ('旧', '新', 1)"))
        upgrade(engine, name)
        assert state(engine) == head(name)
        if name == "index":
            with engine.connect() as connection:
                assert connection.execute(text("SELECT old FROM alias")).scalars().all() == ["旧"]
            with engine.begin() as connection:
                command.downgrade(_config(name, connection), "index_0001")
            assert not inspect(engine).has_table("citation")
        engine.dispose()


def postgres_engine(url: str, name: str):
    engine = postgres.engine_of(url, name)
    postgres.prepare(engine, name)
    return engine


def test_two_that_make_it_at_once(postgres: Server, tmp_path: Path) -> None:
    home = Settings(home=tmp_path, database_url=postgres.bare())
    with ThreadPoolExecutor(4) as pool:
        for made in pool.map(lambda _: Catalogue.open(home, create=True), range(4)):
            made.close()
    Catalogue.open(home).close()


# -- many at once ----------------------------------------------------------------------------


def at_once(act: Callable[[int], object], times: int = 12) -> list[object]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(act, range(times)))


def test_what_follows_the_last_one_is_given_once(stored: Settings) -> None:
    with Catalogue.open(stored, create=True) as catalogue:
        people, accounts, desk = catalogue.people, catalogue.accounts, catalogue.desk
        copies = at_once(lambda n: accounts.number_export("甲", "pdf", f"{n}").copy)
        assert sorted(map(int, copies)) == list(range(1, 13))  # type: ignore[call-overload]
        row = {
            "title": "x",
            "background": "",
            "questions": [],
            "kind": "",
            "meeting": "",
            "department": "",
            "tier": "internal",
            "template": "full",
        }
        ids = at_once(lambda _: people.agenda.add(row, who="甲").id)
        assert len(set(ids)) == 12
        at_once(lambda _: desk.ask("甲", "外借公章", hits=1, weak=False))
        assert [(r.query, r.times) for r in desk.asked("甲")] == [("外借公章", 12)]
        at_once(lambda n: people.put("甲", f"p{n % 3}", "d"))
        assert sorted(r.position for r in people.basket("甲")) == [1, 2, 3]
        at_once(lambda _: people.add_known([("谁批", "a#第一条")]))
        assert len(people.known()) == 1
        at_once(lambda _: desk.save("甲", "名", "/?q=x"))
        assert len(desk.saved("甲")) == 1


WRITER = """
import sys
from pathlib import Path
from kb.catalogue import Catalogue
from kb.catalogue.audit import Event
from kb.config import Settings
doors = Catalogue.doors(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))
for number in range(int(sys.argv[3])):
    doors.audit.append(Event(sys.argv[4], "试验", "search", f"问题{number}"))
"""


def test_two_processes_write_one_chain(there: Settings) -> None:
    args = [str(there.home), there.database_url, "40"]
    both = [subprocess.Popen([sys.executable, "-c", WRITER, *args, who]) for who in ("甲", "乙")]
    assert [process.wait(120) for process in both] == [0, 0]
    with closing(Catalogue.doors(there)) as doors:
        assert verify(doors.audit).good
        assert doors.audit.head()[0] == 80
        assert rotate(doors.audit, datetime(2999, 1, 1, tzinfo=UTC)) is not None
        doors.audit.append(Event("丙", "试验", "search", "归档之后"))
        assert verify(doors.audit).events == 81


# -- what is asked of it ---------------------------------------------------------------------


def test_what_was_frozen_cannot_be_changed(there: Settings) -> None:
    with Catalogue.open(there, create=True) as catalogue:
        for statement in (
            "UPDATE edition SET who = ''",
            "DELETE FROM remark",
            "TRUNCATE happening",
        ):
            with (
                pytest.raises(DBAPIError, match="append-only"),
                catalogue._people.begin() as connection,
            ):
                connection.execute(text(statement))


def test_a_nul_is_no_way_to_stop_it(there: Settings) -> None:
    with Catalogue.open(there, create=True) as catalogue:
        catalogue.desk.ask("甲", "公\0章", hits=0, weak=True)
        assert catalogue.desk.asked("甲")[0].query == "公\ufffd章"
        catalogue.audit.append(Event("甲\0", "x\0", "search", "公\0章", True, "\0"))
        assert catalogue.audit.verify() is None


def test_a_server_that_comes_back_is_used_again(
    there: Settings, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost, "PATIENCE", 0.0)
    with Catalogue.open(there, create=True) as catalogue:
        catalogue.desk.ask("甲", "一", hits=0, weak=True)
        postgres.end(signal.SIGINT)
        with pytest.raises(CatalogueError):
            catalogue.desk.asked("甲")
        postgres.start()
        assert [r.query for r in catalogue.desk.asked("甲")] == ["一"]
        postgres.end(signal.SIGQUIT)
        postgres.start()
        catalogue.desk.ask("甲", "二", hits=0, weak=True)
        assert len(catalogue.desk.asked("甲")) == 2


def test_the_same_papers_have_the_same_seals_and_answers(
    there: Settings, papers: Path, tmp_path: Path
) -> None:
    here = Settings(home=tmp_path / "文件库", workers=1)
    found = []
    for settings in (here, there):
        report = index(settings, [papers], Options())
        with KnowledgeBase.open(settings) as base:
            hits = base.search("外借公章谁批", ALL).hits
            assert base.links(base.documents(ALL)[0], ALL)
            engine = base._catalogue._index
            with engine.connect() as connection:
                seals = connection.execute(
                    text(
                        "SELECT v.path, s.digest FROM seal s JOIN version v ON v.id = s.version_id"
                    )
                )
                rows = sorted(map(tuple, seals))
                as_of = seal.state(connection, report.generation)
            found.append(([(h.id, h.text) for h in hits], rows, as_of))
            assert base._catalogue.damage(report.generation, as_of).papers == []
    # Sources are named by where they lie: the same here, so that the whole state is the same.
    assert found[0] == found[1]
    assert found[0][0][0][0] == "印章.md#第一条"


def test_an_address_of_dates_is_given_once(stored: Settings) -> None:
    with Catalogue.open(stored, create=True) as catalogue:
        feeds = catalogue.people.feeds
        given = at_once(lambda _: feeds.give("甲"))
        assert [feeds.whose(str(secret)) for secret in given].count("甲") == 1


# -- there and back --------------------------------------------------------------------------


def work(settings: Settings) -> None:
    """Something in each database."""
    with KnowledgeBase.open(settings) as base:
        base.people.put("甲", "印章.md#第一条", "d", "先看")
        base.people.add_known([("谁批", "印章.md#第一条")])
        base.desk.ask("甲", "外借公章", hits=3, weak=False)
        base.desk.save("甲", "外借", "/?q=外借公章")
        base.people.verdicts.add("印章.md#第一条", "d", "m", "confirmed", who="甲", read="须经批准")
        base.people.feeds.give("甲")
        base._catalogue.corrections.add(
            "印章.md", [("owner", "", "办公室")], who="甲", note="", digest="d", generation=1
        )
        base.audit.append(Event("甲", "试验", "search", "外借公章"))


def test_there_and_back_again(
    postgres: Server, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Settings(home=tmp_path / "库", workers=1)
    index(here, [papers], Options())
    work(here)
    url = postgres.bare()
    there = replace(here, database_url=url)
    assert main(["--home", str(here.home), "migrate", "--database", url]) == 0
    with KnowledgeBase.open(there) as base:
        assert base.search("外借公章谁批", ALL).hits[0].id == "印章.md#第一条"
        assert base.audit.verify() is None
        work(there)  # numbers go on after those that were brought
        assert base.people.known()[0].question == "谁批"
    (papers / "新.md").write_text("# 新办法\n\n第一条　桂花树由园林处养护。\n", encoding="utf-8")
    report = index(there, [], Options())
    for name in FILES.values():
        for path in here.home.glob(f"{name}*"):
            path.unlink()
    monkeypatch.setenv("KB_DATABASE_URL", url)
    assert main(["--home", str(here.home), "migrate", "--database", "sqlite"]) == 0
    with KnowledgeBase.open(here) as base:
        assert base.generation == report.generation
        assert base.search("桂花树谁养护", ALL).hits[0].id == "新.md#第一条"
        assert base.audit.verify() is None
        state_here = base._catalogue.damage(report.generation, "")
    assert (state_here.papers, state_here.state) == ([], [])


def test_a_move_that_was_stopped_goes_on(
    postgres: Server, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Settings(home=tmp_path / "库", workers=1)
    index(here, [papers], Options())
    work(here)
    there = replace(here, database_url=postgres.bare())
    monkeypatch.setattr(transfer, "CHUNK", 1)

    def stop(table: str, done: int, total: int) -> None:
        if (table, done) == ("passage", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer.transfer(here, there, stop)
    moved = transfer.transfer(here, there)
    assert 0 < moved.brought < sum(moved.rows.values())
    assert moved.rows["version"] == 2
    assert transfer.transfer(here, there).brought == 0
    with Catalogue.open(there) as catalogue:
        catalogue.people.put("乙", "x", "d")
    with pytest.raises(CatalogueError, match="basket"):
        transfer.transfer(here, there)


def test_a_backup_is_the_same_from_both(there: Settings, papers: Path, tmp_path: Path) -> None:
    index(there, [papers], Options())
    work(there)
    written = backup(there, tmp_path / "备份.zip")
    with pytest.raises(CatalogueError, match="KB_DATABASE_URL"):
        restore(there, written.path, force=True)
    back = Settings(home=tmp_path / "回来")
    restore(back, written.path, force=False)
    with KnowledgeBase.open(back) as base:
        assert base.search("外借公章谁批", ALL).hits[0].id == "印章.md#第一条"
        assert base.people.basket("甲")[0].note == "先看"
        assert base.audit.verify() is None
    assert os.access(back.home / FILES["people"], os.R_OK)


def test_doctor_says_which_server_answers(
    there: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_DATABASE_URL", there.database_url.replace("kb@", "kb:geheim@"))
    main(["--home", str(there.home), "doctor"])
    said = capsys.readouterr().out
    assert "[好] PostgreSQL：postgresql://kb:***@127.0.0.1:" in said
    monkeypatch.setenv("KB_DATABASE_URL", "postgresql://kb:geheim@127.0.0.1:1/kb")
    assert main(["--home", str(there.home), "doctor"]) == 1
    said += capsys.readouterr().out
    assert "[缺] PostgreSQL：数据库 postgresql://kb:***@127.0.0.1:1/kb 连不上" in said
    assert "geheim" not in said
