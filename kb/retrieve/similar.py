"""Provisions of other papers that say much the same («另见»): the nearest by meaning.

Nearness alone is not enough to be worth a look: in a small base something is always nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import PassageRow
from kb.engine.protocol import Reader
from kb.model import Scope
from kb.retrieve.candidates import article_of
from kb.retrieve.features import folded
from kb.retrieve.same import alike

DEPTH = 60
ENOUGH = 0.5
"""Cosine from which a provision of another paper is shown."""


@dataclass(frozen=True, slots=True)
class Similar:
    """``likeness`` is the cosine; ``same``: it says the same, word for word or nearly."""

    id: str
    likeness: float
    same: bool
    row: PassageRow


def similar(
    rows: IndexReader, reader: Reader, passage_id: str, scope: Scope, limit: int
) -> tuple[Similar, ...]:
    """The nearest provisions of other documents within the scope, best first; other versions of
    the same document are no other documents. Empty where ``passage_id`` is not within the scope."""
    own = rows.passages([passage_id], scope).get(passage_id)
    if own is None:
        return ()
    vector = reader.vectors([own.passage.id])[0]
    near = [m for m in reader.nearest(vector, scope, DEPTH) if m.score >= ENOUGH]
    found = rows.passages([m.id for m in near], scope)
    text = folded(own.passage.text)
    kept: dict[str, Similar] = {}
    texts: list[str] = []
    for match in near:
        row = found.get(match.id)
        article = article_of(match.id)
        if row is None or article in kept or row.version.document_id == own.version.document_id:
            continue
        theirs = folded(row.passage.text)
        if any(alike(theirs, known) for known in texts):
            continue
        texts.append(theirs)
        kept[article] = Similar(article, match.score, alike(theirs, text), row)
        if len(kept) == limit:
            break
    return tuple(kept.values())
