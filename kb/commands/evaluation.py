"""``kb eval``: measure the answers to judged questions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kb import evaluate
from kb.commands.output import day_of, print_json, table
from kb.commands.seat import add_user, seat
from kb.engine.query import Field
from kb.errors import EvaluationError
from kb.model import Scope
from kb.retrieve import Stages

WEIGHTS = {"fused": None, "word": 0.0, "bigram": 0.0, "keyword": 0.0, "vector": 1.0}
FIELDS = {
    "word": frozenset((Field.WORDS, Field.TITLE, Field.HEADING, Field.NUMBER)),
    "bigram": frozenset((Field.BIGRAMS,)),
}
"""Half → the only fields asked; the others ask all."""
STAGES = ("ranker", "synonyms", "known")
MAIN = "recall@10"
"""The figure by which gains and losses are told."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("--queries", type=Path, required=True, help="问题（BEIR queries.jsonl）")
    parser.add_argument("--qrels", type=Path, required=True, help="评判（BEIR qrels.tsv）")
    parser.add_argument("--run", type=Path, dest="run_file", help="把答案写成 TREC run 文件")
    parser.add_argument("--level", choices=("passage", "document"), default="passage")
    parser.add_argument(
        "--half",
        choices=tuple(WEIGHTS),
        default="fused",
        help="只用一部分检索：词、二字、关键词（两者）、向量；默认全部",
    )
    parser.add_argument(
        "--without", choices=STAGES, nargs="+", default=[], help="不用某些环节，看各占多少"
    )
    parser.add_argument(
        "--no-known", action="store_const", const="known", help="不用已知问答（同 --without known）"
    )
    parser.add_argument("--against", type=Path, metavar="RUN", help="与存下的 run 逐题比较")
    parser.add_argument("--floors", type=Path, metavar="TOML", help="低于其中下限时以 1 退出")
    parser.add_argument("--as-of", metavar="日期", help="只算当日有效的（默认全部版本）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    add_user(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, measure, print. 1 where a floor does not hold."""
    queries = evaluate.read_queries(args.queries)
    qrels = evaluate.read_qrels(args.qrels)
    if args.level == "document":
        qrels = evaluate.by_document(qrels)
    before = evaluate.read_run(args.against) if args.against else None
    off = {*args.without, args.no_known}
    on = {name: name not in off for name in STAGES}
    stages = Stages(**on, fields=FIELDS.get(args.half))
    scope = Scope.everything(as_of=day_of(args.as_of) if args.as_of else None)
    with seat(args) as opened:
        base = opened.measuring()

        def ask(query: str) -> Sequence[tuple[str, float]]:
            ranked = base.rank(
                query, scope, limit=evaluate.DEPTH, weight=WEIGHTS[args.half], stages=stages
            )
            answers = [(r.id, r.score) for r in ranked]
            return evaluate.documents(answers) if args.level == "document" else answers

        found = evaluate.evaluate(ask, queries, qrels)
    if args.run_file:
        evaluate.write_run(args.run_file, found.run)
    if args.json:
        print_json(found.as_json())
    else:
        print(table(_shown(found, qrels)))
    if before is not None:
        _compare(before, found, queries, qrels)
    failed = evaluate.below(found.figures, args.floors) if args.floors else []
    for name, value, floor in failed:
        print(f"{name} 为 {value:.4f}，低于下限 {floor}", file=sys.stderr)
    return 1 if failed else 0


def _shown(found: evaluate.Evaluation, qrels: dict[str, dict[str, int]]) -> list[tuple[str, str]]:
    """Each figure with its interval (95 %, bootstrap over the questions)."""
    rows = [(name, f"{value}") for name, value in found.as_json().items()]
    told = []
    for name, shown in rows:
        if name in found.figures:
            values = list(evaluate.per_query(found.run, qrels, name).values())
            low, high = evaluate.interval(values)
            told.append((name, f"{shown}（95%：{low:.4f} – {high:.4f}）"))
        else:
            told.append((name, shown))
    return told


def _compare(
    before: dict[str, list[tuple[str, float]]],
    found: evaluate.Evaluation,
    queries: dict[str, str],
    qrels: dict[str, dict[str, int]],
) -> None:
    """Gains and losses, to stderr: stdout holds the figures."""
    if not before.keys() & found.run.keys():
        raise EvaluationError("存下的 run 与本次没有相同的问题", hint="检查 --against")
    changed = evaluate.changes(before, found.run, qrels, MAIN)
    for change in changed:
        mark = "+" if change.after > change.before else "-"
        said = f"{mark} {change.before:.2f} → {change.after:.2f}  {queries[change.query]}"
        print(said, file=sys.stderr)
    gains = sum(change.after > change.before for change in changed)
    same = len(before.keys() & found.run.keys()) - len(changed)
    print(f"升 {gains}、降 {len(changed) - gains}、不变 {same}（{MAIN}）", file=sys.stderr)
