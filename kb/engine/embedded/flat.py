"""Exact scan over the 8-bit codes of one segment, those a scope does not admit left out.

At 147,284 × 256 a scan takes 6 ms, 4 ms where a tenth is admitted, 0.5 ms at a hundredth (one
core). A graph (HNSW) for large, widely admitted segments would stand beside this, with the same
`search`, and be chosen by the segment's size and the share admitted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.codec import Codec, faiss
from kb.engine.embedded.segments import Segment, names
from kb.errors import IndexCorrupt


def write(path: Path, codec: Codec, codes: NDArray[np.uint8]) -> None:
    """Store codes of shape (n, dimensions) as an immutable file. (Synced with its generation.)"""
    index = codec.empty()
    if len(codes):
        index.add_sa_codes(np.ascontiguousarray(codes))
    # Written by numpy: faiss opens files by their narrow name, which on Windows cannot be Chinese.
    faiss.serialize_index(index).tofile(path)


def selector(admitted: NDArray[np.bool_]) -> Any:
    """What `Flat.search` takes to leave rows out."""
    bits = np.packbits(admitted, bitorder="little")
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))


class Flat:
    """A segment's codes as they lie in the mapped file: nothing is copied, processes share it."""

    def __init__(self, segment: Segment, codec: Codec) -> None:
        rows, path = len(segment), segment.folder / names(segment.name)[2]
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
        found: NDArray[np.uint8] = self._codes[rows]
        return found

    def search(
        self, rotated: NDArray[np.float32], limit: int, chosen: Any
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and rows, best first, at most ``limit``; ``chosen`` as `selector`, None: all."""
        # One question keeps one core busy. A second thread would only wait at the barrier, tens of
        # milliseconds where the cores are shared. (The setting is the calling thread's own.)
        faiss.omp_set_num_threads(1)
        scores, rows = self._index.search(rotated[None, :], limit, params=chosen)
        found = rows[0] >= 0
        return scores[0][found], rows[0][found]
