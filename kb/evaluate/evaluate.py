"""Ask every judged question, measure the answers and the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles

from kb.errors import EvaluationError
from kb.evaluate.beir import Qrels, Run
from kb.evaluate.metrics import REPORTED

DEPTH = 100
"""Answers asked for, a question."""

Ask = Callable[[str], Sequence[tuple[str, float]]]
"""Question text → (id, score), best first."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over the judged questions, and what was answered."""

    figures: Mapping[str, float]
    queries: int
    ms_p50: float
    ms_p95: float
    run: Run

    def as_json(self) -> dict[str, float | int]:
        """The contract of ``kb eval --json``."""
        return {
            "queries": self.queries,
            **{name: round(value, 4) for name, value in self.figures.items()},
            "ms_p50": round(self.ms_p50, 2),
            "ms_p95": round(self.ms_p95, 2),
        }


def evaluate(ask: Ask, queries: Mapping[str, str], qrels: Qrels) -> Evaluation:
    """Measure ``ask`` on every question that has a judgement.

    Raises:
        EvaluationError: no question has one.
    """
    judged = [query for query in queries if query in qrels]
    if not judged:
        raise EvaluationError("没有一个问题有评判", hint="检查问题与评判文件的编号是否一致")
    run: dict[str, Sequence[tuple[str, float]]] = {}
    took: list[float] = []
    for query in judged:
        began = time.perf_counter()
        run[query] = ask(queries[query])
        took.append((time.perf_counter() - began) * 1000)
    rankings = {query: [id_ for id_, _ in run[query]] for query in judged}
    figures = {
        name: fmean(metric(rankings[query], qrels[query], k) for query in judged)
        for name, (metric, k) in REPORTED.items()
    }
    p95 = quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    return Evaluation(figures, len(judged), median(took), p95, run)


def by_document(qrels: Qrels) -> Qrels:
    """Judgements of passages as judgements of their documents (the part before ``#``)."""
    return {
        query: {target.partition("#")[0]: grade for target, grade in targets.items()}
        for query, targets in qrels.items()
    }


def documents(ranking: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """A ranking of passages as one of documents: each at its best passage."""
    best: dict[str, float] = {}
    for id_, score in ranking:
        best.setdefault(id_.partition("#")[0], score)
    return list(best.items())
