"""What changed in the rules that a person uses: his kept searches, asked anew of each generation.

Looked at when he opens the page, not when the index is made: the answer is his (within his scope),
and a run of the indexer knows nobody. Several runs between two looks are told of together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from kb.base import KnowledgeBase
from kb.catalogue.desk import SavedRow
from kb.decide.model import digest_of
from kb.model import Scope
from kb.retrieve import Hit
from kb.ui.asked import Asked, listing
from kb.ui.cache import Results

DEPTH = 12
"""Hits of a search that are compared: what a person looks at."""
MOST = 30
"""Searches of one person that are looked at."""
ADDED, ALTERED, GONE = "新出现", "文字有改动", "不再有效或已移走"


@dataclass(frozen=True, slots=True)
class News:
    """A kept search with what is different from what its owner has seen."""

    search: SavedRow
    lines: tuple[Mapping[str, str], ...]


def news(base: KnowledgeBase, results: Results, scope: Scope, owner: str) -> list[News]:
    """Kept searches of ``owner`` with something new, the latest kept first. Those that were not
    looked at in this generation are asked now."""
    generation = base.generation
    found = []
    for row in base.desk.saved(owner)[:MOST]:
        lines: Sequence[Mapping[str, str]] = row.news
        if row.generation != generation:
            lines = _look(base, results, scope, owner, row, generation)
        if lines:
            found.append(News(row, tuple(lines)))
    return found


def seen(base: KnowledgeBase, owner: str, row: SavedRow) -> None:
    """Its owner has seen what is new."""
    if row.generation is not None:
        known = row.found or {}
        base.desk.looked(owner, row.address, generation=row.generation, found=known, news=[])


def _look(
    base: KnowledgeBase,
    results: Results,
    scope: Scope,
    owner: str,
    row: SavedRow,
    generation: int,
) -> list[dict[str, str]]:
    asked = Asked.of(dict(parse_qsl(urlsplit(row.address).query)))
    # A search «as of» a day in the past does not change by what is issued now; it is asked anyway,
    # because papers of that day may have come.
    day = asked.day or scope.as_of or date.today()
    hits = listing(results, asked, _on(scope, day)).hits[:DEPTH] if asked.query else ()
    now = {hit.id: digest_of(hit.text) for hit in hits}
    told = [] if row.found is None else compare(row.found, hits, _left(base, row, now, day, scope))
    lines = _joined(row.news, told)
    base.desk.looked(owner, row.address, generation=generation, found=now, news=lines)
    return lines


def _left(
    base: KnowledgeBase, row: SavedRow, now: Mapping[str, str], day: date, scope: Scope
) -> set[str]:
    """What was found before and cannot be any more: not merely ranked lower now."""
    missing = [key for key in row.found or {} if key not in now]
    return set(missing) - set(base.passages(missing, _on(scope, day)))


def compare(before: Mapping[str, str], hits: Sequence[Hit], left: set[str]) -> list[dict[str, str]]:
    """What is new, altered or gone.

    Args:
        before: id → digest, as its owner saw it.
        hits: found now, best first.
        left: ids of ``before`` that are not there any more.
    """
    lines = []
    for hit in hits:
        was = before.get(hit.id)
        if was == digest_of(hit.text):
            continue
        what = ADDED if was is None else ALTERED
        lines.append({"id": hit.id, "title": hit.version.title, "label": hit.label, "what": what})
    lines += [
        {"id": key, "title": key.partition("#")[0], "label": key.partition("#")[2], "what": GONE}
        for key in before
        if key in left
    ]
    return lines


def _joined(
    old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """What was not seen yet stays; what is told of the same article again takes its place."""
    by_id: dict[str, dict[str, str]] = {line["id"]: dict(line) for line in old}
    for line in new:
        by_id[line["id"]] = dict(line)
    return list(by_id.values())


def _on(scope: Scope, day: date) -> Scope:
    return replace(scope, as_of=day)
