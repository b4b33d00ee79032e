"""Judged questions: run, metrics, gate."""

from kb.evaluate.beir import read_qrels, read_queries, write_run
from kb.evaluate.compare import Change, below, changes, interval, per_query, read_run
from kb.evaluate.evaluate import DEPTH, Evaluation, by_document, documents, evaluate

__all__ = [
    "DEPTH",
    "Change",
    "Evaluation",
    "below",
    "by_document",
    "changes",
    "documents",
    "evaluate",
    "interval",
    "per_query",
    "read_qrels",
    "read_queries",
    "read_run",
    "write_run",
]
