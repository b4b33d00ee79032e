"""A paper that is gone: drafts lose the quotation, never people's words; the frozen stay."""

from __future__ import annotations

from kb.decide.freeze import find_edition, open_edition
from kb.decide.model import Quote
from kb.decide.withdraw import withdraw
from tests.decide.test_decide_drafts import LOAN, RETURN, Desk, desk, people

__all__ = ["desk", "people"]


def test_a_draft_loses_the_quotation_and_keeps_the_words(desk: Desk) -> None:
    desk.does("note", LOAN, {"id": "a", "text": "先例只借一天。"})
    assert {LOAN, RETURN} <= desk.quoted()
    others = desk.quoted() - {LOAN}
    assert withdraw(desk.people, [LOAN, "没有这条"]) == [desk.id]
    assert desk.quoted() == others
    shown = desk.draft.shown
    assert "先例只借一天。" in [line.text for line in shown.lines()]
    assert LOAN not in {source.passage_id for source in (*shown.sources, *shown.left_out)}
    assert withdraw(desk.people, [LOAN]) == []
    assert withdraw(desk.people, []) == []


def test_a_frozen_pack_keeps_it(desk: Desk) -> None:
    row = desk.freeze()
    withdraw(desk.people, [LOAN])
    pack, _ = open_edition(find_edition(desk.people, row.number))
    assert LOAN in {line.passage_id for line in pack.lines() if isinstance(line, Quote)}
