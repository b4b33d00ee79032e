"""How far Milvus answers as the embedded engine does: the same first ten, and where they part.

    python benchmarks/engines_agree.py HOME --stard DIR [-n 100] [--filtered] [--halves]

The home's index must be in both (`kb migrate --engine milvus`); ``KB_MILVUS_URI`` and
``KB_MILVUS_NAME`` say where. Tantivy counts removed passages in its word statistics until it
merges, and the first run of `kb index` removes some that it adds again: ``--embedded`` names a
copy of the home whose index was moved back, which has none. ``--halves`` compares the halves,
300 deep, too. ``--filtered`` asks as a reader of two tiers and one department on a day (a base
made by ``part_of_laws.py``). Prints one line a question that differs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from datetime import date
from pathlib import Path

from kb.base import KnowledgeBase
from kb.config import load_settings
from kb.evaluate.beir import read_qrels, read_queries
from kb.evaluate.evaluate import evaluate
from kb.model import ALL_KINDS, Scope, Tier
from kb.retrieve import EVERY_STAGE
from kb.retrieve.candidates import question_vector
from kb.retrieve.search import DEPTH

TOP = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--embedded", type=Path)
    parser.add_argument("--stard", type=Path, required=True)
    parser.add_argument("-n", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--filtered", action="store_true")
    parser.add_argument("--halves", action="store_true")
    args = parser.parse_args()
    queries = read_queries(args.stard / "queries.jsonl")
    qrels = read_qrels(args.stard / "qrels.tsv")
    some = random.Random(args.seed).sample(sorted(queries), min(args.n, len(queries)))
    scope = Scope.everything(as_of=None)
    if args.filtered:
        tiers = frozenset({Tier.PUBLIC, Tier.INTERNAL})
        scope = Scope("", date(2023, 6, 1), ALL_KINDS, tiers, frozenset({"财务处"}))
    here = load_settings(args.embedded or args.home, engine="tantivy")
    there = load_settings(args.home, engine="milvus")
    with KnowledgeBase.open(here) as mine, KnowledgeBase.open(there) as its:
        compare(mine, its, scope, {q: queries[q] for q in some}, qrels, halves=args.halves)


def compare(
    mine: KnowledgeBase,
    its: KnowledgeBase,
    scope: Scope,
    queries: dict[str, str],
    qrels: dict[str, dict[str, int]],
    *,
    halves: bool,
) -> None:
    same = first = sets = 0
    took: list[float] = []
    runs: tuple[dict[str, list[tuple[str, float]]], ...] = ({}, {})
    overlap: dict[str, list[float]] = {"words": [], "meaning": []}
    for number, (query, text) in enumerate(queries.items(), start=1):
        ranked = []
        for base, run in zip((mine, its), runs, strict=True):
            began = time.perf_counter()
            run[query] = [(r.id, r.score) for r in base.rank(text, scope, limit=100)]
            ranked.append([id_ for id_, _ in run[query][:TOP]])
        took.append(time.perf_counter() - began)
        same += ranked[0] == ranked[1]
        sets += set(ranked[0]) == set(ranked[1])
        first += ranked[0][:1] == ranked[1][:1]
        said = ""
        if halves:
            for name, share in of_halves(mine, its, scope, text).items():
                overlap[name].append(share)
                said += f" {name} {share:.3f}"
        if ranked[0] != ranked[1]:
            parts = [i for i, (a, b) in enumerate(zip(*ranked, strict=False), 1) if a != b]
            print(f"{query}: differs at {parts}{said}", flush=True)
        if number % 20 == 0:
            print(f"{number}: same {same}, same ten in any order {sets}", flush=True)
    many = len(queries)
    print(f"questions {many}; the same ten {same} ({same / many:.3f}), in any order {sets}, ")
    print(f"the same first {first}; median on Milvus {statistics.median(took):.2f} s")
    for name, shares in overlap.items():
        if shares:
            whole = sum(s == 1 for s in shares)
            print(f"{name}: mean overlap {statistics.mean(shares):.4f}, whole {whole} of {many}")
    there = set(mine.snapshot().reader.ids())
    judged = {q: qrels[q] for q in queries if there & qrels.get(q, {}).keys()}
    print(f"{len(judged)} of them have an answer in this base")
    for name, run in zip(("embedded", "Milvus"), runs, strict=True):
        if judged:
            found = evaluate(lambda query, run=run: run[query], {q: q for q in judged}, judged)
            print(name, {k: round(v, 4) for k, v in found.figures.items()})


def of_halves(mine: KnowledgeBase, its: KnowledgeBase, scope: Scope, text: str) -> dict[str, float]:
    """The share of the first `DEPTH` that both have, by half."""
    found: list[tuple[set[str], set[str]]] = []
    for base in (mine, its):
        retriever = base.snapshot().retriever
        asked = retriever.asked(text, EVERY_STAGE)
        row = question_vector(retriever.embedder, asked)
        found.append(
            (
                {m.id for m in retriever.reader.keyword(asked.tree, scope, DEPTH)},
                {m.id for m in retriever.reader.nearest(row, scope, DEPTH)},
            )
        )
    return {
        name: len(a & b) / max(len(a), 1)
        for name, a, b in zip(("words", "meaning"), *found, strict=True)
    }


if __name__ == "__main__":
    main()
