"""``kb train``: fit the embedding that ships with the program."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="目录", help="训练对（*.jsonl）"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="目录", help="模型写到哪里")
    parser.add_argument("--seed", type=int, default=None, help="随机种子")
    parser.add_argument("--epochs", type=int, default=None, help="遍数")
    parser.add_argument("--dimensions", type=int, default=None, help="维数")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train and write the model folder."""
    from kb import train

    given = {
        name: getattr(args, name)
        for name in ("seed", "epochs", "dimensions")
        if getattr(args, name) is not None
    }
    train.run(args.data, args.out, **given)
    return 0
