"""The whole query over a home, opening it, serving it with several threads, and its growth."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.base import KnowledgeBase
from kb.bench.corpus import Corpus
from kb.bench.engines import built, opened, trees
from kb.bench.measure import Row, resident_mb, row, size_mb, timed
from kb.embed import Embedder
from kb.model import Scope

THREADS = 8
LIMIT = 10


def whole_query(base: KnowledgeBase, asked: Sequence[str]) -> list[Row]:
    """Ranked, with the scope of today; by one thread, then by `THREADS` at once."""
    scope = Scope.everything(as_of=date.today())

    def ask(question: str) -> list[str]:
        return [hit.id for hit in base.search(question, scope, limit=LIMIT).hits]

    alone, clock, cpu = timed(ask, asked)
    rows = [row("whole query, one thread", clock, cpu, megabytes=resident_mb())]
    with ThreadPoolExecutor(THREADS) as pool:
        began = time.perf_counter()
        together = list(pool.map(ask, [*asked, *asked]))
        seconds = time.perf_counter() - began
    wrong = sum(a != b for a, b in zip(together, [*alone, *alone], strict=True))
    a_second = len(together) / seconds
    rows.append(Row(f"{THREADS} threads", note=f"{a_second:.0f} queries/s, {wrong} wrong answers"))
    return rows


def opening(home: Path) -> Row:
    """A process that opens the home and asks one question: from its start to its end."""
    code = (
        "import sys; from datetime import date; from kb import KnowledgeBase;"
        "from kb.model import Scope; base = KnowledgeBase.open(sys.argv[1]);"
        "base.search('外借公章谁批', Scope.everything(as_of=date.today()), limit=1)"
    )
    times = []
    for _ in range(4):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, str(home)], check=True)  # noqa: S603 # ours
        times.append((time.perf_counter() - began) * 1000)
    return Row("new process, opened, first answer", sorted(times)[len(times) // 2])


def grown(
    corpus: Corpus, asked: Sequence[str], embedder: Embedder, sizes: Sequence[int]
) -> list[Row]:
    """Both halves of an index of each size, made by variation; memory in a process of its own."""
    rows: list[Row] = []
    for wanted in sizes:
        with TemporaryDirectory() as name:
            seconds = built(Path(name), corpus, embedder, wanted)
            size = size_mb(Path(name))
            done = subprocess.run(  # noqa: S603 # ours
                [sys.executable, "-m", "kb.bench.whole", name],
                input=json.dumps(list(asked)),
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(done.stdout)
            rows.append(
                row(
                    f"{wanted:,}",
                    found["clock"],
                    found["cpu"],
                    build_s=seconds,
                    megabytes=found["resident"],
                    note=f"{size:,.0f} MB on disk",
                )
            )
    return rows


def serve(home: Path) -> None:
    """Ask an index the questions on standard input; times and memory on standard output."""
    from kb.config import Settings
    from kb.embed import load

    asked = json.loads(sys.stdin.read())
    embedder = load(Settings(home=home))
    reader = opened(home)
    scope = Scope.everything(as_of=date.today())
    pairs = list(zip(trees(asked), embedder.encode_queries(asked), strict=False))

    def ask(pair: tuple[object, object]) -> object:
        tree, vector = pair
        return reader.keyword(tree, scope, 300), reader.nearest(vector, scope, 300)  # type: ignore[arg-type]

    _, clock, cpu = timed(ask, pairs)
    print(json.dumps({"clock": clock, "cpu": cpu, "resident": resident_mb()}))


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
