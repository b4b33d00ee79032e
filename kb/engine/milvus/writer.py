"""Build the next generation in a collection of its own; count it back; switch the alias.

Everything is kept in a file beside the home's index until `publish`, so that a writer that gives up
leaves nothing on the server. Then one writer, this one, sends what the base has and what is new, in
upserts that may come twice; reads every key and digest back, because an acknowledgement alone is
not believed; sends again what is missing; and only then has the alias name it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kb.config import Settings
from kb.engine.embedded.codec import Codec
from kb.engine.embedded.lock import WriterLock
from kb.engine.milvus.encode import BIGRAMS, WORDS, circle_of, key, number, read, spelt, text
from kb.engine.milvus.meta import Manifest, Meta, Terms
from kb.engine.milvus.reader import MilvusReader
from kb.engine.milvus.schema import LONGEST, STORED, VECTOR, make_passages
from kb.engine.milvus.server import PAGE, Row, Server
from kb.engine.milvus.spool import Spool
from kb.engine.protocol import Entry, Told, Vectors, Versions, untold
from kb.engine.query import Field, paper_of
from kb.errors import EngineError, IndexCorrupt, NotFound

EMPTY: Mapping[str, str] = MappingProxyType({})

ROUNDS = 5
"""How often what did not arrive is sent again."""


def step(reached: str) -> None:
    """Tests stand here: a step of `publish` was reached."""


class MilvusWriter:
    """Implements `kb.engine.protocol.Writer`. Made by `MilvusEngine.writer`, holding its lock."""

    def __init__(
        self,
        settings: Settings,
        lock: WriterLock,
        server: Server,
        versions: Versions,
        served: int,
        base: MilvusReader | None,
        number: int | None = None,
    ) -> None:
        self._keep = settings.keep_generations
        self._lock = lock
        self._server = server
        self._meta = Meta(server)
        self._versions = versions
        self._served = served
        self._base = base
        self._number = number or max([served, *self._meta.numbers()]) + 1
        self._resumes = number is not None
        self._codec = Codec(versions.dimensions)
        # Nobody else writes: what lies there was left by one that was killed.
        for left in settings.index_dir.glob("spool-*"):
            left.unlink()
        self._spool = Spool(settings.index_dir / f"spool-{self._number:06d}-{os.getpid()}")
        self._removed: set[str] = set()
        self._circles: dict[int, tuple[str, str, str]] = {}
        self._told: Told = untold
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """The number that `publish` will give: above every number given before."""
        return self._number

    @property
    def base(self) -> int:
        """The generation served while this one is built; 0 if there is none."""
        return self._served

    @property
    def lease(self) -> str:
        """What the catalogue's writer shows before each transaction."""
        return self._lock.lease

    def remove(self, ids: Collection[str]) -> None:
        """Leave these passages out of the next generation. Unknown ids are ignored."""
        self._check()
        for one in map(key, ids):
            self._spool.forget(one)
            self._removed.add(one)

    def add(self, entries: Sequence[Entry], vectors: Vectors, *, stored: bool = False) -> None:
        """Take these in; an id that is there already is replaced, by the last of a call's. Vectors
        are rounded as the embedded engine rounds them, so that both have the same neighbours.

        Args:
            entries: what to take in.
            vectors: shape (len(entries), dimensions).
            stored: they are rounded already. See the protocol.

        Raises:
            ValueError: ``vectors`` is not of shape (len(entries), dimensions), or not finite.
        """
        self._check()
        wanted = (len(entries), self._versions.dimensions)
        if vectors.shape != wanted:
            raise ValueError(f"vectors of shape {vectors.shape}, expected {wanted}")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector is not finite")
        rounded = vectors
        if not stored and entries:
            rounded = self._codec.decode(self._codec.encode(vectors))
            rounded[~vectors.any(axis=1)] = 0.0
        for entry, vector in zip(entries, rounded, strict=True):
            self._spool.add(self._row(entry, vector))

    def carry(self, entries: Sequence[Entry], of: Sequence[str]) -> None:
        """Take these in, each with the vector that passage ``of`` has in the base, as stored."""
        self._check()
        if self._base is None:
            if of:
                raise NotFound(f"索引中没有条目：{of[0]}")
            return
        for entry, vector in zip(entries, self._base.vectors(of), strict=True):
            self._spool.add(self._row(entry, vector))

    def untouched(self, ids: Sequence[str]) -> bool:
        """Whether the base has all of these and nothing replaced or removed one since."""
        keys = set(map(key, ids))
        if any(k in self._spool or k in self._removed for k in keys):
            return False
        found = {} if self._base is None else self._base.by_ids(ids, ())
        return keys <= found.keys()

    def publish(self, catalogue: str = "", told: Told = untold) -> int:
        """Send, count back, switch. Returns the generation now served."""
        self._check()
        self._told = told
        kept = self._base.generation if self._base is not None else 0
        size = len(self._spool)
        size += self._server.count(self._meta.collection(kept), "") if kept else 0
        name = self._meta.collection(self._number)
        self._lock.check()
        there: dict[str, str] = {}
        if self._resumes and self._server.has(name):
            there = self._there(name)
        else:
            self._meta.remove(self._number)
            dimensions = self._versions.dimensions
            make_passages(self._server, name, dimensions=dimensions, expected=size)
        step("made")
        terms = Terms()
        expected = self._send(name, self._all(), terms, there)
        step("sent")
        self._count_back(name, expected)
        step("counted")
        circles = tuple(sorted(self._circles.values()))
        made = Manifest(self._number, self._versions, len(expected), circles, catalogue)
        self._meta.write(made, terms)
        step("noted")
        with self._lock.steady():
            self._meta.serve(self._number)
        step("served")
        self._open = False
        self._prune()
        self._let_go()
        return self._number

    def close(self) -> None:
        """Drop what was not published and let go of the lock. Idempotent."""
        if self._open:
            self._open = False
            self._let_go()

    # -- rows ---------------------------------------------------------------------------------

    def _row(self, entry: Entry, vector: NDArray[np.float32]) -> Row:
        circle = circle_of(entry.kind, entry.tier, entry.department)
        row: Row = {
            "key": key(entry.id),
            "id": spelt(entry.id),
            "paper": number(paper_of(entry.id)),
            "circle": number(*circle),
            "kind": circle[0],
            "tier": circle[1],
            "audience": spelt(circle[2]),
            "valid_from": entry.valid_from,
            "valid_to": entry.valid_to,
            "has_vector": bool(vector.any()),
            WORDS: text(
                [
                    (Field.WORDS, entry.words),
                    (Field.TITLE, entry.title),
                    (Field.HEADING, entry.heading),
                    (Field.NUMBER, [entry.number]),
                ]
            ),
            BIGRAMS: text([(Field.BIGRAMS, entry.bigrams)]),
            VECTOR: vector.tolist(),
        }
        for column in ("id", WORDS, BIGRAMS):
            if len(row[column].encode("utf-8")) > LONGEST:
                raise EngineError(
                    f"{entry.id} 太长，Milvus 的一个字段放不下", hint="把这一条拆开，或仍用本机引擎"
                )
        return row | {"digest": _digest(row)}

    def _all(self) -> Iterator[Row]:
        """What the base has and nobody replaced or removed, then what is new."""
        if self._base is not None:
            name = self._meta.collection(self._base.generation)
            for row in self._server.rows(name, "", STORED):
                if row["key"] not in self._removed and row["key"] not in self._spool:
                    yield {column: row[column] for column in STORED}
        yield from self._spool.rows()

    def _send(
        self, name: str, rows: Iterable[Row], terms: Terms | None, there: Mapping[str, str] = EMPTY
    ) -> dict[str, str]:
        """Write rows but those that are ``there``; the digests of all by key."""
        sent: dict[str, str] = {}
        batch: list[Row] = []
        for row in rows:
            if terms is not None:
                terms.count((str(row[WORDS]), str(row[BIGRAMS])), 1)
                circle = (str(row["kind"]), str(row["tier"]), read(str(row["audience"])))
                self._circles[int(row["circle"])] = circle
            sent[str(row["key"])] = str(row["digest"])
            if there.get(str(row["key"])) == row["digest"]:
                continue
            batch.append({**row, VECTOR: [float(x) for x in row[VECTOR]]})
            if len(batch) == PAGE:
                # Who took over builds a collection of the same number.
                self._lock.check()
                self._server.put(name, batch)
                batch = []
                self._told(len(sent))
        if batch:
            self._server.put(name, batch)
        return sent

    def _there(self, name: str) -> dict[str, str]:
        rows = self._server.rows(name, "", ["digest"])
        return {str(row["key"]): str(row["digest"]) for row in rows}

    def _count_back(self, name: str, expected: dict[str, str]) -> None:
        for _ in range(ROUNDS):
            self._server.ask("落盘", lambda: self._server.client.flush(name))
            there = self._there(name)
            if there == expected:
                return
            self._server.delete(name, sorted(there.keys() - expected.keys()))
            lost = {k for k, digest in expected.items() if there.get(k) != digest}
            self._send(name, (row for row in self._all() if row["key"] in lost), None)
        raise IndexCorrupt(
            f"第 {self._number} 代索引写入 Milvus 后与原件不符（应有 {len(expected)} 个单元，"
            f"读回 {len(there)} 个）",
            hint="检查 Milvus 的日志后再运行；已发布的索引不受影响",
        )

    def _prune(self) -> None:
        """Remove what is older than is kept and nobody reads, and what was never served or was gone
        back from. Where one generation is kept, at once: nothing may be left of a paper purged."""
        there = [n for n in self._meta.numbers() if n <= self._number]
        served = [n for n in there if not self._served < n < self._number]
        over = set(there) - set(served[-self._keep :])
        read = set() if self._keep == 1 else self._meta.read_by()
        for number_ in sorted(over - read):
            self._meta.remove(number_)

    def _let_go(self) -> None:
        self._spool.close()
        if self._base is not None:
            self._base.close()
        self._server.close()
        self._lock.release()

    def _check(self) -> None:
        if not self._open:
            raise EngineError("这次索引写入已经结束")


def _digest(row: Row) -> str:
    """Of everything but the vector's last bits, which a server may keep in another precision."""
    told = [row[c] for c in ("id", "circle", "valid_from", "valid_to", WORDS, BIGRAMS)]
    return hashlib.blake2b(repr(told).encode("utf-8"), digest_size=16).hexdigest()
