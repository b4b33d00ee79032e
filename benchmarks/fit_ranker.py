"""Fit the ranker's weights (kb/retrieve/ranker.json); minutes, without torch.

    python benchmarks/fit_ranker.py --laws HOME --stard DIR --office HOME [--write]

``--laws`` is a home with the statutes of ``stard`` indexed, ``--office`` one with ``corpus/``.
Fitted on ``train_*`` of stard and on half of tests/questions (by a fixed seed). The embedding has
seen ``train_*``: there the right articles are nearer than they ever are for a new question. So
their likeness is drawn anew from what it is on the 235 development questions, of which only that
distribution is used. Reported on those and on the other half.
The weight of a known question is fitted on ``train_*``, each question left out of what it knows.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.base import KnowledgeBase
from kb.embed import load
from kb.evaluate import read_qrels, read_queries
from kb.evaluate.metrics import recall, reciprocal_rank
from kb.model import Scope
from kb.retrieve.features import NAMES, features
from kb.retrieve.known import NOTHING_KNOWN, Known
from kb.retrieve.ranker import WEIGHTS
from kb.retrieve.rewrite import rewrite
from kb.retrieve.search import RERANKED

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "tests" / "questions"
OUT = ROOT / "kb" / "retrieve" / WEIGHTS
SEED = 4
AS_OF = date(2026, 11, 24)
RIDGE = 0.02
OFFICE_SHARE = 3.0
"""Weight of an office question; there are nine times as many about the statutes."""
AT = {name: place for place, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Case:
    """One question's candidates: ids in fused order, features, what is relevant."""

    ids: tuple[str, ...]
    rows: NDArray[np.float64]
    relevant: dict[str, int]
    share: float = 1.0
    lifts: NDArray[np.float64] | None = None

    @property
    def gains(self) -> NDArray[np.float64]:
        """1 for a relevant candidate, else 0."""
        return np.asarray([i in self.relevant for i in self.ids[: len(self.rows)]], float)


def cases(
    home: Path,
    queries: Path,
    qrels: Path,
    as_of: date | None,
    share: float,
    known: Sequence[tuple[str, str]] = (),
) -> list[Case]:
    """Ask every judged question that is no exact look-up: those teach nothing."""
    asked = {q: t for q, t in read_queries(queries).items() if not re.search(r"第.+条", t)}
    return list(_cases(home, asked, read_qrels(qrels), as_of, share, known))


def answers(queries: Path, qrels: Path) -> list[tuple[str, str]]:
    """Judged questions as known ones."""
    texts = read_queries(queries)
    return [(texts[q], a) for q, found in read_qrels(qrels).items() for a in found]


def _cases(
    home: Path,
    queries: dict[str, str],
    qrels: dict[str, dict[str, int]],
    as_of: date | None,
    share: float,
    pairs: Sequence[tuple[str, str]],
) -> Iterator[Case]:
    scope = Scope.everything(as_of=as_of)
    with KnowledgeBase.open(home) as base:
        snapshot = base.snapshot()
        embedder = load(base.settings)
        known = Known.of(pairs, embedder) if pairs else NOTHING_KNOWN
        for query, text in queries.items():
            if query not in qrels:
                continue
            asked = rewrite(text)
            found = snapshot.retriever.found(asked, scope, 100)
            vector = embedder.encode_queries([asked.text])[0]
            lifted = known.lifts(vector, but=text)
            near = found[:RERANKED] + [f for f in found[RERANKED:] if f.article in lifted]
            rows = snapshot.rows.passages([f.passage for f in near], scope)
            near = [f for f in near if f.passage in rows]
            table = features(asked, [f.candidate(rows[f.passage]) for f in near])
            looked = [f.article for f in near]
            ids = (*looked, *(f.article for f in found if f.article not in set(looked)))
            lifts = np.asarray([lifted.get(a, 0.0) for a in looked])
            yield Case(ids, table, qrels[query], share, lifts)


def fit(train: Sequence[Case], *, steps: int = 400, rate: float = 0.05) -> NDArray[np.float64]:
    """Weights by listwise softmax (ListNet, Cao et al. 2007) with a ridge, Adam, from zero."""
    used = [(c.rows, c.gains / c.gains.sum(), c.share) for c in train if c.gains.any()]
    spread = np.vstack([rows for rows, _, _ in used]).std(axis=0)
    spread[spread == 0] = 1.0
    width = max(len(rows) for rows, _, _ in used)
    table = np.zeros((len(used), width, len(NAMES)))
    mask = np.full((len(used), width), -1e9)
    goal = np.zeros((len(used), width))
    share = np.asarray([s for _, _, s in used])[:, None]
    for i, (rows, gains, _) in enumerate(used):
        table[i, : len(rows)] = rows / spread
        mask[i, : len(rows)] = 0
        goal[i, : len(rows)] = gains
    weights, first, second = (np.zeros(len(NAMES)) for _ in range(3))
    for step in range(1, steps + 1):
        raw = table @ weights + mask
        chance = np.exp(raw - raw.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        gradient = np.einsum("qc,qcf->f", (chance - goal) * share, table) / share.sum()
        gradient += RIDGE * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        weights = weights - rate * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.99**step)) + 1e-8
        )
    return weights / spread


