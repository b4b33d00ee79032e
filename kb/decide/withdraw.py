"""A paper is gone from the base: drafts lose what they quote of it, never what people wrote.

A frozen pack stays as it was frozen; looked at again it says «源文件已移除» (`kb.decide.changes`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.decide.drafts import TRIES, open_draft
from kb.decide.model import Block, Cell, Fact, Line, Pack, Quote, Section, Table
from kb.decide.pack import columns
from kb.errors import PackError

if TYPE_CHECKING:
    from kb.catalogue.people import People


def withdraw(people: People, passage_ids: Collection[str]) -> list[str]:
    """Take these passages out of every draft that quotes one. Returns the ids of those drafts."""
    changed: list[str] = []
    gone = frozenset(passage_ids)
    for row in people.packs() if gone else ():
        quoted = {source["passage_id"] for source in _sources(row.body)}
        if quoted & gone and _take_out(people, row.id, gone):
            changed.append(row.id)
    return changed


def _sources(body: dict[str, object]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for name in ("sources", "left_out"):
        held = body.get(name)
        found += held if isinstance(held, list) else []
    return found


def _take_out(people: People, pack_id: str, gone: frozenset[str]) -> bool:
    for _ in range(TRIES):
        try:
            draft = open_draft(people, pack_id)
        except PackError:
            return False  # altered since it was stored: opening it says so, to a person
        done = people.drafts.change(
            pack_id,
            draft.row.version,
            columns(without(draft.composed, gone)),
            who="",
            action="withdraw",
            target="",
            value=sorted({s.passage_id for s in draft.composed.sources} & gone),
            before=None,
        )
        if done:
            return True
    return False


def without(pack: Pack, gone: Collection[str]) -> Pack:
    """The pack without quotations and facts of these passages; numbers of sources stay."""
    return replace(
        pack,
        sections=tuple(
            replace(section, blocks=tuple(_left(section, frozenset(gone))))
            for section in pack.sections
        ),
        sources=tuple(s for s in pack.sources if s.passage_id not in gone),
        left_out=tuple(s for s in pack.left_out if s.passage_id not in gone),
    )


def _left(section: Section, gone: frozenset[str]) -> list[Block]:
    left: list[Block] = []
    for block in section.blocks:
        if isinstance(block, Table):
            kept = [n for n, row in enumerate(block.rows) if not any(_of(c, gone) for c in row)]
            anchors = tuple(block.anchors[n] for n in kept) if block.anchors else ()
            if kept:
                rows = tuple(block.rows[n] for n in kept)
                left.append(replace(block, rows=rows, anchors=anchors))
        elif not _of(block.lines, gone):
            left.append(block)
        elif words := _others(block.lines, gone):
            left.append(replace(block, lines=words))
    return left


def _of(lines: Cell, gone: frozenset[str]) -> bool:
    return any(_is_of(line, gone) for line in lines)


def _is_of(line: Line, gone: frozenset[str]) -> bool:
    return isinstance(line, Quote | Fact) and line.passage_id in gone


def _others(lines: Cell, gone: frozenset[str]) -> Cell:
    """What stays of a block: other papers' quotations. Fixed words about what is gone go too."""
    left = tuple(line for line in lines if not _is_of(line, gone))
    return left if any(isinstance(line, Quote | Fact) for line in left) else ()
