"""Judged questions: run, metrics, gate."""

from kb.evaluate.beir import read_qrels, read_queries, write_run
from kb.evaluate.evaluate import DEPTH, Evaluation, by_document, documents, evaluate

__all__ = [
    "DEPTH",
    "Evaluation",
    "by_document",
    "documents",
    "evaluate",
    "read_qrels",
    "read_queries",
    "write_run",
]
