"""A paper was quarantined: what packs quote of it goes, from what is frozen too.

A frozen pack keeps its number, its other quotations, people's words and the digest of what was
taken out; it says «源文件已移除» there, and `kb.decide.verify` says which quotations those were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kb.decide.codec import digest, to_json
from kb.decide.freeze import open_edition
from kb.decide.model import Fixed, Pack, Para, Section
from kb.decide.withdraw import without
from kb.errors import PackError

if TYPE_CHECKING:
    from kb.catalogue.people import People

KEY = "purged"
SAID = ("源文件已移除", "本材料原有{}条引文，其源文件已移除，引文已清除。")
"""Title and text of the section that stands in place of what was taken out."""


@dataclass(frozen=True, slots=True)
class Purged:
    """An edition without what it quoted: its digest before and after."""

    name: str
    before: str
    after: str


def purge(people: People, passage_ids: Collection[str]) -> list[Purged]:
    """Take these passages' texts out of frozen packs and out of drafts' histories. (Drafts
    themselves: `kb.decide.withdraw`.) Returns the editions that lost something."""
    gone = frozenset(passage_ids)
    editions: dict[int, dict[str, Any]] = {}
    told: list[Purged] = []
    for row in people.editions.every() if gone else ():
        if not gone & _held(row.body):
            continue
        try:
            pack, _ = open_edition(row)
        except PackError:
            # Altered since: it cannot be shown any more. What it holds stays in the database, as
            # a new digest over it would make it look unaltered.
            continue
        lost = gone & row.quotes.keys()
        before = row.changes.get(KEY, {})
        quotes = {**before.get("quotes", {}), **{id_: row.quotes[id_] for id_ in sorted(lost)}}
        left = _marked(without(pack, gone), len(quotes))
        changes = _changes(row.changes, gone) | {KEY: {"digest": digest(left), "quotes": quotes}}
        editions[row.id] = {"body": to_json(left), "changes": changes}
        was = before.get("digest", row.digest)
        told.append(Purged(f"{row.number} 第{row.edition}版", was, digest(left)))
    values = {
        key: {"value": _changes(value, gone)}
        for key, value in people.editions.refreshed().items()
        if gone and value != _changes(value, gone)
    }
    if gone:
        people.editions.purge(editions, values)
    return told


def _held(body: Mapping[str, Any]) -> set[str]:
    return {one["passage_id"] for name in ("sources", "left_out") for one in body.get(name, ())}


def _marked(pack: Pack, count: int) -> Pack:
    """With the section that says what is missing; one, however often something was taken out."""
    title, said = SAID
    section = Section(KEY, title, (Para((Fixed(said, (count,)),)),))
    others = tuple(one for one in pack.sections if one.key != KEY)
    return replace(pack, sections=(section, *others))


def _changes(plain: Any, gone: Collection[str]) -> dict[str, Any]:
    """What `kb.decide.changes.Changes.plain` spelled, without names and texts of what is gone."""
    if not isinstance(plain, dict):
        return plain  # type: ignore[no-any-return] # of an older program: nothing of a text
    left = dict(plain)
    for name in ("added", "removed"):
        if name in left:
            left[name] = {k: SAID[0] if k in gone else v for k, v in left[name].items()}
    if "altered" in left:
        blank = {"title": SAID[0], "place": "", "old": "", "new": ""}
        left["altered"] = [
            one | blank if one["passage_id"] in gone else one for one in left["altered"]
        ]
    return left
