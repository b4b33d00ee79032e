"""Collect the passages of the next generation; memory grows by ids and attributes only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded import flat
from kb.engine.embedded.admitted import KINDS, TIERS
from kb.engine.embedded.codec import Codec
from kb.engine.embedded.rows import FOLDER, Rows
from kb.engine.embedded.segments import ROW, Records, encoded, write_rows
from kb.engine.protocol import Entry, Vectors
from kb.errors import NotFound

SEGMENT_ROWS = 1 << 18
"""Rows of one segment at most: bounds the memory that writing one takes."""


@dataclass(slots=True)
class _Part:
    """A segment being collected; its codes wait in a file."""

    name: str
    codes: Path
    records: list[Records] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)


class RowsBuilder:
    """New rows beside those of ``base`` (None: from nothing), under ``generation``/rows."""

    def __init__(self, generation: Path, number: int, codec: Codec, base: Rows | None) -> None:
        self.folder = generation / FOLDER
        self.folder.mkdir(exist_ok=True)
        self.number = number
        self.codec = codec
        self.base = base
        self.base_alive = np.zeros(0, bool) if base is None else base.alive.copy()
        self.next_key = 0 if base is None else base.next_key
        self.departments = [] if base is None else list(base.departments)
        self.done: list[tuple[str, int]] = []
        self.new_ids: list[bytes] = []
        self.new_alive = bytearray()
        self.pending: dict[bytes, int] = {}
        self._part: _Part | None = None

    def remove(self, ids: Collection[str]) -> list[int]:
        """End these; unknown ones are ignored. Returns the keys that are gone."""
        return self._end(list(ids))

    def add(
        self, entries: Sequence[Entry], vectors: Vectors, *, stored: bool = False
    ) -> tuple[list[int], list[int]]:
        """Take rows in, replacing what has their ids. Returns (new keys, keys that are gone).

        Of several entries with one id in one call, the last stays; the others are among both
        lists.

        Raises:
            ValueError: ``vectors`` is not of shape (len(entries), dimensions), or not finite.
        """
        if vectors.shape != (len(entries), self.codec.dimensions):
            raise ValueError(
                f"vectors of shape {vectors.shape}, "
                f"expected {(len(entries), self.codec.dimensions)}"
            )
        if not np.isfinite(vectors).all():
            raise ValueError("a vector is not finite")
        codes = np.zeros((0, 0), np.uint8)
        if entries:
            codes = self.codec.encode(vectors, stored=stored)
        return self._take(entries, codes, np.asarray(vectors.any(axis=1)))

    def carry(self, entries: Sequence[Entry], of: Sequence[str]) -> tuple[list[int], list[int]]:
        """`add` with the codes that rows of the base have, byte for byte.

        Raises:
            NotFound: the base has no passage ``of``.
        """
        base = self.base
        rows = np.full(len(of), -1) if base is None else base.find(of)
        if base is None or (rows < 0).any():
            absent = [id_ for id_, row in zip(of, rows, strict=True) if row < 0]
            if absent:
                raise NotFound(f"索引中没有条目：{absent[0]}")
            return [], []
        return self._take(entries, base.codes(rows), base.column("has_vector")[rows])

    def untouched(self, ids: Sequence[str]) -> bool:
        """Whether all of these live in the base and were not replaced or removed since."""
        if self.base is None or not len(self.base):
            return not ids
        rows = self.base.find(ids)
        return bool((rows >= 0).all()) and bool(self.base_alive[rows].all())

    def _take(
        self, entries: Sequence[Entry], codes: NDArray[np.uint8], has_vector: NDArray[np.bool_]
    ) -> tuple[list[int], list[int]]:
        if not entries:
            return [], []
        first = self.next_key - len(self.new_ids)
        gone = self._end([entry.id for entry in entries])
        for raw in encoded([entry.id for entry in entries]):
            if (twin := self.pending.get(raw)) is not None:
                self.new_alive[twin] = 0
                gone.append(first + twin)
            self.pending[raw] = len(self.new_ids)
            self.new_ids.append(raw)
            self.new_alive.append(1)
        keys = list(range(self.next_key, self.next_key + len(entries)))
        self.next_key += len(entries)
        self._store(entries, codes, has_vector, keys)
        return keys, gone

    def close(self) -> None:
        """Write the last segment."""
        if (part := self._part) is None:
            return
        self._part = None
        write_rows(self.folder, part.name, np.concatenate(part.records), part.ids)
        codes = np.fromfile(part.codes, np.uint8).reshape(-1, self.codec.dimensions)
        flat.write(self.folder, part.name, self.codec, codes)
        part.codes.unlink()
        self.done.append((part.name, len(part.ids)))

    def _end(self, ids: list[str]) -> list[int]:
        first = self.next_key - len(self.new_ids)
        gone: list[int] = []
        for raw in encoded(ids):
            if (row := self.pending.pop(raw, None)) is not None:
                self.new_alive[row] = 0
                gone.append(first + row)
        if self.base is not None and len(self.base):
            rows = self.base.find(ids)
            rows = np.unique(rows[rows >= 0])
            rows = rows[self.base_alive[rows]]
            self.base_alive[rows] = False
            gone.extend(self.base.column("key")[rows].tolist())
        return gone

    def _store(
        self,
        entries: Sequence[Entry],
        codes: NDArray[np.uint8],
        has_vector: NDArray[np.bool_],
        keys: list[int],
    ) -> None:
        records = np.zeros(len(entries), ROW)
        records["key"] = keys
        records["valid_from"] = [e.valid_from for e in entries]
        records["valid_to"] = [e.valid_to for e in entries]
        records["department"] = [self._department(e.department) for e in entries]
        records["kind"] = [KINDS.index(e.kind) for e in entries]
        records["tier"] = [TIERS.index(e.tier) for e in entries]
        records["has_vector"] = has_vector
        if self._part is None:
            name = f"{self.number:06d}-{len(self.done)}"
            self._part = _Part(name, self.folder / f"{name}.codes")
        part = self._part
        part.records.append(records)
        part.ids.extend(self.new_ids[-len(entries) :])
        with part.codes.open("ab") as file:
            codes.tofile(file)
        if len(part.ids) >= SEGMENT_ROWS:
            self.close()

    def _department(self, name: str) -> int:
        if name not in self.departments:
            self.departments.append(name)
        return self.departments.index(name)


def describe(segments: list[tuple[str, int]], builder: RowsBuilder) -> dict[str, Any]:
    """The ``rows`` part of a manifest."""
    return {
        "segments": [[name, rows] for name, rows in segments],
        "departments": builder.departments,
        "next_key": builder.next_key,
    }


def alive_of(builder: RowsBuilder) -> NDArray[np.bool_]:
    """Which of all rows live: the base's, then the new ones."""
    new = np.frombuffer(bytes(builder.new_alive), np.uint8).astype(bool)
    return np.concatenate([builder.base_alive, new])
