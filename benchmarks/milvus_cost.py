"""What the same passages cost on Milvus and embedded: seconds, processor, memory, disk.

    python benchmarks/milvus_cost.py HOME --stard DIR [-n 20]

HOME has an embedded index (of a base made by ``part_of_laws.py``, for a scope that lets through a
part). Starts a milvus-lite of its own, one process on loopback, and writes the entries of the
catalogue with the vectors as stored to it and to a new embedded index; each step runs in a process
of its own, so that its memory is its own. Linux only (peaks from ``/proc``). milvus-lite keeps
everything in one process: what it takes says little of the speed of a cluster.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from indexer.move import _batches
from kb.base import KnowledgeBase
from kb.bench.measure import size_mb
from kb.catalogue import Catalogue
from kb.config import Settings, load_settings
from kb.engine import open_engine
from kb.engine.dictionary import follow
from kb.engine.protocol import Entry, Vectors
from kb.errors import EngineError
from kb.evaluate.beir import read_queries
from kb.model import ALL_KINDS, Scope, Tier
from tests.support.milvus import Lite

SOME = Scope(
    "",
    date(2023, 6, 1),
    ALL_KINDS,
    frozenset({Tier.PUBLIC, Tier.INTERNAL}),
    frozenset({"财务处"}),
)
SCOPES = {"whole": Scope.everything(as_of=None), "scoped": SOME}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--stard", type=Path, required=True)
    parser.add_argument("-n", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    queries = read_queries(args.stard / "queries.jsonl")
    asked = [queries[q] for q in random.Random(args.seed).sample(sorted(queries), args.n)]
    source = load_settings(args.home, engine="tantivy")
    work, server = Path(tempfile.mkdtemp(prefix="kb-cost-")), Lite()
    try:
        whole = alone(reading, source)
        told("entries and vectors only", whole)
        here = Settings(home=work / "home", engine="tantivy", workers=1)
        told("embedded: written", alone(writing, source, here), whole)
        print(f"  disk {size_mb(here.index_dir):,.0f} MB")
        there = replace(server.settings(args.home), home=args.home)
        before = of_server(server)
        told("Milvus: written, the client", alone(writing, source, there), whole)
        after = of_server(server)
        print(f"  the server: processor {after['cpu'] - before['cpu']:.1f} s, {shown(after)}")
        print(f"  disk {size_mb(server.folder / 'data'):,.0f} MB")
        told("embedded: asked", alone(asking, source, asked))
        before = of_server(server)
        told("Milvus: asked, the client", alone(asking, there, asked))
        after = of_server(server)
        print(f"  the server: processor {after['cpu'] - before['cpu']:.1f} s, {shown(after)}")
        server.kill()
        began = time.perf_counter()
        server.start()
        told("Milvus: asked after a restart, the client", alone(asking, there, asked[:2]))
        print(
            f"  {time.perf_counter() - began:.1f} s in all; the server: {shown(of_server(server))}"
        )
    finally:
        server.close()
        shutil.rmtree(work)


def reading(source: Settings) -> dict[str, float]:
    return {"passages": through(source, lambda entries, vectors: None)}


def writing(source: Settings, target: Settings) -> dict[str, float]:
    engine = open_engine(source)
    versions, number = engine.versions(), engine.current()
    assert versions is not None
    with open_engine(target).writer(versions, fresh=True, number=number) as writer:
        count = through(source, lambda e, v: writer.add(e, v, stored=True))
        began = time.perf_counter()
        writer.publish()
    return {"passages": count, "publish_s": time.perf_counter() - began}


def asking(settings: Settings, asked: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    with KnowledgeBase.open(settings) as base:
        base.rank(asked[0], SCOPES["whole"], limit=10)
        for name, scope in SCOPES.items():
            took = []
            for text in asked:
                began = time.perf_counter()
                try:
                    base.rank(text, scope, limit=10)
                except EngineError as error:
                    # A filter over a large base: the server takes longer than we wait.
                    print(f"  {name}: {error}", flush=True)
                    took.append(math.inf)
                    break
                took.append((time.perf_counter() - began) * 1000)
            found[f"{name}_p50_ms"] = statistics.median(took)
            found[f"{name}_max_ms"] = max(took)
    return found


def through(source: Settings, do: Callable[[list[Entry], Vectors], None]) -> int:
    """Every passage of a base, in batches; how many."""
    engine, count = open_engine(source), 0
    versions = engine.versions()
    assert versions is not None
    follow(source, versions)
    with closing(engine.reader(expect=None)) as reader, Catalogue.open(source) as catalogue:
        for entries in _batches(catalogue.reader(reader.generation)):
            do(entries, reader.vectors([entry.id for entry in entries]))
            count += len(entries)
    return count


def alone(act: Callable[..., dict[str, float]], *given: Any) -> dict[str, float]:
    """What it found and took, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (act, given))


def _measured(act: Callable[..., dict[str, float]], given: tuple[Any, ...]) -> dict[str, float]:
    began, cpu = time.perf_counter(), time.process_time()
    found = act(*given)
    took = {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    return found | took | memory(psutil.Process())


def of_server(server: Lite) -> dict[str, float]:
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    times = process.cpu_times()
    return {"cpu": times.user + times.system} | memory(process)


def memory(process: psutil.Process) -> dict[str, float]:
    """MB. Not ``ru_maxrss``: a process inherits that of the one that started it."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return {"rss": process.memory_info().rss / 1e6, "peak": peak * 1024 / 1e6}


def told(what: str, found: dict[str, float], less: dict[str, float] | None = None) -> None:
    print(f"{what}: {found['wall']:.1f} s, processor {found['cpu']:.1f} s, {shown(found)}")
    for name, value in found.items():
        if name.endswith(("_ms", "_s", "passages")):
            print(f"  {name} {value:,.1f}")
    if less is not None:
        net = found["wall"] - less["wall"]
        print(f"  without cutting words and reading vectors {net:.1f} s,", end=" ")
        print(f"{found['passages'] / net:,.0f} passages/s", flush=True)


def shown(found: dict[str, float]) -> str:
    return f"memory {found['rss']:,.0f} MB, at most {found['peak']:,.0f} MB"


if __name__ == "__main__":
    main()
