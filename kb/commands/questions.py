"""``kb questions``: what people asked before and which article answered it."""

from __future__ import annotations

import argparse
from pathlib import Path

from kb.base import KnowledgeBase
from kb.commands.output import print_json, settings_of
from kb.errors import NotFound
from kb.evaluate import read_qrels, read_queries
from kb.model import Scope


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    doing = parser.add_subparsers(dest="doing", metavar="动作", title="动作", required=True)
    new = doing.add_parser("add", help="加入问答", description="加入问答；不在库中的条文会点名跳过")
    new.add_argument("--queries", type=Path, required=True, help="问题（BEIR queries.jsonl）")
    new.add_argument("--qrels", type=Path, required=True, help="各题的条文（BEIR qrels.tsv）")
    new.set_defaults(run=add_pairs)
    shown = doing.add_parser("list", help="列出问答")
    shown.add_argument("--json", action="store_true", help="以 JSON 输出")
    shown.set_defaults(run=show)
    gone = doing.add_parser("remove", help="删去问答")
    gone.add_argument("ids", type=int, nargs="*", metavar="号", help="kb questions list 中的号")
    gone.add_argument("--all", action="store_true", help="全部删去")
    gone.set_defaults(run=remove)


def add_pairs(args: argparse.Namespace) -> int:
    """Keep the pairs whose article is there. 0 all kept, 1 some were not."""
    queries, qrels = read_queries(args.queries), read_qrels(args.qrels)
    pairs = [(queries[q], a) for q, found in qrels.items() if q in queries for a in found]
    with KnowledgeBase.open(settings_of(args)) as base:
        wanted = sorted({article for _, article in pairs})
        there = set(base.passages(wanted, Scope.everything(as_of=None)))
        kept = [pair for pair in pairs if pair[1] in there]
        added = base.people.add_known(kept)
    for article in sorted({article for _, article in pairs} - there):
        print(f"库中没有，跳过：{article}")
    print(f"加入 {added} 条，原已有 {len(set(kept)) - added} 条")
    return 0 if len(kept) == len(pairs) else 1


def show(args: argparse.Namespace) -> int:
    """Every pair with its number."""
    with KnowledgeBase.open(settings_of(args)) as base:
        rows = base.people.known()
    if args.json:
        print_json([{"id": r.id, "question": r.question, "passage": r.passage_id} for r in rows])
    else:
        for row in rows:
            print(f"{row.id}\t{row.question}\t{row.passage_id}")
    return 0 if rows else 1


def remove(args: argparse.Namespace) -> int:
    """Forget pairs.

    Raises:
        NotFound: none of the numbers is there, or none was given.
    """
    with KnowledgeBase.open(settings_of(args)) as base:
        gone = base.people.remove_known(None if args.all else args.ids)
    if not gone:
        raise NotFound("没有删去任何问答", hint="用 kb questions list 查看号码，或加 --all")
    print(f"删去 {gone} 条")
    return 0
