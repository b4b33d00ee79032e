"""A quarantined paper: its words go from frozen packs and histories, digests stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kb.catalogue.dialect import is_sqlite
from kb.catalogue.tables import PEOPLE
from kb.decide.freeze import find_edition, open_edition
from kb.decide.model import Quote, digest_of
from kb.decide.purge import SAID, purge
from kb.decide.verify import verify
from kb.decide.withdraw import withdraw
from kb.errors import PackError
from tests.decide.test_decide_drafts import LOAN, RETURN, Desk, desk, everything, people

__all__ = ["desk", "people"]


def _stored(desk: Desk) -> str:
    """Everything that the database of people holds, as text."""
    with desk.people.editions._engine.connect() as connection:
        if is_sqlite(connection):
            return "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
        return "\n".join(
            row
            for table in PEOPLE.sorted_tables
            for row in connection.execute(text(f'SELECT t::text FROM "{table.name}" t')).scalars()
        )


def _alter(desk: Desk, edition_id: int, body: dict[str, Any]) -> None:
    """As somebody would who holds the database: past the triggers."""
    desk.people.editions.purge({edition_id: {"body": body}}, {})


def test_a_frozen_pack_loses_the_words_and_keeps_the_rest(desk: Desk) -> None:
    desk.does("note", RETURN, {"id": "a", "text": "先例只借一天。"})
    row = desk.freeze()
    was = open_edition(row)[0]
    words = next(s.text for s in was.sources if s.passage_id == LOAN)
    # Another paper says nearly the same: this is what only the one says.
    secret = "不超过2个工作日"
    assert secret in words
    assert secret in _stored(desk)
    withdraw(desk.people, [LOAN])
    (told,) = purge(desk.people, [LOAN, "没有这条"])
    assert secret not in _stored(desk)
    now = find_edition(desk.people, row.number)
    pack, _ = open_edition(now)
    assert (told.before, told.after) == (row.digest, now.changes["purged"]["digest"])
    assert (now.number, now.digest, now.quotes) == (row.number, row.digest, row.quotes)
    assert now.changes["purged"]["quotes"] == {LOAN: digest_of(words)}
    left = {line.passage_id for line in pack.lines() if isinstance(line, Quote)}
    assert left == {line.passage_id for line in was.lines() if isinstance(line, Quote)} - {LOAN}
    shown = "\n".join(line.text for line in pack.lines())
    assert pack.sections[0].title == SAID[0]
    assert "先例只借一天。" in shown
    assert purge(desk.people, [LOAN]) == []


def test_an_edition_that_was_altered_loses_every_text(desk: Desk) -> None:
    row = desk.freeze()
    words = next(s["text"] for s in row.body["sources"] if s["passage_id"] == LOAN)
    # Moved to where nothing says that it is a quotation, and its source struck out.
    sources = [s for s in row.body["sources"] if s["passage_id"] != LOAN]
    body = {**row.body, "background": words, "sources": sources, "left_out": []}
    _alter(desk, row.id, body)
    with pytest.raises(PackError):
        open_edition(find_edition(desk.people, row.number))
    assert words in _stored(desk)
    withdraw(desk.people, [LOAN])
    (told,) = purge(desk.people, [LOAN])
    assert (told.before, told.after) == (row.digest, "")
    assert words not in _stored(desk)
    now = find_edition(desk.people, row.number)
    assert now.changes["purged"]["quotes"] == {LOAN: digest_of(words)}
    assert {s["passage_id"] for s in now.body["sources"]} == {s["passage_id"] for s in sources}
    with pytest.raises(PackError, match="被改动过"):
        open_edition(now)
    assert purge(desk.people, [LOAN]) == []
    purge(desk.people, [RETURN])
    assert find_edition(desk.people, row.number).changes["purged"]["digest"] == ""


def test_verify_says_which_quotation_was_taken_out(desk: Desk) -> None:
    row = desk.freeze()
    before = verify(desk.base, everything(), row)
    assert not before.altered
    purge(desk.people, [LOAN])
    purge(desk.people, [RETURN])
    found = verify(desk.base, everything(), find_edition(desk.people, row.number))
    assert {(a.passage_id, a.what) for a in found.altered} == {(LOAN, "gone"), (RETURN, "gone")}
    assert found.quoted == before.quoted
    assert found.says == "2 条引用已变化"
    pack, _ = open_edition(find_edition(desk.people, row.number))
    assert [s.key for s in pack.sections].count("purged") == 1


def test_what_is_frozen_is_guarded_as_before(desk: Desk) -> None:
    row = desk.freeze()
    purge(desk.people, [LOAN])
    with desk.people.editions._engine.begin() as connection, pytest.raises(DatabaseError):
        connection.execute(text("UPDATE edition SET topic = 'x'"))
    now = find_edition(desk.people, row.number)
    with pytest.raises(PackError, match="校验码"):
        open_edition(replace(now, body=now.body | {"topic": "别的"}))
