"""Answer a query of the language: exactly what its tree matches, the nearest to its words first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from kb.model import Scope
from kb.retrieve.candidates import roll_up
from kb.retrieve.facts import Facts
from kb.retrieve.language import Compiled, compile_query
from kb.retrieve.order import Found as Fused
from kb.retrieve.rewrite import Rewritten, rewrite
from kb.text.synonyms import Synonyms

if TYPE_CHECKING:
    from kb.retrieve.search import Retriever

LEAST = 1e-3
LITERAL = Synonyms()
"""A query of the language means what it says."""


def read(query: str, facts: Facts, today: date) -> tuple[Compiled, Rewritten]:
    """The tree of a query, and its words as a question, to mark and to explain by."""
    compiled = compile_query(query, facts, today)
    asked = rewrite(" ".join(compiled.words), LITERAL)
    asked = replace(asked, query=query, words=tuple(compiled.words), tree=compiled.tree)
    return compiled, asked


def matching(
    retriever: Retriever, compiled: Compiled, asked: Rewritten, scope: Scope, limit: int
) -> tuple[list[Fused], int]:
    """Articles that the tree matches, and how many passages there are in all.

    Args:
        scope: of any day where the query names a status.
    """
    tree = compiled.tree
    matches = retriever.reader.keyword(tree, scope, limit)
    # What matches is found, even where nothing of it is scored (a field of the paper).
    keyword = {m.id: m.score + LEAST for m in matches}
    total = len(matches)
    if total >= limit:
        total = retriever.reader.count(tree, scope)
    return roll_up(keyword, _likeness(retriever, asked, list(keyword)), 0.5, retriever.fuse), total


def _likeness(retriever: Retriever, asked: Rewritten, ids: Sequence[str]) -> Mapping[str, float]:
    if not asked.words or not ids:
        return {}
    vector = retriever.embedder.encode_queries([asked.text])[0]
    stored = retriever.reader.vectors(ids)
    return dict(zip(ids, np.asarray(stored @ vector).tolist(), strict=True))


def newest_first(found: Sequence[Fused], facts: Facts) -> list[Fused]:
    """For a query that looks for no word: by the day of the paper, then as the paper reads."""

    def day(one: Fused) -> int:
        fact = facts.by_path.get(one.article.rpartition("#")[0])
        return -(fact.dated.toordinal() if fact and fact.dated else 0)

    return sorted(found, key=lambda one: (day(one), one.article.rpartition("#")[0]))
