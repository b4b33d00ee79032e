"""Fit the ranker's weights (kb/retrieve/ranker.json); minutes of one core, without torch.

    python benchmarks/fit_ranker.py --laws HOME --stard DIR --office HOME --folds DIR [--write]

``--laws`` is a home with the statutes of ``stard`` indexed, ``--office`` one with ``corpus/``,
``--folds`` what `benchmarks/train_folds.py` made: the shipped embedding knows the 999 training
questions by heart, so each of them is asked with a model that was trained without it. Fitted on
these and on half of tests/questions (by a fixed seed); reported on the 235 development questions,
of which nothing is used, and on the other half. Of known questions a question never knows itself.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.base import KnowledgeBase, Snapshot
from kb.embed import Embedder, load, passage_text
from kb.embed.static import StaticEmbedder
from kb.engine.protocol import Match
from kb.evaluate import read_qrels, read_queries
from kb.evaluate.metrics import recall, reciprocal_rank
from kb.model import Scope
from kb.retrieve.cited import CitedInScopes
from kb.retrieve.features import coarse, fine
from kb.retrieve.known import NOTHING_KNOWN, Known, Near
from kb.retrieve.order import EVERY_STAGE
from kb.retrieve.ranker import NAMES, WEIGHTS, Ranker, spelled
from kb.retrieve.ranking import READ, Shelf, bring
from kb.retrieve.search import Retriever

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "tests" / "questions"
OUT = ROOT / "kb" / "retrieve" / WEIGHTS
SEED = 4
TODAY = date(2026, 11, 24)
RIDGE = 0.01
LOOKED = 100
"""Candidates a question that are weighed while fitting."""
OFFICE_SHARE = 1.5
"""Weight of an office question; there are six times as many about the statutes."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: its candidates in fused order, the coarse table (with `KNOWN` beside), what
    the text of the first `LOOKED` of the coarse order says, what is relevant."""

    ids: tuple[str, ...]
    table: Array
    known: bool
    read: dict[int, Array]
    relevant: Mapping[str, int]
    share: float


class Nearest:
    """A reader whose vector half is another model's; exact."""

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        self._inner = snapshot.reader
        everything = Scope.everything(as_of=None)
        rows = snapshot.rows.passages(list(snapshot.reader.ids()), everything)
        self._ids = list(rows)
        self._place = {id_: place for place, id_ in enumerate(self._ids)}
        self._matrix = embedder.encode_passages(
            [
                passage_text(r.version.title, r.passage.heading, r.passage.text)
                for r in rows.values()
            ]
        )

    def nearest(
        self,
        vector: NDArray[np.float32],
        scope: Scope,
        limit: int,
        *,
        papers: frozenset[str] | None = None,
    ) -> list[Match]:
        """Everything is within the scope that these questions are asked in."""
        scores = self._matrix @ vector
        best = np.argpartition(-scores, limit)[:limit]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [Match(self._ids[n], float(scores[n])) for n in best]

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Of some passages."""
        return self._matrix[[self._place[id_] for id_ in ids]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def cases(
    home: Path,
    files: tuple[Path, Path],
    as_of: date | None,
    share: float,
    *,
    pairs: Sequence[tuple[str, str]] = (),
    model: Path | None = None,
    only: Callable[[str], bool] = lambda query: True,
) -> list[Case]:
    """Ask every judged question that is no exact look-up: those teach nothing."""
    qrels = read_qrels(files[1])
    asked = {
        query: text
        for query, text in read_queries(files[0]).items()
        if query in qrels and only(query) and not re.search(r"第.+条", text)
    }
    with KnowledgeBase.open(home) as base:
        snapshot = base.snapshot()
        embedder: Embedder = load(base.settings)
        retriever = snapshot.retriever
        reader: Any = snapshot.reader
        if model is not None:
            embedder = StaticEmbedder.open(model)
            reader = Nearest(snapshot, embedder)
            weight = base.settings.fusion_weight
            retriever = Retriever(snapshot.rows, reader, embedder, weight=weight)
        known = Known.of(pairs, embedder) if pairs else NOTHING_KNOWN
        scope = Scope.everything(as_of=as_of)
        cited, shelf = CitedInScopes(snapshot.rows).of(scope), Shelf()
        made = []
        for query, text in asked.items():
            rewritten = retriever.asked(text, EVERY_STAGE)
            found = list(retriever.found(rewritten, scope, 300))
            vector = embedder.encode_queries([rewritten.text])[0]
            near = known.near(rewritten.text, vector, but=text)
            found += bring(
                near, found, vector, scope, snapshot.rows, reader, base.settings.fusion_weight
            )
            table = coarse(found, cited, near or Near({"": (0, 0, 0)}, {}))
            # What is read: the best by the mean of the columns that matter, more than enough.
            rough = table[:, 0] + 0.05 * table[:, 6] + (table[:, -1] if near else 0)
            head = np.argsort(-rough, kind="stable")[:LOOKED].tolist()
            texts, _ = shelf.take([found[i].passage for i in head], snapshot.rows, scope)
            head = [i for i in head if found[i].passage in texts]
            said = fine(rewritten, [texts[found[i].passage] for i in head], TODAY)
            read = dict(zip(head, said, strict=True))
            ids = tuple(f.article for f in found)
            made.append(Case(ids, table, bool(near), read, qrels[query], share))
        return made


def answers(files: tuple[Path, Path]) -> list[tuple[str, str]]:
    """Judged questions as known ones."""
    texts = read_queries(files[0])
    return [(texts[q], a) for q, found in read_qrels(files[1]).items() for a in found]


def rows_of(case: Case, which: str) -> tuple[list[int], Array]:
    """Candidates (by place) and their features, as the set of weights ``which`` takes them."""
    own = len(NAMES["coarse"])
    table = case.table if which.endswith("known") else case.table[:, :own]
    if which.startswith("coarse"):
        return list(range(len(table))), table
    places = list(case.read)
    said = np.asarray([case.read[i] for i in places]).reshape(len(places), -1)
    return places, np.hstack([table[places, :own], said, table[places, own:]])


def fit(train: Sequence[Case], which: str, *, steps: int = 400, rate: float = 0.05) -> Array:
    """Weights by listwise softmax (ListNet, Cao et al. 2007) with a ridge, Adam, from zero."""
    used = []
    for case in train:
        places, rows = rows_of(case, which)
        gains = np.asarray([case.ids[i] in case.relevant for i in places], float)
        if gains.any():
            used.append((rows, gains / gains.sum(), case.share))
    everything = np.vstack([rows for rows, _, _ in used])
    spread = everything.std(axis=0)
    spread[spread < 1e-9] = 1.0
    width, names = max(len(rows) for rows, _, _ in used), NAMES[which]
    table = np.zeros((len(used), width, len(names)), np.float32)
    mask = np.full((len(used), width), -1e9)
    goal = np.zeros((len(used), width))
    share = np.asarray([s for _, _, s in used])[:, None]
    for i, (rows, gains, _) in enumerate(used):
        table[i, : len(rows)] = rows / spread
        mask[i, : len(rows)] = 0
        goal[i, : len(rows)] = gains
    flat = table.reshape(-1, len(names))
    weights, first, second = (np.zeros(len(names)) for _ in range(3))
    for step in range(1, steps + 1):
        raw = (flat @ weights.astype(np.float32)).reshape(mask.shape) + mask
        chance = np.exp(raw - raw.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        lack = ((chance - goal) * share).reshape(-1).astype(np.float32)
        gradient = lack @ flat / share.sum() + RIDGE * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        weights = weights - rate * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.99**step)) + 1e-8
        )
    fitted: Array = weights / spread
    return fitted


def order(case: Case, ranker: Ranker, *, known: bool) -> list[str]:
    """As `kb.retrieve.ranking.ordered` does it."""
    end = "_known" if known and case.known else ""
    _, table = rows_of(case, f"coarse{end}")
    first = ranker.first(table)
    coarsely = np.argsort(-first, kind="stable").tolist()
    places, rows = rows_of(case, f"fine{end}")
    last = dict(zip(places, rows @ getattr(ranker, f"fine{end}"), strict=True))
    head = [i for i in coarsely[:READ] if i in last]
    put = sorted(head, key=lambda i: -last[i])
    return [case.ids[i] for i in (*put, *(i for i in coarsely if i not in set(put)))]


def measure(on: Sequence[Case], ranker: Ranker | None, *, known: bool = False) -> dict[str, float]:
    """Means of the usual figures; None is the fused order."""
    found: list[tuple[float, ...]] = []
    for case in on:
        ids = list(case.ids) if ranker is None else order(case, ranker, known=known)
        ks = [recall(ids, case.relevant, k) for k in (1, 5, 10, 100)]
        found.append((*ks, reciprocal_rank(ids, case.relevant, 10)))
    names = ("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10")
    return dict(zip(names, np.mean(found, axis=0).round(4).tolist(), strict=True))


def fitted(train: Sequence[Case]) -> Ranker:
    """All four sets."""
    return Ranker(**{which: fit(train, which) for which in NAMES})


def crossed(train: Sequence[Case], parts: int = 4) -> Iterator[tuple[Sequence[Case], Ranker]]:
    """Each part of the training questions, with a ranker fitted on the others."""
    for part in range(parts):
        rest = [case for i, case in enumerate(train) if i % parts != part]
        yield train[part::parts], fitted(rest)


def main() -> None:
    """Collect, fit, report; with ``--write`` keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--laws", type=Path, required=True)
    parser.add_argument("--stard", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    judged = args.stard / "train_queries.jsonl", args.stard / "train_qrels.tsv"
    own = QUESTIONS / "queries.jsonl", QUESTIONS / "qrels.tsv"
    pairs = answers(judged)
    fold: dict[str, int] = json.loads((args.folds / "folds.json").read_text(encoding="utf-8"))
    office = cases(args.office, own, None, OFFICE_SHARE)
    random.Random(SEED).shuffle(office)
    half, other = office[: len(office) // 2], office[len(office) // 2 :]
    dev_files = args.stard / "queries.jsonl", args.stard / "qrels.tsv"
    dev = cases(args.laws, dev_files, None, 1.0, pairs=pairs)
    train = [
        case
        for part in sorted(set(fold.values()))
        for case in cases(
            args.laws,
            judged,
            None,
            1.0,
            pairs=pairs,
            model=args.folds / f"fold{part}" / "model",
            only=lambda query, part=part: fold[query] == part,  # type: ignore[misc]
        )
    ]
    ranker = fitted([*train, *half])
    for name, on in (("train", train), ("stard dev", dev), ("half", half), ("other half", other)):
        print(f"{name}: fused {measure(on, None)}\n  ranked {measure(on, ranker)}")
    print(f"train, each left out of what it knows: {measure(train, ranker, known=True)}")
    print(f"stard dev, 999 known: {measure(dev, ranker, known=True)}")
    stored = json.dumps(spelled(ranker), indent=1)
    print(stored)
    if args.write:
        OUT.write_text(stored + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
