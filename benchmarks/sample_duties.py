"""Draw the articles whose duties and limits are labelled by hand; print ids, or text to read.

    python benchmarks/sample_duties.py HOME 300 --seed 9 > ids.tsv
    python benchmarks/sample_duties.py HOME 300 --seed 9 --read --from 1 --to 60

HOME holds the base of all laws (147,283 articles). The draw depends on the sorted ids and the
seed only. Without ``--read`` no character of a law is printed.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
from pathlib import Path

ARTICLES = """
    SELECT version.path, node.label, node.text FROM node
    JOIN version ON version.id = node.version_id
    WHERE node.level = '条' AND version.died IS NULL
"""


def articles(home: Path) -> dict[str, str]:
    """Every article of the base: ``path#label`` → text; of two of one label the first alone."""
    base = sqlite3.connect(f"file:{home / 'index.sqlite'}?mode=ro&immutable=1", uri=True)
    found: dict[str, str] = {}
    for path, label, text in base.execute(ARTICLES + "ORDER BY version.path, node.ordinal"):
        found.setdefault(f"{path}#{label}", text)
    base.close()
    return found


def draw(home: Path, count: int, seed: int, without: frozenset[str] = frozenset()) -> list[str]:
    """``count`` ids in the order drawn; ``without`` are left out before the draw."""
    ids = sorted(set(articles(home)) - without)
    return random.Random(seed).sample(ids, count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("number", type=int)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--read", action="store_true", help="print the text too, to be read")
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--to", dest="last", type=int, default=10**9)
    args = parser.parse_args()
    texts = articles(args.home) if args.read else {}
    for number, ident in enumerate(draw(args.home, args.number, args.seed), start=1):
        if not args.first <= number <= args.last:
            continue
        if args.read:
            print(f"{number} {ident.rsplit('/', 1)[-1]}\n{texts[ident]}")
        else:
            print(number, ident, sep="\t")


if __name__ == "__main__":
    main()
