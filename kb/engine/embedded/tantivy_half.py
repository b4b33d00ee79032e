"""The keyword half in tantivy.

Scopes, on 147,284 articles with 24 terms, 100 wanted, ms p50: no scope 1.1; the scope as filters
inside the query 8 (the union is no longer walked in blocks), but 0.9 where it admits a twentieth;
asking for so many more that the scope's mask leaves enough, 1.3. All three are exact, so the
share that a scope admits decides. Counting: 6 ms with filters, 2.6 by leaving out the refused.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import tantivy

from kb.engine.embedded import files
from kb.engine.embedded.admitted import Admitted
from kb.engine.embedded.half import paper_term, text_of
from kb.engine.embedded.ranking import Found
from kb.engine.embedded.rows import Rows
from kb.engine.embedded.tantivy_compile import NO_DEPARTMENT, Compiler, schema
from kb.engine.protocol import Entry
from kb.engine.query import Everything, Field, Query
from kb.errors import IndexCorrupt

WIDE = 0.1
"""Share admitted from which more is asked for and the rest left out afterwards."""

MOST_ASKED = 4096
"""Hits asked for at most in that way; past that filters inside the query are cheaper."""

BULK_HEAP = 512_000_000
SMALL_HEAP = 64_000_000
"""Bytes of postings before a segment is cut. One thread: with two, each with half of it, building
147,284 articles took as long (11 s) and left two segments instead of one."""

NOTHING: Found = (np.zeros(0, np.float32), np.zeros(0, np.int64))


def mutable(name: str) -> bool:
    """Segment files never change; the list of segments does."""
    return name.startswith(".") or name == "meta.json"


class TantivyReader:
    """One searcher, pinned; it may be used from several threads."""

    def __init__(self, folder: Path, rows: Rows) -> None:
        self._rows = rows
        self._stand_in: TemporaryDirectory[str] | None = None
        try:
            index = tantivy.Index.open(str(self._writable(folder)))
            index.config_reader("manual")
            self._searcher = index.searcher()
        except (ValueError, OSError) as error:
            raise IndexCorrupt(f"关键词索引 {folder} 无法打开：{error}") from error
        self._compiler = Compiler(index.schema)

    def search(self, query: Query, admitted: Admitted, wanted: int) -> Found:
        """The best admitted rows, best first; fewer than ``wanted`` only if no more match."""
        if not admitted.count:
            return NOTHING
        if admitted.whole:
            return self._found(self._compiler.query(query), wanted)
        if admitted.share >= WIDE:
            compiled = self._compiler.query(query)
            asked = int(wanted / admitted.share * 1.25) + 16
            while asked <= MOST_ASKED:
                scores, rows = self._found(compiled, asked)
                kept = admitted.mask[rows]
                if np.count_nonzero(kept) >= wanted or len(rows) < asked:
                    return scores[kept][:wanted], rows[kept][:wanted]
                asked *= 4
        return self._found(
            self._compiler.within(query, admitted.scope, self._rows.departments), wanted
        )

    def count(self, query: Query, admitted: Admitted) -> int:
        """How many admitted rows match."""
        if not admitted.count:
            return 0
        if admitted.whole:
            compiled = self._compiler.query(query)
        elif admitted.share >= 0.5:
            compiled = self._compiler.without(query, admitted.scope, self._rows.departments)
        else:
            compiled = self._compiler.within(query, admitted.scope, self._rows.departments)
        found = self._searcher.aggregate(compiled, {"n": {"value_count": {"field": "key"}}})
        return int(found["n"]["value"])

    def terms(self, field: Field, admitted: Admitted, prefix: str) -> list[tuple[str, int]]:
        """Terms of admitted rows with their counts."""
        if not admitted.count:
            return []
        # Without a filter tantivy counts removed passages, too.
        among = self._compiler.within(Everything(), admitted.scope, self._rows.departments)
        found = self._searcher.terms_with_prefix(field.value, prefix, filter_query=among)
        return [(term, count) for term, count in found if count]

    def documents(self) -> int:
        """How many passages it holds."""
        return int(self._searcher.num_docs)

    def close(self) -> None:
        """Let go of the searcher."""
        del self._searcher
        if self._stand_in is not None:
            self._stand_in.cleanup()

    def _writable(self, folder: Path) -> Path:
        """The folder, or one of links to its files: tantivy makes a lock file even to read."""
        if os.access(folder, os.W_OK):
            return folder
        self._stand_in = TemporaryDirectory(prefix="kb-")
        for path in folder.iterdir():
            if path.suffix == ".lock":
                continue
            target = Path(self._stand_in.name) / path.name
            try:
                target.symlink_to(path.resolve())
            except OSError:  # Windows, to most accounts
                files.copy(path, target)
        return Path(self._stand_in.name)

    def _found(self, compiled: Any, wanted: int) -> Found:
        hits = self._searcher.search(compiled, wanted, count=False).hits
        if not hits:
            return NOTHING
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        scores = np.fromiter((score for score, _ in hits), np.float32, len(hits))
        return scores, self._rows.of_keys(np.asarray(keys, np.int64))


class TantivyWriter:
    """Adds and removes by key; segments are merged by tantivy's own policy."""

    def __init__(self, folder: Path, *, bulk: bool) -> None:
        self._folder = folder
        self._heap = BULK_HEAP if bulk else SMALL_HEAP
        if not tantivy.Index.exists(str(folder)):
            tantivy.Index(schema(), path=str(folder), reuse=False)
        self._writer: Any = None

    def add(self, keys: Sequence[int], entries: Sequence[Entry]) -> None:
        """Index entries under their keys."""
        writer = self._open()
        for key, entry in zip(keys, entries, strict=True):
            document = tantivy.Document()
            document.add_text("words", text_of(entry.words))
            document.add_text("bigrams", text_of(entry.bigrams))
            document.add_text("title", text_of(entry.title))
            document.add_text("heading", text_of(entry.heading))
            if entry.number:
                document.add_text("number", entry.number)
            document.add_text("kind", entry.kind.value)
            document.add_text("tier", entry.tier.value)
            document.add_text("department", NO_DEPARTMENT + entry.department)
            document.add_text("paper", paper_term(entry.id))
            document.add_integer("key", key)
            document.add_integer("valid_from", entry.valid_from)
            document.add_integer("valid_to", entry.valid_to)
            writer.add_document(document)

    def remove(self, keys: Sequence[int]) -> None:
        """Delete by key."""
        for key in keys:
            self._open().delete_documents_by_term("key", key)

    def finish(self) -> None:
        """Commit, wait for merges, take away what they replaced."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
            # Merging leaves what it replaced; a fresh writer collects it.
            with tantivy.Index.open(str(self._folder)).writer(15_000_000, 1) as collector:
                collector.garbage_collect_files()
        for name in (".tantivy-writer.lock", ".tantivy-meta.lock"):
            (self._folder / name).unlink(missing_ok=True)

    def abandon(self) -> None:
        """Drop the writer without a commit."""
        self._writer = None

    def _open(self) -> Any:
        if self._writer is None:
            self._writer = tantivy.Index.open(str(self._folder)).writer(self._heap, 1)
        return self._writer


def reader(folder: Path, rows: Rows) -> TantivyReader:
    """Open a published index."""
    return TantivyReader(folder, rows)


def writer(folder: Path, *, bulk: bool) -> TantivyWriter:
    """Write to a new or copied index."""
    return TantivyWriter(folder, bulk=bulk)
