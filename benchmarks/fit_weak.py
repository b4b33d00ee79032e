"""The threshold of `kb.retrieve.weak`, on the judged questions over ``corpus/``.

    python benchmarks/fit_weak.py --office HOME

Prints for several thresholds which share of the unanswerable and of the answerable is marked weak,
on the half that it is chosen by and on the other half.
"""

from __future__ import annotations

import argparse
import json
import random
from datetime import date
from pathlib import Path

from kb.base import KnowledgeBase
from kb.model import Scope
from kb.retrieve.rewrite import rewrite
from kb.retrieve.weak import NEEDED, confidence

QUESTIONS = Path(__file__).resolve().parents[1] / "tests" / "questions" / "queries.jsonl"
SEED = 4


def main() -> None:
    """Ask everything once, then count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--office", type=Path, required=True)
    args = parser.parse_args()
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = [q for q in map(json.loads, lines) if q["shape"] != "exact"]
    scope = Scope.everything(as_of=date(2026, 11, 24))
    seen: list[tuple[bool, float]] = []
    with KnowledgeBase.open(args.office) as base:
        for question in questions:
            hits = base.search(question["text"], scope, limit=3).hits
            seen.append((question["answerable"], confidence(rewrite(question["text"]), hits)))
    random.Random(SEED).shuffle(seen)
    halves = {"half": seen[: len(seen) // 2], "other half": seen[len(seen) // 2 :], "all": seen}
    for needed in sorted({*(n / 100 for n in range(50, 96, 4)), NEEDED}):
        told = []
        for name, part in halves.items():
            for answerable in (False, True):
                marked = [value < needed for a, value in part if a == answerable]
                what = "answerable" if answerable else "unanswerable"
                told.append(f"{name} {what} {sum(marked) / len(marked):.2f} of {len(marked)}")
        print(f"{needed:.2f}  {'; '.join(told)}")


if __name__ == "__main__":
    main()
