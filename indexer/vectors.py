"""Vectors of what a run takes in: made anew only for texts that the base does not hold yet.

A moved file keeps every text, an edited one nearly all: their vectors are carried over as stored,
so that a large model costs nothing where nothing new is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import PassageRow
from kb.embed import Embedder, passage_text
from kb.engine.protocol import Entry, Writer
from kb.model import Scope

EVERYTHING = Scope.everything(as_of=None)
"""The indexer itself reads the whole base: it decides nothing about who may see what."""


class Vectors:
    """Adds entries with vectors. ``embedded`` counts the texts that a model had to read."""

    def __init__(
        self, embedder: Embedder, writer: Writer, before: IndexReader, *, fresh: bool
    ) -> None:
        self._embedder = embedder
        self._writer = writer
        self._before = before
        self._fresh = fresh
        self._ended: defaultdict[str, list[str]] = defaultdict(list)
        self.embedded = 0

    def ended(self, ids: Iterable[str]) -> None:
        """Remember passages that this run ends: the same texts may come again."""
        for id_ in ids:
            self._ended[_file_of(id_)].append(id_)

    def ended_of(self, path: str) -> list[str]:
        """The passages of one file that this run ends."""
        return self._ended.get(path, [])

    def add(self, entries: Sequence[Entry], texts: Sequence[str], *, old: str = "") -> None:
        """Take entries in. ``old``: path of the file that they come in place of, "" for none."""
        held = {} if self._fresh or not old else self._texts(self._ended.get(old, []))
        carried = [i for i, text in enumerate(texts) if text in held]
        if carried:
            self._writer.carry([entries[i] for i in carried], [held[texts[i]] for i in carried])
        known = set(carried)
        if new := [i for i in range(len(texts)) if i not in known]:
            vectors = self._embedder.encode_passages([texts[i] for i in new])
            self._writer.add([entries[i] for i in new], np.asarray(vectors))
            self.embedded += len(new)

    def again(self, entries: Sequence[Entry], texts: Sequence[str]) -> None:
        """Index passages anew whose texts did not change, only when they hold."""
        ids = [entry.id for entry in entries]
        if not self._fresh and self._writer.untouched(ids):
            self._writer.carry(entries, ids)
        else:
            self._writer.add(entries, self._embedder.encode_passages(list(texts)))
            self.embedded += len(entries)

    def _texts(self, ids: Sequence[str]) -> dict[str, str]:
        found = self._before.passages(ids, EVERYTHING)
        return {_text(row): id_ for id_, row in found.items()}


def _text(row: PassageRow) -> str:
    """What the stored vector was made from (`indexer.prepare.embedded_text`)."""
    passage = row.passage
    return passage_text(row.version.title, passage.heading, passage.lead + passage.text)


def _file_of(passage_id: str) -> str:
    """The path of the file that a passage stands in (``a.md!2#第一条`` → ``a.md``)."""
    document = passage_id.partition("#")[0]
    head, mark, number = document.rpartition("!")
    return head if mark and number.isdigit() else document
