"""What has to go is in no file of PostgreSQL's tables afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, text

from indexer.publish import Options, index
from kb.catalogue import Catalogue
from kb.catalogue.tables_decide import pack_edit
from kb.config import Settings
from tests.support.postgres import Server


def test_what_must_go_is_overwritten(there: Settings, papers: Path, postgres: Server) -> None:
    (papers / "密.md").write_text("# 某事\n\n第一条　桂花树下的秘道。\n", encoding="utf-8")
    first = index(there, [papers], Options()).generation
    (papers / "密.md").unlink()
    index(there, [], Options(accept_removals=True))
    with Catalogue.open(there) as catalogue:
        number = catalogue.sealed()[-1]
        rows = catalogue.writer(number + 1, current=number)
        rows.forget_before(number, overwrite=True)
        with catalogue._index.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("CHECKPOINT"))
    assert first < number
    words = "桂花树下的秘道".encode()
    data = (p for p in (postgres.folder / "data" / "base").rglob("*") if p.is_file())
    assert [p for p in data if words in p.read_bytes()] == []


def test_what_was_frozen_is_overwritten_too(there: Settings, postgres: Server) -> None:
    """The migrations' triggers are lifted for it, and lie as before afterwards."""
    secret, left = "竹林里的暗门", {"text": "已清除"}
    row = {
        "pack_id": "甲",
        "version": 1,
        "at": datetime(2026, 3, 2, tzinfo=UTC),
        "who": "甲",
        "action": "refresh",
        "target": "",
        "value": {"text": secret},
        "before": None,
    }
    with Catalogue.open(there, create=True) as catalogue:
        engine = catalogue._people
        with engine.begin() as connection:
            connection.execute(insert(pack_edit), row)
        assert _files_with(catalogue, postgres, secret)
        editions = catalogue.people.editions
        ((number, value),) = editions.refreshed().items()
        assert value == {"text": secret}
        editions.purge({}, {number: {"value": left}})
        assert editions.refreshed() == {number: left}
        assert _files_with(catalogue, postgres, secret) == []
        with engine.connect() as connection:
            off = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'"
            assert connection.execute(text(off)).all() == []


def _files_with(catalogue: Catalogue, server: Server, words: str) -> list[Path]:
    """Files of tables in which these words stand."""
    with catalogue._people.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
    data = (p for p in (server.folder / "data" / "base").rglob("*") if p.is_file())
    return [p for p in data if words.encode() in p.read_bytes()]
