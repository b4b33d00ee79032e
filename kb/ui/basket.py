"""What a reader put aside, looked up again: is it still there, has it changed?"""

from __future__ import annotations

from dataclasses import dataclass

from kb.base import KnowledgeBase
from kb.catalogue.rows import PassageRow
from kb.decide.model import digest_of
from kb.model import Scope


@dataclass(frozen=True, slots=True)
class Kept:
    """A passage in the basket; ``row`` None: it is not in the base (any more) for this reader."""

    passage_id: str
    note: str
    position: int
    row: PassageRow | None
    changed: bool


def kept(base: KnowledgeBase, scope: Scope) -> list[Kept]:
    """The reader's basket, in his order, with the passages as they stand now."""
    rows = base.people.basket(scope.reader)
    found = base.passages([row.passage_id for row in rows], scope)
    return [
        Kept(
            passage_id=row.passage_id,
            note=row.note,
            position=row.position,
            row=(here := found.get(row.passage_id)),
            changed=here is not None and digest_of(here.passage.text) != row.digest,
        )
        for row in rows
    ]
