"""``kb questions``: what people asked before and which article answered it."""

from __future__ import annotations

import argparse
from pathlib import Path

from kb.commands.output import print_json
from kb.commands.seat import add_user, seat
from kb.errors import NotFound
from kb.evaluate import read_qrels, read_queries
from kb.model import Scope

IDS = "kb questions list 中的号"


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
    for name, off, says in (
        ("off", True, "停用问答（留着，不再起作用）"),
        ("on", False, "重新启用问答"),
    ):
        switch = doing.add_parser(name, help=says)
        switch.add_argument("ids", type=int, nargs="+", metavar="号", help=IDS)
        switch.set_defaults(run=switched, off=off)
    right = doing.add_parser("correct", help="改正：这个问题该由哪一条回答")
    right.add_argument("id", type=int, metavar="号", help=IDS)
    right.add_argument("--article", required=True, metavar="条文编号", help="如 路径#第十二条")
    right.set_defaults(run=correct)
    gone = doing.add_parser("remove", help="删去问答")
    gone.add_argument("ids", type=int, nargs="*", metavar="号", help=IDS)
    gone.add_argument("--all", action="store_true", help="全部删去")
    gone.set_defaults(run=remove)
    for command in doing.choices.values():
        add_user(command)


def add_pairs(args: argparse.Namespace) -> int:
    """Keep the pairs whose article is there. 0 all kept, 1 some were not."""
    queries, qrels = read_queries(args.queries), read_qrels(args.qrels)
    pairs = [(queries[q], a) for q, found in qrels.items() if q in queries for a in found]
    with seat(args) as base:
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
    with seat(args) as base:
        rows = base.people.known()
    if args.json:
        print_json(
            [
                {
                    "id": r.id,
                    "question": r.question,
                    "passage": r.passage_id,
                    "who": r.who,
                    "off": r.off,
                }
                for r in rows
            ]
        )
    else:
        for row in rows:
            told = [f"{row.id}", row.question, row.passage_id]
            told += [f"（{row.who} 标为有用）"] if row.who else []
            told += ["（已停用）"] if row.off else []
            print("\t".join(told))
    return 0 if rows else 1


def remove(args: argparse.Namespace) -> int:
    """Forget pairs.

    Raises:
        NotFound: none of the numbers is there, or none was given.
    """
    with seat(args) as base:
        gone = base.people.remove_known(None if args.all else args.ids)
    if not gone:
        raise NotFound("没有删去任何问答", hint="用 kb questions list 查看号码，或加 --all")
    print(f"删去 {gone} 条")
    return 0


def switched(args: argparse.Namespace) -> int:
    """Let pairs no longer count, or count again.

    Raises:
        NotFound: none of the numbers is there.
    """
    with seat(args) as base:
        found = base.people.switch_known(args.ids, off=args.off)
    if not found:
        raise NotFound("没有这些号", hint="用 kb questions list 查看号码")
    print(f"{'停用' if args.off else '启用'} {found} 条")
    return 0


def correct(args: argparse.Namespace) -> int:
    """Put another article in place of the one that was kept.

    Raises:
        NotFound: no such number, or no such article.
    """
    with seat(args) as base:
        row = base.passage(args.article, Scope.everything(as_of=None))
        if not base.people.correct_known(args.id, row.passage.id):
            raise NotFound(f"没有 {args.id} 号", hint="用 kb questions list 查看号码")
    print(f"{args.id} 号改为 {row.passage.id}")
    return 0
