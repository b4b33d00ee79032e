"""Judged questions in BEIR's form, runs in TREC's."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from kb.errors import EvaluationError, in_words

Qrels = dict[str, dict[str, int]]
"""Query id → relevant id → grade (> 0)."""

Run = Mapping[str, Sequence[tuple[str, float]]]
"""Query id → (id, score), best first."""


def read_queries(path: Path) -> dict[str, str]:
    """``queries.jsonl``: one ``{"_id", "text"}`` a line.

    Raises:
        EvaluationError: the file is missing, or a line is not of that form (names the line).
    """
    queries: dict[str, str] = {}
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            queries[str(row["_id"])] = str(row["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise EvaluationError(
                f"{path} 第 {number} 行不是评测问题", hint='每行应为 {"_id": …, "text": …}'
            ) from error
    return queries


def read_qrels(path: Path) -> Qrels:
    """``qrels.tsv``: a heading line, then ``query-id``, ``corpus-id``, ``score``.

    Raises:
        EvaluationError: the file is missing or a line is not of that form (names the line).
    """
    qrels: Qrels = {}
    rows = csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, start=1):
        if not row or (number == 1 and row[0] == "query-id"):
            continue
        try:
            query, target, grade = row[0], row[1], int(row[2])
        except (IndexError, ValueError) as error:
            raise EvaluationError(
                f"{path} 第 {number} 行不是评判",
                hint="每行应为 问题编号、条文编号、分值，以制表符分隔",
            ) from error
        if grade > 0:
            qrels.setdefault(query, {})[target] = grade
    return qrels


def write_run(path: Path, run: Run, tag: str = "kb") -> None:
    """A TREC run: ``query Q0 id rank score tag``; white space in an id becomes ``%20``."""
    lines = [
        f"{query} Q0 {target.replace(' ', '%20')} {rank} {score:.6f} {tag}\n"
        for query, ranking in run.items()
        for rank, (target, score) in enumerate(ranking, start=1)
    ]
    path.write_text("".join(lines), encoding="utf-8")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise EvaluationError(
            f"评测文件{in_words(error)}：{path}", hint="检查路径是否写对"
        ) from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"评测文件无法读取：{path}", hint="编码应为 UTF-8") from error
