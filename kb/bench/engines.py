"""The two halves beside their peers, on the same passages and questions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.bench.corpus import Corpus, Vectors
from kb.bench.measure import Row, row, size_mb, timed
from kb.bench.peers import PEERS
from kb.config import Settings
from kb.embed import Embedder
from kb.engine import open_engine
from kb.engine.protocol import NO_END, Reader
from kb.engine.query import Or
from kb.engine.versions import made_with
from kb.model import Scope
from kb.retrieve.rewrite import rewrite

LIMIT = 100
SHARES = (1.0, 0.1, 0.01, 0.001)
DAY_ONE = date(2000, 1, 1).toordinal()


def trees(asked: Sequence[str]) -> list[Or]:
    """What the word half is asked for each question."""
    found = (rewrite(question).tree for question in asked)
    return [tree for tree in found if isinstance(tree, Or) and tree.children]


def built(home: Path, corpus: Corpus, embedder: Embedder, wanted: int) -> float:
    """Build an index of ``wanted`` passages in ``home``. Returns the seconds it took."""
    began = time.perf_counter()
    settings = Settings(home=home)
    with open_engine(settings).writer(made_with(embedder), fresh=True) as writer:
        for entries, vectors in corpus.grown(wanted):
            writer.add(entries, vectors)
        writer.publish()
    return time.perf_counter() - began


def opened(home: Path) -> Reader:
    """A reader of what `built` made."""
    return open_engine(Settings(home=home)).reader(expect=None)


def word_half(
    corpus: Corpus, asked: Sequence[str], embedder: Embedder, names: Sequence[str]
) -> list[Row]:
    """This program's word half beside those of ``names`` (see `PEERS`); today's scope."""
    scope = Scope.everything(as_of=date.today())
    questions = trees(asked)
    rows: list[Row] = []
    with TemporaryDirectory() as name:
        home = Path(name)
        seconds = built(home, corpus, embedder, len(corpus.entries))
        reader = opened(home)
        own, clock, cpu = timed(partial(_words, reader, scope), questions)
        size = size_mb(next(home.glob("index/gen-*")) / "keyword")
        rows.append(
            row("shuniu", clock, cpu, build_s=seconds, megabytes=size, note="both halves built")
        )
        reader.close()
    for peer in (p for p in PEERS if p.name in names):
        with TemporaryDirectory() as name:
            began = time.perf_counter()
            ask = peer.build(Path(name), corpus.entries, LIMIT)
            seconds = time.perf_counter() - began
            found, clock, cpu = timed(ask, questions)
            size = size_mb(Path(name)) or -1.0
        shared = np.mean([_overlap(a, b) for a, b in zip(own, found, strict=True)])
        note = f"{peer.note}; first ten shared {shared:.2f}"
        rows.append(row(peer.name, clock, cpu, build_s=seconds, megabytes=size, note=note))
    return rows


def _words(reader: Reader, scope: Scope, tree: Or) -> list[str]:
    return [m.id for m in reader.keyword(tree, scope, LIMIT)]


def _overlap(a: Sequence[str], b: Sequence[str]) -> float:
    return len(set(a[:10]) & set(b[:10])) / max(1, len(set(a[:10])))


def vector_half(corpus: Corpus, asked: Sequence[str], embedder: Embedder) -> list[Row]:
    """This program's vector half beside faiss's flat index, with all, 10, 1 and 0.1 % admitted."""
    from kb.engine.embedded.flat import selector

    total = len(corpus.entries)
    order = np.random.default_rng(1).permutation(total)
    dated = [
        # None ends: faiss's selector admits what ended, too, and recall is of the same rows.
        replace(e, valid_from=DAY_ONE + int(n), valid_to=NO_END)
        for e, n in zip(corpus.entries, order, strict=True)
    ]
    questions = list(embedder.encode_queries(list(asked)))
    index = _flat(corpus.vectors)
    rows: list[Row] = []
    with TemporaryDirectory() as name:
        seconds = built(Path(name), Corpus(dated, corpus.vectors), embedder, total)
        reader = opened(Path(name))
        for share in SHARES:
            kept = max(1, int(total * share))
            on = None if share == 1.0 else date.fromordinal(DAY_ONE + kept - 1)
            scope = Scope.everything(as_of=on)
            chosen = None if on is None else selector(order < kept)
            found, clock, cpu = timed(partial(_near, reader, scope), questions)
            exact, flat_clock, flat_cpu = timed(partial(_ask, index, chosen), questions)
            recall = np.mean(
                [
                    len(set(a) & {dated[r].id for r in b}) / len(b)
                    for a, b in zip(found, exact, strict=True)
                ]
            )
            of = f"{share:.1%} admitted"
            note = f"recall@{LIMIT} {recall:.3f}"
            rows.append(row(f"shuniu, {of}", clock, cpu, note=note))
            rows.append(row(f"faiss flat, {of}", flat_clock, flat_cpu, note="32 bit"))
        reader.close()
    return [replace(rows[0], build_s=seconds), *rows[1:]]


def _near(reader: Reader, scope: Scope, question: NDArray[np.float32]) -> list[str]:
    return [m.id for m in reader.nearest(question, scope, LIMIT)]


def _flat(vectors: Vectors) -> Any:
    from kb.engine.embedded.codec import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def _ask(index: Any, chosen: Any, question: NDArray[np.float32]) -> list[int]:
    _, rows = index.search(question[None, :], LIMIT, params=chosen)
    return [int(r) for r in rows[0] if r >= 0]
