"""The catalogue: generations, scope, aliases, recovery, people's work, audit chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from kb.catalogue import Catalogue
from kb.catalogue.audit import Event
from kb.catalogue.connect import HEADS
from kb.catalogue.migrate import head
from kb.catalogue.scoped import ended_by
from kb.catalogue.tables import validity
from kb.catalogue.writer import IndexWriter
from kb.config import Settings
from kb.errors import CatalogueError, IndexMissing, NotFound
from kb.model import (
    Description,
    Kind,
    Level,
    Mention,
    Node,
    Paper,
    Passage,
    Scope,
    Span,
    Status,
    Tier,
    Validity,
)

ALL = Scope.everything(as_of=None)


def paper(path: str, title: str, text: str, *, tier: Tier = Tier.INTERNAL) -> Paper:
    heading = ("第一章　总则",)
    return Paper(
        path=path,
        source="制度",
        digest="d" * 64,
        format="markdown",
        description=Description(
            title=title,
            kind=Kind.REGULATION,
            number="云公管〔2022〕11号",
            issuer="云澜市公共事务管理局",
            tier=tier,
            effective=date(2022, 6, 1),
            bases=(Mention("某条例", "国务院令第713号"),),
        ),
        nodes=(
            Node(0, Level.CHAPTER, "第一章", "总则"),
            Node(
                1,
                Level.ARTICLE,
                "第一条",
                text=text,
                heading=heading,
                spans=(Span("款", "第一款", 0, len(text)),),
            ),
        ),
        passages=(
            Passage(f"{path}#第一条", 0, 1, "第一条", heading, text),
            Passage(f"{path}#第一条~2", 1, 1, "第一条", heading, text[:2], lead="接上："),
        ),
        report={"characters": len(text)},
    )


def add(writer: IndexWriter, source: int, *papers: Paper) -> list[int]:
    made: list[int] = []
    for one in papers:
        values = {
            "path": one.path,
            "relative": one.path,
            "digest": one.digest,
            "size": 3,
            "mtime_ns": 4,
            "overrides": "",
            "failure": "",
            "hint": "",
        }
        made += writer.file(source, values, [(one, one.description.title)])
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "家 目录")


@pytest.fixture
def catalogue(stored: Settings) -> Iterator[Catalogue]:
    with Catalogue.open(stored, create=True) as opened:
        yield opened


@pytest.mark.parametrize("name", HEADS)
def test_the_named_revision_is_the_newest_migration(name: str) -> None:
    assert head(name) == HEADS[name]


def test_nothing_indexed_is_said(settings: Settings) -> None:
    with pytest.raises(IndexMissing, match="kb index"):
        Catalogue.open(settings)


def test_a_paper_comes_back_as_it_went_in(catalogue: Catalogue) -> None:
    writer = catalogue.writer(1, current=0)
    one = paper("甲.md", "印章管理办法", "印章由专人保管。")
    [version_id] = add(writer, writer.source("/x/制度", "制度"), one)
    ended = Validity(date(2022, 6, 1), date(2024, 5, 1), Status.REPEALED, "新办法")
    writer.set_validity({version_id: ended})
    reader = catalogue.reader(1)
    found = reader.version("甲.md", ALL)
    assert found.title == "印章管理办法"
    assert found.validity == ended
    assert found.mentions("bases") == one.description.bases
    assert tuple(reader.nodes(found, ALL)) == one.nodes
    assert tuple(row.passage for row in reader.passages_of(found, ALL)) == one.passages
    assert reader.count(Level.ARTICLE) == 1
    assert reader.count_passages() == 2


def test_each_generation_sees_its_own(catalogue: Catalogue) -> None:
    writer = catalogue.writer(1, current=0)
    source = writer.source("/x", "x")
    add(writer, source, paper("甲.md", "甲", "旧文字。"))
    [file] = catalogue.reader(1).files()
    writer = catalogue.writer(2, current=1)
    assert writer.end_files([file.id]) == ["甲.md#第一条", "甲.md#第一条~2"]
    add(writer, source, paper("甲.md", "甲", "新文字。"))
    texts = [
        catalogue.reader(g).passages(["甲.md#第一条"], ALL)["甲.md#第一条"].passage.text
        for g in (1, 2)
    ]
    assert texts == ["旧文字。", "新文字。"]


def test_what_an_interrupted_run_left_is_taken_back(catalogue: Catalogue) -> None:
    writer = catalogue.writer(1, current=0)
    source = writer.source("/x", "x")
    add(writer, source, paper("甲.md", "甲", "旧文字。"))
    [file] = catalogue.reader(1).files()
    interrupted = catalogue.writer(2, current=1)
    interrupted.end_files([file.id])
    interrupted.moved("甲.md", "乙.md")
    add(interrupted, source, paper("乙.md", "乙", "新文字。"))
    catalogue.writer(2, current=1)
    reader = catalogue.reader(2)
    assert [v.path for v in reader.versions(ALL)] == ["甲.md"]
    with pytest.raises(NotFound):
        reader.version("乙.md", ALL)


def test_what_was_rolled_back_is_not_seen_by_a_later_generation(catalogue: Catalogue) -> None:
    writer = catalogue.writer(1, current=0)
    source = writer.source("/x", "x")
    add(writer, source, paper("甲.md", "甲", "旧文字。"))
    add(catalogue.writer(2, current=1), source, paper("乙.md", "乙", "退回的。"))
    add(catalogue.writer(3, current=1), source, paper("丙.md", "丙", "新文字。"))
    assert [v.path for v in catalogue.reader(3).versions(ALL)] == ["丙.md", "甲.md"]


def test_scope_hides_a_version_and_everything_in_it(catalogue: Catalogue) -> None:
    writer = catalogue.writer(1, current=0)
    source = writer.source("/x", "x")
    secret = paper("密.md", "密", "敏感文字。", tier=Tier.SENSITIVE)
    add(writer, source, secret, paper("明.md", "明", "公开文字。", tier=Tier.PUBLIC))
    reader = catalogue.reader(1)
    public = Scope("甲", None, frozenset(Kind), frozenset({Tier.PUBLIC}))
    assert [v.path for v in reader.versions(public)] == ["明.md"]
    assert set(reader.passages(["密.md#第一条", "明.md#第一条"], public)) == {"明.md#第一条"}
    # What one who sees all has read is remembered, and still not handed to others.
    assert set(reader.passages(["密.md#第一条", "明.md#第一条"], ALL)) == {
        "密.md#第一条",
        "明.md#第一条",
    }
    assert set(reader.passages(["密.md#第一条", "明.md#第一条"], public)) == {"明.md#第一条"}
    hidden = reader.version("密.md", ALL)
    for read in (reader.nodes, reader.passages_of):
        with pytest.raises(NotFound):
            read(hidden, public)
    nobody = Scope("乙", None, frozenset(Kind), frozenset())
    assert reader.versions(nobody) == []


def test_who_ended_a_version_is_looked_up_once_a_statement(catalogue: Catalogue) -> None:
    # Looked up anew for each version, names of 3,400 papers took 18 s.
    public = Scope("甲", None, frozenset(Kind), frozenset({Tier.PUBLIC}))
    query = select(ended_by(public, 1)).select_from(validity)
    engine = create_engine("sqlite://")
    validity.metadata.create_all(engine)
    with engine.connect() as connection:
        said = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {said}"))]
    assert any(step.startswith("LIST SUBQUERY") for step in plan), plan
    assert not any("CORRELATED" in step for step in plan), plan


def test_a_moved_file_is_found_by_its_old_path(catalogue: Catalogue) -> None:
    writer = catalogue.writer(1, current=0)
    source = writer.source("/x", "x")
    add(writer, source, paper("新/甲.md", "甲", "文字。"))
    writer.moved("旧/甲.md", "中/甲.md")
    writer.moved("中/甲.md", "新/甲.md")
    assert catalogue.reader(1).version("旧/甲.md", ALL).path == "新/甲.md"


def test_rows_no_kept_generation_sees_are_deleted(catalogue: Catalogue) -> None:
    writer = catalogue.writer(1, current=0)
    add(writer, writer.source("/x", "x"), paper("甲.md", "甲", "文字。"))
    [file] = catalogue.reader(1).files()
    writer = catalogue.writer(2, current=1)
    writer.end_files([file.id])
    writer.forget_before(1)
    assert len(catalogue.reader(1).versions(ALL)) == 1
    writer.forget_before(2)
    assert catalogue.reader(1).versions(ALL) == []


def test_a_newer_program_s_database_is_left_alone(stored: Settings) -> None:
    with Catalogue.open(stored, create=True) as catalogue, catalogue._index.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'index_9999'"))
    for create in (True, False):
        with pytest.raises(CatalogueError, match="index_9999"):
            Catalogue.open(stored, create=create)


def test_a_file_that_is_no_database_is_named(settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "index.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(CatalogueError, match=r"index\.sqlite"):
        Catalogue.open(settings, create=True)


def test_basket_keeps_order_and_note(catalogue: Catalogue) -> None:
    people = catalogue.people
    people.put("甲", "一", "d1")
    people.put("甲", "二", "d2")
    people.put("甲", "一", "d1", note="先看")
    people.put("乙", "三", "d3")
    assert [(r.passage_id, r.note) for r in people.basket("甲")] == [("一", "先看"), ("二", "")]
    people.take("甲", "一")
    people.take("甲", "没有")
    assert [r.passage_id for r in people.basket("甲")] == ["二"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event SET who = '乙' WHERE id = 2",
        "DELETE FROM event WHERE id = 2",
        "UPDATE event SET id = 99 WHERE id = 1",
    ],
)
def test_a_change_of_the_audit_log_is_found(catalogue: Catalogue, damage: str) -> None:
    log = catalogue.audit
    for subject in ("一", "二", "三"):
        log.append(Event(who="甲", origin="cli", action="view", subject=subject))
    assert log.verify() is None
    with log.engine.begin() as connection:
        connection.execute(text(damage))
    assert log.verify() is not None
