"""Read and cut a folder of papers: speed, articles, gaps, dates, bases, repeals, citations.

    python benchmarks/read_laws.py FOLDER [--workers 1] [--home DIR] [--profile]

Reading is timed by itself; with ``--home`` the papers then go into a catalogue there (no vectors),
every citation is resolved against all of them, and the reasons for abstaining are counted.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from indexer.papers import papers  # noqa: E402
from indexer.pool import Lost, run  # noqa: E402
from indexer.sources import scan  # noqa: E402
from kb.errors import ReadError  # noqa: E402
from kb.model import Paper  # noqa: E402


def read_one(task: tuple[Path, str]) -> list[Paper] | str:
    """One file's papers, or why it was not read. Runs in a worker process."""
    path, name = task
    try:
        return papers(path, name=name, source="", overrides={}, max_bytes=10**8)
    except ReadError as error:
        return f"{name}：{error.why}"


def read_all(folder: Path, workers: int) -> Iterator[tuple[str, list[Paper] | str]]:
    """Every file below a folder, through the indexer's pool (``workers`` 0: in this process)."""
    tasks = [(found.absolute, found.relative) for found in scan(folder)]
    if not workers:
        yield from ((task[1], read_one(task)) for task in tasks)
        return
    for task, result in run(read_one, tasks, workers=workers, seconds=300):
        yield task[1], f"{task[1]}：{result.why}" if isinstance(result, Lost) else result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    profile = cProfile.Profile()
    if args.profile:
        profile.enable()
    began, worked = time.perf_counter(), time.process_time()
    found = list(read_all(args.folder, args.workers))
    seconds = time.perf_counter() - began
    worked = time.process_time() - worked
    profile.disable()
    size = sum(entry.absolute.stat().st_size for entry in scan(args.folder)) / 1e6
    read = [paper for _, result in found if not isinstance(result, str) for paper in result]
    print(f"read {len(found)} files, {size:.1f} MB in {seconds:.1f} s: {size / seconds:.2f} MB/s")
    if not args.workers:
        # On a machine that others use, too, this says more than the clock.
        print(f"{worked:.1f} s of processor: {size / worked:.2f} MB/s on one core")
    for _, result in found:
        if isinstance(result, str):
            print("  not read:", result)
    if args.profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    described(read)
    if args.home:
        from support_resolve import resolve_all

        resolve_all(args.home, read)


def described(read: list[Paper]) -> None:
    """Print what was found, each with its denominator."""
    gaps = [p for p in read if p.report.get("gaps")]
    print(f"papers {len(read)}, articles {sum(int(str(p.report['articles'])) for p in read)}")
    print(f"broken sequence {len(gaps)} of {sum(1 for p in read if p.report['articles'])}")
    for paper in gaps:
        print("  ", paper.path, str(paper.report["gaps"])[:80])
    counts: Counter[str] = Counter()
    for paper in read:
        d = paper.description
        counts["effective"] += d.effective is not None
        counts["issued"] += d.issued is not None
        counts["issuer"] += bool(d.issuer)
        counts["number"] += bool(d.number)
        counts["bases"] += "bases" in dict(d.facts)
        counts["repeals"] += bool(d.repeals)
        counts["citations"] += len(paper.citations)
    for name, count in counts.items():
        print(f"{name}: {count} of {len(read)}")


if __name__ == "__main__":
    main()
