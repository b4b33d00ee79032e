"""Small passages, vectors and writers for the engine's tests; also run in other processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded import generation
from kb.engine.protocol import NO_END, NO_START, Entry, Reader, Versions
from kb.engine.query import Everything, Field, Or, Prefix, Query, Term
from kb.model import ALL_KINDS, ALL_TIERS, Kind, Scope, Tier
from tests.support.milvus import lite

DIMENSIONS = 64
ENGINES = ("tantivy", "whoosh")
EVERY_ENGINE = (*ENGINES, "milvus")
"""With the one that is a server: what it costs to write to it, hundreds of times, is left out."""
VERSIONS = Versions(schema=1, segmenter="s/1", dictionary="d", model="m", dimensions=DIMENSIONS)
ALL = Scope.everything(as_of=None)


def settings(home: Path, engine: str = "tantivy", keep: int = 3) -> Settings:
    if engine == "milvus":
        return lite().settings(home, keep=keep)
    return Settings(home=home, engine=engine, keep_generations=keep)


def entry(
    name: str,
    words: str = "",
    *,
    bigrams: str = "",
    title: str = "",
    heading: str = "",
    number: str = "",
    kind: Kind = Kind.REGULATION,
    tier: Tier = Tier.INTERNAL,
    department: str = "",
    start: date | None = None,
    end: date | None = None,
) -> Entry:
    return Entry(
        id=name,
        words=words.split(),
        bigrams=bigrams.split(),
        title=title.split(),
        heading=heading.split(),
        number=number,
        kind=kind,
        tier=tier,
        department=department,
        valid_from=start.toordinal() if start else NO_START,
        valid_to=end.toordinal() if end else NO_END,
    )


def unit(n: int, seed: int = 0, dimensions: int = DIMENSIONS) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(n, dimensions)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def publish(
    where: Settings,
    entries: Sequence[Entry] = (),
    *,
    remove: Sequence[str] = (),
    fresh: bool = False,
    seed: int = 0,
    vectors: np.ndarray | None = None,
) -> int:
    rows = unit(len(entries), seed) if vectors is None else vectors
    with open_engine(where).writer(VERSIONS, fresh=fresh) as writer:
        writer.remove(remove)
        writer.add(entries, rows)
        return writer.publish()


def opened(where: Settings) -> Reader:
    return open_engine(where).reader(expect=VERSIONS)


def ids(reader: Reader, query: Query, scope: Scope = ALL, limit: int = 100) -> list[str]:
    found = [m.id for m in reader.keyword(query, scope, limit)]
    if limit == 100:
        assert reader.count(query, scope) == len(found)
    return found


def scope(
    *,
    day: date | None = None,
    kinds: frozenset[Kind] = ALL_KINDS,
    tiers: frozenset[Tier] = ALL_TIERS,
    departments: frozenset[str] | None = None,
) -> Scope:
    return Scope("", day, kinds, tiers, departments)


def die_at(home: str, engine: str, name: str, how: str) -> None:
    """Publish a second generation, dying at a named step. Runs in a process of its own."""

    def step(reached: str) -> None:
        if reached == name:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(17)

    generation.step = step
    second(settings(Path(home), engine))


def first(where: Settings) -> int:
    return publish(where, [entry(f"a{i}", f"old w{i}") for i in range(20)], seed=1)


def second(where: Settings) -> int:
    return publish(
        where,
        [entry(f"b{i}", f"new w{i}") for i in range(5)] + [entry("a1", "changed")],
        remove=["a0", "a2"],
        seed=2,
    )


def content(where: Settings) -> dict[str, object]:
    """Everything a reader of the published generation can tell."""
    reader = open_engine(where).reader(expect=VERSIONS)
    try:
        ids = list(reader.ids())
        query = Or(tuple(Term(Field.WORDS, w) for w in ("old", "new", "changed", "w1", "w3")))
        return {
            "ids": ids,
            "vectors": reader.vectors(ids).tobytes(),
            "words": sorted(m.id for m in reader.keyword(query, ALL, 100)),
            "all": [m.id for m in reader.keyword(Everything(), ALL, 100)],
            "prefix": [m.id for m in reader.keyword(Prefix(Field.WORDS, "w"), ALL, 100)],
            "near": [(m.id, m.score) for m in reader.nearest(unit(1, 9)[0], ALL, 100)],
        }
    finally:
        reader.close()
