"""Embeddings that have not seen some of the training questions, to fit the ranker with.

    python benchmarks/train_folds.py --stard DIR --data DIR --out DIR [--dimensions N --members M]

The training questions are halved by a fixed seed; for each half a model is trained on ``--data``
without the pairs whose question is in it. ``folds.json`` says which question is in which. The
shipped ranker was fitted with ``--dimensions 512 --members 1``: half a model, a third of the time.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

from kb.evaluate import read_queries
from kb.train.embedding import train
from kb.train.recipe import Recipe

SEED = 7
FOLDS = 2


def main() -> None:
    """Halve, leave out, train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stard", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dimensions", type=int, default=Recipe().dimensions)
    parser.add_argument("--members", type=int, default=Recipe().members)
    args = parser.parse_args()
    queries = {t.strip(): q for q, t in read_queries(args.stard / "train_queries.jsonl").items()}
    texts = sorted(queries)
    random.Random(SEED).shuffle(texts)
    fold = {text: place % FOLDS for place, text in enumerate(texts)}
    args.out.mkdir(parents=True, exist_ok=True)
    listed = json.dumps({queries[text]: part for text, part in fold.items()}, indent=0)
    (args.out / "folds.json").write_text(listed + "\n", encoding="utf-8")
    for part in range(FOLDS):
        data = args.out / f"fold{part}" / "data"
        data.mkdir(parents=True, exist_ok=True)
        for file in sorted(args.data.glob("*.jsonl")):
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [s for s in lines if fold.get(json.loads(s)["query"].strip()) != part]
            (data / file.name).write_text("".join(kept), encoding="utf-8")
        recipe = replace(Recipe(), dimensions=args.dimensions, members=args.members)
        train(data, args.out / f"fold{part}" / "model", recipe=recipe, name=f"fold{part}")


if __name__ == "__main__":
    main()
