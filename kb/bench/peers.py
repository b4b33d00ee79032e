"""Other search engines given the same terms of the same passages. Each is an optional package.

A peer is built from entries and then answers a tree of terms with its best ids. What it cannot do
(boosts, a filter) is said in its note.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kb.engine.protocol import Entry
from kb.engine.query import Field, Or, Term

FIELDS = (Field.WORDS, Field.BIGRAMS, Field.TITLE, Field.HEADING)

Ask = Callable[[Or], list[str]]


@dataclass(frozen=True, slots=True)
class Peer:
    """``build(folder, entries, limit)`` gives the function that asks."""

    name: str
    build: Callable[[Path, Sequence[Entry], int], Ask]
    note: str = ""


def terms(tree: Or) -> list[Term]:
    """The tree's terms in the four cut fields."""
    return [t for t in tree.children if isinstance(t, Term) and t.field in FIELDS]


def texts(entry: Entry) -> list[str]:
    """The cut fields, each as one text."""
    cut = (entry.words, entry.bigrams, entry.title, entry.heading)
    return [" ".join(field) for field in cut]


def fts5(folder: Path, entries: Sequence[Entry], limit: int) -> Ask:
    """SQLite's full-text search: columns for fields, weights for boosts."""
    database = sqlite3.connect(folder / "fts.sqlite", check_same_thread=False)
    names = ", ".join(f.value for f in FIELDS)
    database.execute(f"CREATE VIRTUAL TABLE passage USING fts5(id UNINDEXED, {names}, content='')")
    for at, entry in enumerate(entries):
        database.execute(
            f"INSERT INTO passage(rowid, {names}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 # our names
            (at, *texts(entry)),
        )
    database.commit()
    database.execute("INSERT INTO passage(passage) VALUES ('optimize')")
    database.commit()

    def ask(tree: Or) -> list[str]:
        by_field: dict[Field, list[str]] = {}
        boosts: dict[Field, float] = {}
        for term in terms(tree):
            by_field.setdefault(term.field, []).append('"' + term.text.replace('"', '""') + '"')
            boosts[term.field] = max(boosts.get(term.field, 0.0), term.boost)
        match = " OR ".join(f"{f.value} : ({' OR '.join(t)})" for f, t in by_field.items())
        weights = ", ".join(str(boosts.get(f, 0.0)) for f in FIELDS)
        found = database.execute(
            "SELECT rowid FROM passage WHERE passage MATCH ?"  # noqa: S608 # numbers only
            f" ORDER BY bm25(passage, 0, {weights}) LIMIT ?",
            (match, limit),
        )
        return [entries[row].id for (row,) in found]

    return ask


def whoosh_index(folder: Path, entries: Sequence[Entry], limit: int) -> Ask:
    """Whoosh's own index, through the half that this program falls back to."""
    from kb.engine.embedded import whoosh_raw

    found: Ask = whoosh_raw.build(folder, entries, limit)
    return found


def raw_tantivy(folder: Path, entries: Sequence[Entry], limit: int) -> Ask:
    """tantivy as its binding's manual has it: one index, one query, the filter in the query."""
    from kb.engine.embedded import tantivy_raw

    found: Ask = tantivy_raw.build(folder, entries, limit)
    return found


def bm25s_index(folder: Path, entries: Sequence[Entry], limit: int) -> Ask:
    """bm25s: scores in a sparse matrix made beforehand."""
    import bm25s

    del folder
    vocabulary: dict[str, int] = {}

    def numbers(found: Iterable[str]) -> list[int]:
        return [vocabulary.setdefault(term, len(vocabulary)) for term in found]

    def marked(entry: Entry) -> Iterable[str]:
        for field in FIELDS:
            yield from (f"{field.value}:{term}" for term in getattr(entry, field.value))

    tokenised = [numbers(marked(entry)) for entry in entries]
    index: Any = bm25s.BM25()
    index.index((tokenised, vocabulary), show_progress=False)

    def ask(tree: Or) -> list[str]:
        wanted = [f"{t.field.value}:{t.text}" for t in terms(tree)]
        known = [[vocabulary[w] for w in wanted if w in vocabulary]]
        rows, _ = index.retrieve(
            known, k=min(limit, len(entries)), show_progress=False, n_threads=0
        )
        return [entries[int(row)].id for row in np.asarray(rows)[0]]

    return ask


PEERS = (
    Peer("tantivy (raw)", raw_tantivy, "same fields, terms, boosts, filter"),
    Peer("SQLite FTS5", fts5, "same fields and terms, no filter"),
    Peer("bm25s", bm25s_index, "same terms, no boosts, no filter"),
    Peer("Whoosh", whoosh_index, "same fields, terms, boosts, no filter"),
)