def likeness(case: Case) -> NDArray[np.float64]:
    """Cosine of each candidate against the best that is not relevant."""
    wrong = case.gains == 0
    cosine = case.rows[:, AT["cosine"]]
    found: NDArray[np.float64] = cosine / max(cosine[wrong].max(initial=0.0), 1e-9)
    return found


def unseen(train: Sequence[Case], dev: Sequence[Case], weight: float = 0.7) -> list[Case]:
    """``train`` as if the embedding had not seen it: likeness of what is relevant as in ``dev``."""
    rng = np.random.default_rng(SEED)
    drawn = np.concatenate([likeness(case)[case.gains > 0] for case in dev])
    made = []
    for case in train:
        right = case.gains > 0
        wrong_best = case.rows[~right, AT["cosine"]].max(initial=0.0) or 0.5
        like = likeness(case)
        like[right] = rng.choice(drawn, int(right.sum()))
        rows = case.rows.copy()
        share = like / max(like.max(), 1e-9)
        rank = np.empty(len(like))
        rank[np.argsort(-share, kind="stable")] = np.arange(1, len(like) + 1)
        rows[:, AT["cosine"]] = like * wrong_best
        rows[:, AT["vector"]] = share
        rows[:, AT["vector_rank"]] = np.where(share > 0, 1 / (5 + rank), 0.0)
        rows[:, AT["fused"]] = (1 - weight) * rows[:, AT["keyword"]] + weight * share
        made.append(replace(case, rows=rows))
    return made


def measure(
    on: Sequence[Case], weights: NDArray[np.float64] | None, known: float = 0.0
) -> dict[str, float]:
    """Means of the usual figures; None is the fused order. ``known``: weight of what is known."""
    found: list[tuple[float, ...]] = []
    for case in on:
        ids = list(case.ids)
        if weights is not None:
            raw = case.rows @ weights
            if known and case.lifts is not None:
                raw = raw + known * case.lifts
            elif case.lifts is not None:
                raw = raw[:RERANKED]
            order = np.argsort(-raw, kind="stable")
            ids = [ids[i] for i in order] + ids[len(order) :]
        ks = [recall(ids, case.relevant, k) for k in (1, 5, 10, 100)]
        found.append((*ks, reciprocal_rank(ids, case.relevant, 10)))
    names = ("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10")
    return dict(zip(names, np.mean(found, axis=0).round(4).tolist(), strict=True))


def main() -> None:
    """Collect, fit, choose, report; with ``--write`` keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--laws", type=Path, required=True)
    parser.add_argument("--stard", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    stard = args.stard
    office = cases(
        args.office, QUESTIONS / "queries.jsonl", QUESTIONS / "qrels.tsv", AS_OF, OFFICE_SHARE
    )
    random.Random(SEED).shuffle(office)
    half, other = office[: len(office) // 2], office[len(office) // 2 :]
    judged = stard / "train_queries.jsonl", stard / "train_qrels.tsv"
    known = answers(*judged)
    dev = cases(args.laws, stard / "queries.jsonl", stard / "qrels.tsv", None, 1.0, known)
    train = cases(args.laws, *judged, None, 1.0, known)
    report(train, dev, half, other, write=args.write)


def report(
    train: Sequence[Case],
    dev: Sequence[Case],
    half: Sequence[Case],
    other: Sequence[Case],
    *,
    write: bool,
) -> None:
    """Fit on ``train`` and ``half``, choose on ``dev``, show all, keep if asked to."""
    train = unseen(train, dev)
    weights = fit([*train, *half])
    for name, on in (("train", train), ("stard dev", dev), ("half", half), ("other half", other)):
        print(
            f"{name}: fused {measure(on, None)}\n{' ' * len(name)}  ranked {measure(on, weights)}"
        )
    figures = {k: measure(train, weights, k) for k in (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)}
    known = max(figures, key=lambda k: figures[k]["recall@10"] + figures[k]["mrr@10"])
    print(f"known, each question left out: {figures}\n")
    print(f"stard dev, 999 known, weight {known}: {measure(dev, weights, known)}")
    fitted_to = dict(zip(NAMES, weights.round(4).tolist(), strict=True))
    stored = {"known": known, "weights": fitted_to}
    print(json.dumps(stored, indent=1))
    if write:
        OUT.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
