"""tantivy by itself, for comparison: same schema, same terms, same filter, nothing of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tantivy

from kb.engine.embedded.half import text_of
from kb.engine.embedded.tantivy_compile import schema
from kb.engine.embedded.tantivy_half import BULK_HEAP
from kb.engine.protocol import Entry
from kb.engine.query import Or, Term


def build(folder: Path, entries: Sequence[Entry], limit: int) -> Callable[[Or], list[str]]:
    """Index entries; the function returned asks for the best ``limit`` in force today."""
    layout = schema()
    index = tantivy.Index(layout, path=str(folder))
    writer = index.writer(BULK_HEAP, 1)
    for key, entry in enumerate(entries):
        document = tantivy.Document()
        for name in ("words", "bigrams", "title", "heading"):
            document.add_text(name, text_of(getattr(entry, name)))
        document.add_text("kind", entry.kind.value)
        document.add_text("tier", entry.tier.value)
        document.add_integer("key", key)
        document.add_integer("valid_from", entry.valid_from)
        document.add_integer("valid_to", entry.valid_to)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    today = date.today().toordinal()
    held = [
        (tantivy.Occur.Must, _unscored(tantivy.Query, layout, "valid_from", None, today)),
        (tantivy.Occur.Must, _unscored(tantivy.Query, layout, "valid_to", today + 1, None)),
    ]

    def ask(tree: Or) -> list[str]:
        should = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(layout, t.field.value, t.text), t.boost
                ),
            )
            for t in tree.children
            if isinstance(t, Term)
        ]
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, tantivy.Query.boolean_query(should)), *held]
        )
        hits = searcher.search(query, limit, count=False).hits
        keys: Any = searcher.fast_field_values("key", [address for _, address in hits])
        return [entries[key].id for key in keys]

    return ask


def _unscored(query: Any, layout: Any, field: str, low: int | None, high: int | None) -> Any:
    kind = tantivy.FieldType.Integer
    found = query.range_query(layout, field, kind, low, high, True, True)
    return query.boost_query(query.const_score_query(found, 1.0), 0.0)
