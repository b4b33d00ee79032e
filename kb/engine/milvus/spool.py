"""Rows that are still to be sent, in a file: a run of millions must not lie in memory, and what the
server lost is sent again from here."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kb.engine.milvus.schema import VECTOR
from kb.engine.milvus.server import Row


class Spool:
    """Adds rows, gives them back by key. The last of a key counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def add(self, row: Row) -> None:
        """Take a row in."""
        body: dict[str, Any] = row | {VECTOR: _packed(row[VECTOR])}
        self._file.seek(0, 2)
        self._places[str(row["key"])] = self._file.tell()
        self._file.write(json.dumps(body).encode("ascii") + b"\n")

    def forget(self, key: str) -> None:
        """Leave a row out. Nothing happens where it is not there."""
        self._places.pop(key, None)

    def rows(self, keys: Iterable[str] | None = None) -> Iterator[Row]:
        """All of them, in the order they came (or those of ``keys``)."""
        wanted = self._places if keys is None else [k for k in keys if k in self._places]
        for place in sorted(self._places[k] for k in wanted):
            self._file.seek(place)
            row = json.loads(self._file.readline())
            yield row | {VECTOR: np.frombuffer(base64.b64decode(row[VECTOR]), "<f4").tolist()}

    def close(self) -> None:
        """Remove the file. Idempotent."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _packed(vector: Any) -> str:
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode("ascii")
