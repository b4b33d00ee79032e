"""The table of citations: made by a migration, deleted with the version that cites."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, inspect, text

from indexer.publish import Options, index
from kb.catalogue import Catalogue
from kb.catalogue.migrate import _config, head, state, upgrade
from kb.config import Settings
from kb.model import Scope

CITING = "# 某局办法\n\n第一条　为规范工作，制定本办法。\n\n第二条　依照第一条办理。\n"
EVERYTHING = Scope.everything(as_of=None)


def test_a_database_of_the_first_schema_is_brought_up(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{(tmp_path / 'index.sqlite').as_posix()}")
    with engine.begin() as connection:
        command.upgrade(_config("index", connection), "index_0001")
    assert not inspect(engine).has_table("citation")
    upgrade(engine, "index")
    assert state(engine) == head("index")
    assert inspect(engine).has_table("citation")
    with engine.begin() as connection:
        command.downgrade(_config("index", connection), "index_0001")
    assert not inspect(engine).has_table("citation")
    engine.dispose()


def test_rows_go_with_their_version(tmp_path: Path) -> None:
    source = tmp_path / "制度"
    source.mkdir()
    paper = source / "a.md"
    paper.write_text(CITING, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", workers=1, keep_generations=1)
    first = index(settings, [source], Options()).generation
    with Catalogue.open(settings) as catalogue:
        (row,) = catalogue.reader(first).citations(EVERYTHING)
        assert (row.cited.label, row.cited.title) == ("第一条", "")
    for number in (2, 3):
        paper.write_text(CITING.replace("依照第一条", f"依照《另{number}》"), encoding="utf-8")
        last = index(settings, [], Options()).generation
    with Catalogue.open(settings) as catalogue:
        (row,) = catalogue.reader(last).citations(EVERYTHING)
        assert (row.cited.label, row.cited.title) == ("", "另3")
    engine = create_engine(f"sqlite:///{(settings.home / 'index.sqlite').as_posix()}")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT title FROM citation")).scalars().all()
    engine.dispose()
    assert "" not in left, "the first version's rows are still there"
