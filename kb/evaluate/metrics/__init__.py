"""Metrics, one a file, each tested by hand arithmetic. Each takes (ranking, relevant, k)."""

from collections.abc import Callable, Mapping, Sequence

from kb.evaluate.metrics.mrr import reciprocal_rank
from kb.evaluate.metrics.ndcg import ndcg
from kb.evaluate.metrics.recall import recall

Metric = Callable[[Sequence[str], Mapping[str, int], int], float]

REPORTED: dict[str, tuple[Metric, int]] = {
    "recall@1": (recall, 1),
    "recall@5": (recall, 5),
    "recall@10": (recall, 10),
    "recall@20": (recall, 20),
    "recall@100": (recall, 100),
    "mrr@10": (reciprocal_rank, 10),
    "ndcg@10": (ndcg, 10),
}
"""Name in ``kb eval --json`` → metric and cut-off."""

__all__ = ["REPORTED", "Metric", "ndcg", "recall", "reciprocal_rank"]
