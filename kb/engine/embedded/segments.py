"""One immutable run of passages on disk: attributes, ids, vectors. Row numbers never change.

<name>.rows.npy   records of `ROW`
<name>.ids        the ids, UTF-8, one after the other; ``end`` of a row says where its id ends
<name>.vectors    faiss index of the 8-bit codes, in row order
<name>.sieve      faiss index of their signs, of large segments only (see `sieve`)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import IndexCorrupt

ROW = np.dtype(
    [
        ("key", "<i8"),
        ("end", "<i8"),
        ("valid_from", "<i4"),
        ("valid_to", "<i4"),
        ("department", "<i4"),
        ("kind", "u1"),
        ("tier", "u1"),
        ("has_vector", "?"),
    ]
)
"""``key`` names a passage in the keyword half; keys ascend with rows and are never given twice."""

Records = NDArray[np.void]


def encoded(ids: Sequence[str]) -> list[bytes]:
    """Ids as stored. Their byte order is the order of the strings; names that the system could
    not decode (lone surrogates) survive."""
    return [i.encode("utf-8", "surrogatepass") for i in ids]


def decoded(raw: bytes) -> str:
    """The id again."""
    return raw.decode("utf-8", "surrogatepass")


def names(name: str) -> tuple[str, str, str]:
    """The files of a segment."""
    return f"{name}.rows.npy", f"{name}.ids", f"{name}.vectors"


def sieve_name(name: str) -> str:
    """The file that only large segments have."""
    return f"{name}.sieve"


@dataclass(frozen=True, slots=True)
class Segment:
    """An open segment; everything but ``ends`` stays on disk until it is touched.

    ``vectors`` and ``sieve`` are mapped files as they are; `flat.Flat` and `sieve.Sieve` read
    them. They are mapped here so that a reader still has them when its generation's folder is
    removed.
    """

    name: str
    folder: Path
    records: Records
    ends: NDArray[np.int64]
    ids: memoryview
    vectors: NDArray[np.uint8]
    sieve: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.records)

    def id(self, row: int) -> bytes:
        """The id of one row, encoded."""
        start = int(self.ends[row - 1]) if row else 0
        return bytes(self.ids[start : int(self.ends[row])])


def open_segment(folder: Path, name: str, rows: int) -> Segment:
    """Map a segment.

    Raises:
        IndexCorrupt: a file is missing, unreadable or of another length.
    """
    records_name, ids_name, vectors_name = names(name)
    try:
        records = np.load(folder / records_name, mmap_mode="r")
        if records.dtype != ROW or len(records) != rows:
            raise ValueError(f"应有 {rows} 行，实有 {len(records)} 行")
        ends = np.ascontiguousarray(records["end"])
        ids = np.memmap(folder / ids_name, dtype=np.uint8, mode="r")
        if ids.size != ends[-1]:
            raise ValueError(f"{ids_name} 应有 {ends[-1]} 字节，实有 {ids.size} 字节")
        vectors = np.memmap(folder / vectors_name, dtype=np.uint8, mode="r")
        coarse = folder / sieve_name(name)
        sieve = np.memmap(coarse, dtype=np.uint8, mode="r") if coarse.exists() else None
    except (OSError, ValueError) as error:
        raise IndexCorrupt(f"索引文件 {folder / records_name} 无法读取：{error}") from error
    return Segment(name, folder, records, ends, ids.data, vectors, sieve)


def write_rows(folder: Path, name: str, records: Records, ids: Sequence[bytes]) -> None:
    """Store attributes and ids of a segment; sets ``end``. Vectors are written apart."""
    records_name, ids_name, _ = names(name)
    records["end"] = np.cumsum([len(i) for i in ids])
    np.save(folder / records_name, records)
    with (folder / ids_name).open("wb") as file:
        file.writelines(ids)
