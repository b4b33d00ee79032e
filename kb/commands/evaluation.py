"""``kb eval``: measure the answers to judged questions."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from kb import evaluate
from kb.base import KnowledgeBase
from kb.commands.output import day_of, print_json, settings_of, table
from kb.model import Scope

WEIGHTS = {"fused": None, "word": 0.0, "vector": 1.0}


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("--queries", type=Path, required=True, help="问题（BEIR queries.jsonl）")
    parser.add_argument("--qrels", type=Path, required=True, help="评判（BEIR qrels.tsv）")
    parser.add_argument("--run", type=Path, dest="run_file", help="把答案写成 TREC run 文件")
    parser.add_argument("--level", choices=("passage", "document"), default="passage")
    parser.add_argument("--half", choices=tuple(WEIGHTS), default="fused", help="只用一半检索")
    parser.add_argument("--as-of", metavar="日期", help="只算当日有效的（默认全部版本）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, measure, print."""
    queries = evaluate.read_queries(args.queries)
    qrels = evaluate.read_qrels(args.qrels)
    if args.level == "document":
        qrels = evaluate.by_document(qrels)
    scope = Scope.everything(as_of=day_of(args.as_of) if args.as_of else None)
    with KnowledgeBase.open(settings_of(args)) as base:

        def ask(query: str) -> Sequence[tuple[str, float]]:
            ranked = base.rank(query, scope, limit=evaluate.DEPTH, weight=WEIGHTS[args.half])
            answers = [(r.id, r.score) for r in ranked]
            return evaluate.documents(answers) if args.level == "document" else answers

        found = evaluate.evaluate(ask, queries, qrels)
    if args.run_file:
        evaluate.write_run(args.run_file, found.run)
    if args.json:
        print_json(found.as_json())
    else:
        print(table([(name, f"{value}") for name, value in found.as_json().items()]))
    return 0
