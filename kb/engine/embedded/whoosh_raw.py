"""Whoosh's own index and searcher, for comparison: the fields and terms of `whoosh_half`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from kb.engine.embedded import whoosh_safe
from kb.engine.embedded.half import text_of
from kb.engine.embedded.whoosh_half import MEMORY_MB, TERM
from kb.engine.protocol import Entry
from kb.engine.query import Or, Term

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # see whoosh_match
    from whoosh import fields, index, query, scoring
    from whoosh.analysis import RegexTokenizer

whoosh_safe.guard_all()
CUT = ("words", "bigrams", "title", "heading")


def build(folder: Path, entries: Sequence[Entry], limit: int) -> Callable[[Or], list[str]]:
    """Index entries; the function returned asks for the best ``limit``."""
    text = {name: fields.TEXT(analyzer=RegexTokenizer(TERM), phrase=False) for name in CUT}
    made = index.create_in(folder, fields.Schema(at=fields.STORED, **text))
    writer = made.writer(limitmb=MEMORY_MB)
    for at, entry in enumerate(entries):
        writer.add_document(at=at, **{name: text_of(getattr(entry, name)) for name in CUT})
    writer.commit()
    searcher = made.searcher(weighting=scoring.BM25F())

    def ask(tree: Or) -> list[str]:
        asked = query.Or(
            [
                query.Term(t.field.value, t.text, boost=t.boost)
                for t in tree.children
                if isinstance(t, Term) and t.field.value in CUT
            ]
        )
        return [entries[hit["at"]].id for hit in searcher.search(asked, limit=limit)]

    return ask
