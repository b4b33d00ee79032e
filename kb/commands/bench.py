"""``kb bench``: this program beside others, on a home's own passages, in one run."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path

from kb.commands.output import settings_of
from kb.commands.seat import noted
from kb.errors import ConfigError

PARTS = ("word", "vector", "whole", "open", "grow")
NEEDS = {"bm25s": "bm25s"}


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--queries", type=Path, required=True, metavar="文件", help="问题，BEIR 格式"
    )
    parser.add_argument(
        "--part", nargs="*", choices=PARTS, default=list(PARTS), help="只测哪几部分"
    )
    parser.add_argument(
        "--peers",
        nargs="*",
        default=["tantivy (raw)", "SQLite FTS5", "bm25s"],
        metavar="名称",
        help="与哪些相比：'tantivy (raw)'、'SQLite FTS5'、bm25s、Whoosh（很慢）",
    )
    parser.add_argument("--most", type=int, metavar="数", help="只取前若干个检索单元")
    parser.add_argument("--asked", type=int, default=200, metavar="数", help="问题数（默认 200）")
    parser.add_argument(
        "--grow",
        nargs="*",
        type=int,
        default=[10_000, 147_000],
        metavar="数",
        help="增长到多少个检索单元",
    )
    parser.add_argument("--svg", type=Path, metavar="文件", help="把增长曲线画到这里")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 measured."""
    from kb.base import KnowledgeBase
    from kb.bench import engines, whole
    from kb.bench.chart import growth
    from kb.bench.corpus import of_home, questions
    from kb.bench.measure import Row, table
    from kb.embed import load

    peers = args.peers if "word" in args.part else ()  # nothing else is measured beside others
    missing = [p for p in ("psutil", *map(NEEDS.get, peers)) if p and find_spec(p) is None]
    if missing:
        raise ConfigError(
            f"缺少比较所需的软件包：{'、'.join(missing)}",
            hint="python -m pip install -e '.[bench]'",
        )
    settings = settings_of(args)
    noted(settings, "bench", "、".join(args.part))
    asked = questions(args.queries, args.asked)
    embedder = load(settings)
    found: dict[str, list[Row]] = {}
    with KnowledgeBase.open(settings) as base:
        if "whole" in args.part:
            found["whole"] = whole.whole_query(base, asked)
        if "open" in args.part:
            found.setdefault("whole", []).append(whole.opening(settings.home))
        if {"word", "vector", "grow"} & set(args.part):
            print("正在切分……", file=sys.stderr)
            corpus = of_home(base, args.most)
    if "word" in args.part:
        found["word"] = engines.word_half(corpus, asked, embedder, args.peers)
    if "vector" in args.part:
        found["vector"] = engines.vector_half(corpus, asked, embedder)
    if "grow" in args.part:
        found["grow"] = whole.grown(corpus, asked, embedder, args.grow)
        if args.svg:
            args.svg.write_text(
                growth(found["grow"], "检索单元增长时（两半合计，一个线程）"), "utf-8"
            )
    if args.json:
        print(json.dumps({k: [r.as_json() for r in v] for k, v in found.items()}, indent=1))
    else:
        for part, rows in found.items():
            print(f"\n{TITLES[part]}（{len(asked)} 个问题）\n\n{table(rows)}")
    return 0


TITLES = {"whole": "整个查询", "word": "字词", "vector": "向量", "grow": "增长"}
