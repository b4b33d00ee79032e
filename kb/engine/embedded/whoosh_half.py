"""The keyword half in Whoosh: pure Python, for machines without wheels, and the reference.

Every matching passage is scored and the scope's mask applied to them: nothing is skipped, so that
what tantivy skips can be tested against it. Searches of one reader take turns: Whoosh says nothing
about threads.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded import whoosh_safe  # before anything of Whoosh opens an index
from kb.engine.embedded.admitted import Admitted
from kb.engine.embedded.half import paper_term, text_of
from kb.engine.embedded.ranking import Found
from kb.engine.embedded.rows import Rows
from kb.engine.embedded.whoosh_match import Segment
from kb.engine.protocol import Entry
from kb.engine.query import Field, Query
from kb.errors import IndexCorrupt

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # see whoosh_match
    from whoosh import fields, index
    from whoosh.analysis import RegexTokenizer
    from whoosh.scoring import BM25F

CUT = (Field.WORDS, Field.BIGRAMS, Field.TITLE, Field.HEADING)
TERM = r"[^ \t\n\f\r]+"
MEMORY_MB = 256


def mutable(name: str) -> bool:
    """Every commit writes files of new names, the list of segments too."""
    return name.endswith("WRITELOCK")


def _schema() -> Any:
    text = {f.value: fields.TEXT(analyzer=RegexTokenizer(TERM), phrase=True) for f in CUT}
    key = fields.NUMERIC(int, bits=64, unique=True, sortable=True, shift_step=0)
    return fields.Schema(number=fields.ID, paper=fields.ID, key=key, **text)


whoosh_safe.guard_all()


class WhooshReader:
    """One searcher, pinned."""

    def __init__(self, folder: Path, rows: Rows) -> None:
        try:
            self._index = index.open_dir(str(folder), readonly=True)
            self._searcher = self._index.searcher(weighting=BM25F())
        except Exception as error:  # whatever a torn pickle makes of it
            raise IndexCorrupt(f"关键词索引 {folder} 无法打开：{error}") from error
        self._rows = rows
        self._turn = Lock()
        self._segments = [
            (Segment(leaf), self._keys(leaf.reader()))
            for leaf, _ in self._searcher.leaf_searchers()
        ]

    def search(self, query: Query, admitted: Admitted, wanted: int) -> Found:
        """The best admitted rows, best first; fewer than ``wanted`` only if no more match."""
        scores, rows = self._matches(query, admitted, scored=True)
        order = np.argsort(-scores, kind="stable")[:wanted]
        return scores[order], rows[order]

    def count(self, query: Query, admitted: Admitted) -> int:
        """How many admitted rows match."""
        return len(self._matches(query, admitted, scored=False)[1])

    def terms(self, field: Field, admitted: Admitted, prefix: str) -> list[tuple[str, int]]:
        """Terms of admitted rows with their counts."""
        found: Counter[str] = Counter()
        with self._turn:
            for segment, keys in self._segments:
                # A removed passage may still stand in a segment here when its row is gone.
                there = np.isin(keys, self._rows.column("key"))
                kept = np.zeros(len(keys), bool)
                kept[there] = admitted.mask[self._rows.of_keys(keys[there])]
                for term, places in segment.terms(field, prefix):
                    found[term] += int(np.count_nonzero(kept[places]))
        return [(term, count) for term, count in found.items() if count]

    def documents(self) -> int:
        """How many passages it holds."""
        return int(self._searcher.doc_count())

    def close(self) -> None:
        """Release files."""
        with self._turn:
            self._segments.clear()
            self._searcher.close()
            self._index.close()

    def _matches(self, query: Query, admitted: Admitted, *, scored: bool) -> Found:
        keys: list[NDArray[np.int64]] = []
        scores: list[NDArray[np.float32]] = []
        with self._turn:
            context = self._searcher.context(weighting=BM25F() if scored else None)
            for segment, segment_keys in self._segments:
                found = segment.match(query, context)
                keys.append(segment_keys[found.mask])
                scores.append(found.scores[found.mask])
        rows = self._rows.of_keys(np.concatenate(keys))
        kept = admitted.mask[rows]
        return np.concatenate(scores)[kept], rows[kept]

    @staticmethod
    def _keys(reader: Any) -> NDArray[np.int64]:
        if not reader.doc_count_all():
            return np.zeros(0, np.int64)
        column = reader.column_reader("key")
        return np.fromiter((column[n] for n in range(reader.doc_count_all())), np.int64)


class WhooshWriter:
    """Adds and removes by key. Removals wait for the end: Whoosh removes committed ones only."""

    def __init__(self, folder: Path, *, bulk: bool) -> None:
        exists = index.exists_in(str(folder))
        self._index = index.open_dir(str(folder)) if exists else index.create_in(folder, _schema())
        self._writer: Any = None
        self._gone: list[int] = []
        self._bulk = bulk

    def add(self, keys: Sequence[int], entries: Sequence[Entry]) -> None:
        """Index entries under their keys."""
        if self._writer is None:
            self._writer = self._index.writer(limitmb=MEMORY_MB)
        for key, entry in zip(keys, entries, strict=True):
            self._writer.add_document(
                key=key,
                words=text_of(entry.words),
                bigrams=text_of(entry.bigrams),
                title=text_of(entry.title),
                heading=text_of(entry.heading),
                number=entry.number or None,
                paper=paper_term(entry.id),
            )

    def remove(self, keys: Sequence[int]) -> None:
        """Delete by key, when everything has been added."""
        self._gone.extend(keys)

    def finish(self) -> None:
        """Commit what was added, then what is removed."""
        if self._writer is not None:
            self._writer.commit()
            self._writer = None
        if self._gone:
            cleaner = self._index.writer()
            for key in self._gone:
                cleaner.delete_by_term("key", key)
            cleaner.commit(optimize=self._bulk)
        self._index.close()

    def abandon(self) -> None:
        """Drop what was not committed."""
        with suppress(Exception):  # the folder is about to go anyway
            if self._writer is not None:
                self._writer.cancel()
            self._index.close()


def reader(folder: Path, rows: Rows) -> WhooshReader:
    """Open a published index."""
    return WhooshReader(folder, rows)


def writer(folder: Path, *, bulk: bool) -> WhooshWriter:
    """Write to a new or copied index."""
    return WhooshWriter(folder, bulk=bulk)
