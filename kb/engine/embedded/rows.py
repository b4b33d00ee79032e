"""The passages of one generation, as both halves know them: ids, attributes, vectors, the dead.

A row number counts through the segments in order. Segments never change; each generation says
which of their rows live (``alive.npy``) and in which order ids sort (``order.npy``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.segments import Segment, decoded, encoded, open_segment
from kb.errors import IndexCorrupt

if TYPE_CHECKING:
    from kb.engine.embedded.flat import Flat

FOLDER = "rows"
ALIVE, ORDER = "alive.npy", "order.npy"
HELD = 50_000
"""Ids kept as strings: some 10 MB."""
MANY = 20
"""Look ids up one by one unless they are more than 1/MANY of all."""


class Rows:
    """Opened from a generation's folder and the ``rows`` part of its manifest."""

    def __init__(self, generation: Path, meta: dict[str, Any], dimensions: int) -> None:
        folder = generation / FOLDER
        self.dimensions = dimensions
        self.departments: list[str] = meta["departments"]
        self.next_key: int = meta["next_key"]
        self.segments: list[Segment] = [open_segment(folder, n, k) for n, k in meta["segments"]]
        self.starts = [0]
        for segment in self.segments:
            self.starts.append(self.starts[-1] + len(segment))
        try:
            self.alive: NDArray[np.bool_] = np.load(folder / ALIVE)
            self.order: NDArray[np.int32] = np.load(folder / ORDER)
        except (OSError, ValueError) as error:
            raise IndexCorrupt(f"索引文件 {folder} 无法读取：{error}") from error
        if len(self.alive) != self.starts[-1]:
            raise IndexCorrupt(f"索引文件 {folder / ALIVE} 与各段的行数不符")
        self._columns: dict[str, NDArray[Any]] = {}
        self._held: dict[int, str] = {}
        self._opening = Lock()

    def __len__(self) -> int:
        """Living passages."""
        return len(self.order)

    def column(self, name: str) -> NDArray[Any]:
        """One attribute of every row, living or dead."""
        if name not in self._columns:
            parts = [segment.records[name] for segment in self.segments]
            self._columns[name] = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return self._columns[name]

    def raw_id(self, row: int) -> bytes:
        """The encoded id of a row."""
        at = bisect_right(self.starts, row) - 1
        return self.segments[at].id(row - self.starts[at])

    def id(self, row: int) -> str:
        """The id of a row."""
        return decoded(self.raw_id(int(row)))

    def ids_of(self, rows: NDArray[np.int64]) -> list[str]:
        """The ids of many rows, in order. Those asked for lately are remembered."""
        # A full table is put away whole, never emptied: another thread may be reading it.
        if len(held := self._held) > HELD:
            self._held = held = {}
        wanted = rows.tolist()
        if missing := [row for row in wanted if row not in held]:
            held.update(zip(missing, self._read_ids(np.asarray(missing)), strict=True))
        return [held[row] for row in wanted]

    def _read_ids(self, rows: NDArray[np.int64]) -> list[str]:
        found: list[str] = [""] * len(rows)
        homes = np.searchsorted(self.starts, rows, side="right") - 1
        for at in np.unique(homes).tolist():
            segment, here = self.segments[at], np.flatnonzero(homes == at)
            local = rows[here] - self.starts[at]
            ends = segment.ends[local].tolist()
            begins = np.where(local > 0, segment.ends[local - 1], 0).tolist()
            for place, a, b in zip(here.tolist(), begins, ends, strict=True):
                found[place] = decoded(bytes(segment.ids[a:b]))
        return found

    def ids(self) -> Iterator[str]:
        """Every living id, ascending."""
        return (self.id(row) for row in self.order)

    def of_keys(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of these keys, all of which exist."""
        return np.searchsorted(self.column("key"), keys)

    def find(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """The living row of each id, -1 where there is none."""
        wanted = encoded(ids)
        if len(wanted) * MANY > len(self.order):
            return np.array([self._by_id.get(i, -1) for i in wanted], np.int64)
        return np.array([self._find(i) for i in wanted], np.int64)

    def _find(self, wanted: bytes) -> int:
        places = range(len(self.order))
        at = bisect_left(places, wanted, key=lambda p: self.raw_id(int(self.order[p])))
        row = int(self.order[at]) if at < len(self.order) else -1
        return row if row >= 0 and self.raw_id(row) == wanted else -1

    @cached_property
    def _by_id(self) -> dict[bytes, int]:
        return {self.raw_id(int(row)): int(row) for row in self.order}

    def of_papers(self, paths: frozenset[str]) -> NDArray[np.bool_]:
        """Which rows, living or dead, stand in these papers."""
        numbers, codes = self._papers
        wanted = [n for p in encoded(sorted(paths)) if (n := numbers.get(p)) is not None]
        return np.isin(codes, wanted)

    @cached_property
    def _papers(self) -> tuple[dict[bytes, int], NDArray[np.int32]]:
        paths: list[bytes] = []
        # A cold search that asks what is no longer in force waits for this: no call a row.
        for segment in self.segments:
            whole, ends = bytes(segment.ids), segment.ends
            begins = np.concatenate([[0], ends[:-1]])
            # The last # before each end; where an id has none, all of it is the path.
            marks = np.flatnonzero(np.frombuffer(whole, np.uint8) == ord("#"))
            last = np.searchsorted(marks, ends) - 1
            stops = np.where(last < 0, -1, marks[last]) if len(marks) else np.full(len(ends), -1)
            stops = np.where(stops < begins, ends, stops)
            spans = zip(begins.tolist(), stops.tolist(), strict=True)
            paths.extend([whole[begin:stop] for begin, stop in spans])
        numbers = {path: number for number, path in enumerate(dict.fromkeys(paths))}
        return numbers, np.fromiter(map(numbers.__getitem__, paths), np.int32, len(paths))

    @cached_property
    def rank(self) -> NDArray[np.int32]:
        """The place of each living row when ids are sorted."""
        rank = np.zeros(len(self.alive), np.int32)
        rank[self.order] = np.arange(len(self.order), dtype=np.int32)
        return rank

    @cached_property
    def codec(self) -> Any:
        """How vectors are stored. (faiss is imported when vectors are first asked for.)"""
        from kb.engine.embedded.codec import Codec

        return Codec(self.dimensions)

    @property
    def flats(self) -> list[Flat]:
        """The codes of each segment, opened at first use."""
        with self._opening:
            return self._flats

    @cached_property
    def _flats(self) -> list[Flat]:
        from kb.engine.embedded.flat import Flat

        return [Flat(s, self.codec) for s in self.segments]

    def codes(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Codes as stored, shape (n, dimensions)."""
        found = np.zeros((len(rows), self.dimensions), np.uint8)
        homes = np.searchsorted(self.starts, rows, side="right") - 1
        for at in np.unique(homes):
            here = homes == at
            found[here] = self.flats[at].codes(rows[here] - self.starts[at])
        return found

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Stored vectors, dequantised; zero where a passage has none. Shape (n, dimensions)."""
        if not len(rows):
            return np.zeros((0, self.dimensions), np.float32)
        found: NDArray[np.float32] = self.codec.decode(self.codes(rows))
        found[~self.column("has_vector")[rows].astype(bool)] = 0.0
        return found
