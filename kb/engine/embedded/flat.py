"""Exact scan over the 8-bit codes of one segment, those a scope does not admit left out.

149,009 articles × 1,024, one core: 7.4 ms with all of them, 14 where half are admitted (faiss then
takes them one by one), 5.5 with a tenth, 1 with a hundredth.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded import sieve
from kb.engine.embedded.codec import Codec, faiss
from kb.engine.embedded.ranking import Found
from kb.engine.embedded.segments import Segment, names, sieve_name
from kb.engine.embedded.sieve import Sieve
from kb.errors import IndexCorrupt


def write(folder: Path, name: str, codec: Codec, codes: NDArray[np.uint8]) -> None:
    """Store a segment's codes, shape (n, dimensions), as an immutable file, with their sieve
    where it pays. (Synced with their generation.)"""
    index = codec.empty()
    if len(codes):
        index.add_sa_codes(np.ascontiguousarray(codes))
    # Written by numpy: faiss opens files by their narrow name, which on Windows cannot be Chinese.
    faiss.serialize_index(index).tofile(folder / names(name)[2])
    if sieve.pays(len(codes), codec.dimensions):
        sieve.write(folder / sieve_name(name), codec.dimensions, codes)


def selector(admitted: NDArray[np.bool_]) -> Any:
    """What `Flat.search` takes to leave rows out."""
    bits = np.packbits(admitted, bitorder="little")
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))


class Flat:
    """A segment's codes as they lie in the mapped file: nothing is copied, processes share it."""

    def __init__(self, segment: Segment, codec: Codec) -> None:
        rows, path = len(segment), segment.folder / names(segment.name)[2]
        self._codec = codec
        self.sieve = None if segment.sieve is None else Sieve(segment, codec.dimensions)
        self._bytes = segment.vectors
        try:
            source = faiss.ZeroCopyIOReader(faiss.swig_ptr(self._bytes), self._bytes.size)
            self._index = faiss.read_index(source)
        except RuntimeError as error:
            raise IndexCorrupt(f"向量文件 {path} 无法读取：{error}") from error
        if (self._index.d, self._index.ntotal) != (codec.dimensions, rows):
            raise IndexCorrupt(
                f"向量文件 {path} 应有 {rows} 行 {codec.dimensions} 维，"
                f"实有 {self._index.ntotal} 行 {self._index.d} 维"
            )
        # Looks into the mapped file, and does not keep it mapped: never handed out.
        self._codes: NDArray[np.uint8] = faiss.rev_swig_ptr(
            self._index.codes.data(), rows * codec.dimensions
        ).reshape(rows, codec.dimensions)

    def codes(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """A copy of the codes of some rows, shape (len(rows), dimensions)."""
        # Not by an index array, which takes half as long again.
        found: NDArray[np.uint8] = np.take(self._codes, rows, axis=0)
        return found

    def search(self, rotated: NDArray[np.float32], limit: int, chosen: Any) -> Found:
        """Scores and rows, best first, at most ``limit``; ``chosen`` as `selector`, None: all."""
        return _search(self._index, rotated, limit, chosen)

    def among(self, rotated: NDArray[np.float32], limit: int, rows: NDArray[np.int64]) -> Found:
        """The same as `search`, of these rows only; for a few."""
        rows = np.sort(rows)
        some = self._codec.empty()
        some.add_sa_codes(self.codes(rows))
        scores, places = _search(some, rotated, min(limit, len(rows)), None)
        return scores, rows[places]


def _search(index: Any, rotated: NDArray[np.float32], limit: int, chosen: Any) -> Found:
    # One question keeps one core busy. A second thread would only wait at the barrier, tens of
    # milliseconds where the cores are shared. (The setting is the calling thread's own.)
    faiss.omp_set_num_threads(1)
    scores, rows = index.search(rotated[None, :], limit, params=chosen)
    found = rows[0] >= 0
    return scores[0][found], rows[0][found]
