"""What an engine is: a keyword half and a vector half published together as one generation.

No type of tantivy, Whoosh, faiss or a cluster crosses this module; the contract suite in
``tests/engine`` runs on every implementation and leaves no case undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import NamedTuple, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kb.engine.query import Field, Query
from kb.model import Kind, Scope, Tier

Vectors = NDArray[np.float32]
"""Shape (n, dimensions), rows of unit length (or all zero where nothing could be encoded)."""

Told = Callable[[int], None]


def untold(_: int) -> None:
    """Nobody wants to know."""


SCHEMA = 2
"""Of the index entries; a change asks for ``kb index --full``."""

NO_START = 0
NO_END = 4_000_000
"""Day ordinals (``date.toordinal``) for «no known beginning» and «no known end»."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One passage as both halves index it.

    ``words``, ``bigrams``, ``title``, ``heading`` are cut terms; ``number`` a raw 发文字号.
    ``department`` is a `kb.model.audience`: the department, and whom the paper names.
    ``valid_from`` ≤ day < ``valid_to`` are day ordinals; ``vector`` is one row of `Vectors`.
    """

    id: str
    words: Sequence[str]
    bigrams: Sequence[str]
    title: Sequence[str]
    heading: Sequence[str]
    number: str
    kind: Kind
    tier: Tier
    department: str
    valid_from: int = NO_START
    valid_to: int = NO_END


class Match(NamedTuple):
    """A passage and its score in one half. Higher is better; ties are broken by id. (A tuple:
    hundreds are made for each question.)"""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Versions:
    """What an index was built with; compared at open, named in `IndexStale`."""

    schema: int
    segmenter: str
    dictionary: str
    model: str
    dimensions: int


def day(value: date | None) -> int | None:
    """A date as the day ordinal that engines compare."""
    return None if value is None else value.toordinal()


class Reader(Protocol):
    """A pinned generation. Never changes under its holder, whatever is published meanwhile."""

    @property
    def generation(self) -> int:
        """The number of the published generation."""

    @property
    def damage(self) -> str:
        """What is wrong with the generation that this one stands in for; "" for none."""

    def keyword(self, query: Query, scope: Scope, limit: int) -> list[Match]:
        """The best ``limit`` passages by BM25 among those the scope lets through."""

    def nearest(
        self,
        vector: NDArray[np.float32],
        scope: Scope,
        limit: int,
        *,
        papers: frozenset[str] | None = None,
    ) -> list[Match]:
        """The best ``limit`` passages by cosine (shape (dimensions,)) within the scope, of these
        papers only (paths; None: of any)."""

    def count(self, query: Query, scope: Scope) -> int:
        """How many passages match within the scope."""

    def terms(self, field: Field, scope: Scope, prefix: str = "") -> list[tuple[str, int]]:
        """The terms of a cut field that passages within the scope have, and how many of these
        have each: the commonest first, then in the order of the terms."""

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Stored vectors of these passages, in order, dequantised. `NotFound` if one is absent."""

    def stamps(self, ids: Sequence[str]) -> list[str]:
        """A digest of each passage's kind, tier, audience, validity and vector, the same in every
        engine: what a move is checked by. `NotFound` if one is absent."""

    def ids(self) -> Iterable[str]:
        """Every passage id, for checks."""

    @property
    def catalogue(self) -> str:
        """The digest of the catalogue's state that belongs to it."""

    def check_counts(self) -> None:
        """Raises `IndexCorrupt` where the two halves do not hold as many passages."""

    def close(self) -> None:
        """Release files. Idempotent."""


Numbers = NDArray[np.int32]
Places = NDArray[np.int64]
Best = tuple[NDArray[np.float32], Places]
"""Scores, best first, and the rows that they belong to."""


class Naming(Protocol):
    """What the rows of a pinned generation are called."""

    @property
    def papers(self) -> Sequence[str]:
        """Paths, by the number that `papers_of` gives."""

    def ids(self, rows: Places) -> list[str]:
        """The passage id of each row."""

    def order(self, rows: Places) -> Numbers:
        """Numbers that sort as the ids do."""

    def articles_of(self, rows: Places) -> Numbers:
        """The row of the article that each is, or is a part of."""

    def papers_of(self, rows: Places) -> Numbers:
        """The place in `papers` of what stands before each id's first ``#``."""


@runtime_checkable
class Numbered(Protocol):
    """A reader that numbers its passages, too, and so tells what it found without their ids; not
    every engine can. What is found is that of `Reader.keyword` and `Reader.nearest`."""

    @property
    def naming(self) -> Naming:
        """What the rows are called."""

    def keyword_rows(self, query: Query, scope: Scope, limit: int) -> Best:
        """`Reader.keyword`, as rows."""

    def nearest_rows(
        self,
        vector: NDArray[np.float32],
        scope: Scope,
        limit: int,
        *,
        papers: frozenset[str] | None = None,
    ) -> Best:
        """`Reader.nearest`, as rows."""


class Writer(Protocol):
    """Builds the next generation aside. Nothing is visible before `publish`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drops what was not published and lets go of the lock."""

    @property
    def generation(self) -> int:
        """The number that `publish` will give."""

    @property
    def base(self) -> int:
        """The generation served while this one is built; 0 where there is none."""

    @property
    def lease(self) -> str:
        """What `kb.catalogue.Catalogue.writer` shows before it writes; "" where a lock file of the
        home is the only one."""

    def remove(self, ids: Collection[str]) -> None:
        """Leave these passages out of the next generation. Unknown ids are ignored."""

    def add(self, entries: Sequence[Entry], vectors: Vectors, *, stored: bool = False) -> None:
        """Take these in; an id that is there already is replaced. ``stored``: the vectors are what
        `Reader.vectors` of another index gave, and are kept to the bit."""

    def carry(self, entries: Sequence[Entry], of: Sequence[str]) -> None:
        """Take these in, each with the vector that passage ``of`` has in the base, as stored.

        Raises:
            NotFound: the base has no such passage.
        """

    def untouched(self, ids: Sequence[str]) -> bool:
        """Whether the base has all of these and nothing replaced or removed one since."""

    def publish(self, catalogue: str = "", told: Told = untold) -> int:
        """Verify, sync, switch. Returns the generation now served.

        Args:
            catalogue: digest of the catalogue's state that belongs to it, for the manifest.
            told: of how many passages have arrived, where they go over a network.

        Raises:
            IndexLocked: the right to write was lost meanwhile; nothing was published.
        """


class Engine(Protocol):
    """Opens readers and writers of one home."""

    def reader(self, *, expect: Versions | None) -> Reader:
        """Pin the published generation.

        Raises:
            IndexMissing: nothing published. IndexStale: built with other versions than ``expect``.
            IndexCorrupt: a file is absent or of another size than the manifest says.
        """

    def writer(
        self, versions: Versions, *, fresh: bool = False, number: int | None = None
    ) -> Writer:
        """Start the next generation: from the current one, or from nothing if ``fresh``.

        ``number``: of the one that it is to be, where it comes from another engine; what was sent
        to a server under that number and not published is taken up again.

        Raises:
            IndexLocked: another process writes. IndexStale: versions differ and not ``fresh``.
            EngineError: a generation of this ``number`` or a later one is there.
        """

    def versions(self) -> Versions | None:
        """What the published generation was built with; None where there is none, or it cannot
        be told."""

    def current(self) -> int | None:
        """The published generation, read from the pointer; cheap enough for every request."""
