"""What the rows of a generation belong to: the article that each is or is a part of, and its paper.

Hundreds of rows are weighed for each question and a few dozen shown: as numbers they are grouped
and looked up without making a string of each. A row's id is read when it first comes up.
"""

from __future__ import annotations

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kb.engine.embedded.rows import Rows
from kb.engine.protocol import Numbers

UNKNOWN = -1


class Naming:
    """Of one generation. Safe for several threads; 8 bytes a row."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._lock = Lock()
        self._numbers: dict[str, int] = {}
        self.papers: list[str] = []
        """Paths by the number that `papers_of` gives; they are only ever added to."""
        self._article = np.full(rows.starts[-1], UNKNOWN, np.int32)
        self._paper = np.full(rows.starts[-1], UNKNOWN, np.int32)

    def ids(self, rows: NDArray[np.int64]) -> list[str]:
        """The passage id of each row."""
        return self._rows.ids_of(rows)

    def order(self, rows: NDArray[np.int64]) -> Numbers:
        """Numbers that sort as the ids do."""
        found: Numbers = self._rows.rank[rows]
        return found

    def articles_of(self, rows: NDArray[np.int64]) -> Numbers:
        """The row of the article that each row is, or (``~2``) is a part of; itself where the
        index has no such row."""
        self._learn(rows)
        found: Numbers = self._article[rows]
        return found

    def papers_of(self, rows: NDArray[np.int64]) -> Numbers:
        """The place in `papers` of the path before each row's ``#``."""
        self._learn(rows)
        found: Numbers = self._paper[rows]
        return found

    def _learn(self, rows: NDArray[np.int64]) -> None:
        new = rows[self._article[rows] == UNKNOWN]
        if not len(new):
            return
        with self._lock:
            for row, id_ in zip(new.tolist(), self._rows.ids_of(new), strict=True):
                self._paper[row] = self._number(id_.partition("#")[0])
                head, mark, part = id_.rpartition("~")
                whole = int(self._rows.find([head])[0]) if mark and part.isdigit() else row
                # Last: who sees this sees the paper.
                self._article[row] = whole if whole >= 0 else row

    def _number(self, path: str) -> int:
        if (number := self._numbers.get(path)) is None:
            number = self._numbers[path] = len(self.papers)
            self.papers.append(path)
        return number
