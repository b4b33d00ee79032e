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
    """An edition without what it quoted: its digest before and after ("": it had been altered
    before, all of its texts are gone and it opens no more)."""

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
        before = row.changes.get(KEY, {})
        done = before.get("quotes", {})
        lost = gone & row.quotes.keys()
        if not gone & _held(row.body) and not lost - done.keys():
            continue
        quotes = {**done, **{id_: row.quotes[id_] for id_ in sorted(lost)}}
        try:
            pack, _ = open_edition(row)
        except PackError:
            # Altered since: nothing tells where else the words stand now, so every text of it
            # goes. No digest is put over what is left: it must not look unaltered.
            body, after = _emptied(row.body, gone), ""
        else:
            left = _marked(without(pack, gone), len(quotes))
            body, after = to_json(left), digest(left)
        changes = _changes(row.changes, gone) | {KEY: {"digest": after, "quotes": quotes}}
        editions[row.id] = {"body": body, "changes": changes}
        was = before.get("digest", row.digest)
        told.append(Purged(f"{row.number} 第{row.edition}版", was, after))
    values = {
        key: {"value": _changes(value, gone)}
        for key, value in people.editions.refreshed().items()
        if gone and value != _changes(value, gone)
    }
    if gone:
        people.editions.purge(editions, values)
    return told


def _held(body: Mapping[str, Any]) -> set[str]:
    return {
        one.get("passage_id", "") for name in ("sources", "left_out") for one in body.get(name, ())
    }


def _emptied(body: Mapping[str, Any], gone: Collection[str]) -> dict[str, Any]:
    """No text; of the other sources what is needed to judge who may see that it existed."""
    kept = ("passage_id", "tier")
    sources = [s for s in body.get("sources", ()) if s.get("passage_id") not in gone]
    texts = ("questions", "sections", "gaps", "plan", "left_out")
    return {
        **{key: body[key] for key in ("format", "id", "number", "topic", "about") if key in body},
        **{key: [] for key in texts},
        "sources": [{key: s[key] for key in kept if key in s} for s in sources],
    }


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
