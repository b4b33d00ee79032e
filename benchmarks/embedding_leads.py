"""Leads for the embedding, each against one baseline at one equal, reduced budget.

    python benchmarks/embedding_leads.py --data DIR --stard DIR --home HOME --laws HOME \
        --word RUN --out FILE.jsonl [--only NAME …] [--steps N]

``--home`` is a home with the statutes of ``--stard`` indexed, ``--laws`` one with every law at
hand, ``--word`` a TREC run of the word half (``kb eval --half keyword --run``). Every trial is one
member of 256 dimensions, ``--steps`` batches of 1,024 pairs, no hard negatives, no lean, everything
drawn from a fixed seed; a line of JSON each: the 235 development questions with the vector half
alone and fused, and the seconds of processor that training took. What came of it:
``MODEL_CARD.md``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from laws_pairs import KINDS, law_pairs
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch.nn import functional

from kb.base import KnowledgeBase
from kb.embed import passage_text
from kb.embed.static import StaticEmbedder
from kb.evaluate import read_qrels, read_queries
from kb.evaluate.metrics import recall, reciprocal_rank
from kb.model import Scope
from kb.retrieve.candidates import article_of
from kb.retrieve.fusion import convex
from kb.train.data import Pair, read_pairs
from kb.train.finish import turned
from kb.train.loss import known, ranking_loss
from kb.train.member import Texts, _start, answers_of, batches
from kb.train.parts import sharing
from kb.train.recipe import Recipe
from kb.train.table import encode, sparse
from kb.train.vocabulary import UNKNOWN, alphabet, learn, learned_from

SEED = 1
DIMENSIONS = 256
BATCH = 1024
RATE = 0.1
WEIGHT = 0.75
FOUND = 300
MODEL = Path(__file__).resolve().parents[1] / "kb" / "embed" / "model"

Rows = NDArray[np.float32]
Say = Callable[..., None]


@dataclass
class Judged:
    """The development questions and all passages of the statutes, cut by one vocabulary."""

    stard: Path
    home: Path
    word: Path
    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.qrels = read_qrels(self.stard / "qrels.tsv")
        asked = read_queries(self.stard / "queries.jsonl")
        self.queries = {q: asked[q] for q in self.qrels}
        self.words = {q: dict(found) for q, found in _scored(self.word).items()}
        with KnowledgeBase.open(self.home) as base:
            snapshot = base.snapshot()
            everything = Scope.everything(as_of=None)
            for id_, r in snapshot.rows.passages(list(snapshot.reader.ids()), everything).items():
                self.ids.append(article_of(id_))
                self.texts.append(passage_text(r.version.title, r.passage.heading, r.passage.text))

    def cut(self, tokenizer: Any) -> tuple[csr_matrix, csr_matrix]:
        """Counts of the questions' tokens and of the passages'."""
        cut = Texts([*self.queries.values(), *self.texts], tokenizer)
        return (
            cut.counts[cut.numbers(list(self.queries.values()))],
            cut.counts[cut.numbers(self.texts)],
        )

    def measure(self, questions: Rows, passages: Rows) -> dict[str, list[float]]:
        """recall@10, recall@100, mrr@10 of the vector half, and fused with the word half."""
        vector, fused = [], []
        scores = questions @ passages.T
        for (query, right), row in zip(self.qrels.items(), scores, strict=True):
            near = np.argpartition(-row, FOUND)[:FOUND]
            best: dict[str, float] = {}
            for n in near[np.argsort(-row[near], kind="stable")].tolist():
                best.setdefault(self.ids[n], float(row[n]))
            vector.append(_figures(list(best), right))
            both = convex(self.words.get(query, {}), best, WEIGHT)
            fused.append(_figures(sorted(both, key=lambda i: (-both[i], i)), right))
        return {
            "vector": np.mean(vector, axis=0).round(4).tolist(),
            "fused": np.mean(fused, axis=0).round(4).tolist(),
        }


def _scored(run: Path) -> dict[str, list[tuple[str, float]]]:
    found: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for line in run.read_text(encoding="utf-8").splitlines():
        query, _, rest = line.split(" ", 2)
        id_, _, score, _ = rest.rsplit(" ", 3)
        found[query].append((id_, float(score)))
    return found


def _figures(ids: Sequence[str], right: Mapping[str, int]) -> tuple[float, float, float]:
    return recall(ids, right, 10), recall(ids, right, 100), reciprocal_rank(ids, right, 10)


@dataclass
class Lead:
    """What one trial does otherwise than the baseline."""

    vocabulary: int = Recipe().vocabulary
    dimensions: int = DIMENSIONS
    seed: int = SEED
    steps: float = 1.0
    """Of the budget."""
    before: Sequence[str] = ()
    """Kinds of law pairs (`laws_pairs`) that are learned from first …"""
    before_steps: float = 0.0
    """… in so much of the budget."""
    sizes: tuple[int, ...] = ()
    """Matryoshka: the loss is the mean over these first components."""
    weights: bool = False
    """One learned factor a token."""
    sif: float = 0.0
    """Rows start as long as a / (a + p(token)), instead of by idf."""
    teacher: str = ""
    """A trial whose tokens, or ``shipped``, whose likenesses of the batch are learned, too."""


LEADS: dict[str, Lead] = {
    "baseline": Lead(),
    "baseline, seed 2": Lead(seed=2),
    "learned token weights": Lead(weights=True),
    "SIF start, a 1e-3": Lead(sif=1e-3),
    "Matryoshka 64, 128, 256": Lead(sizes=(64, 128, 256)),
    "laws first, all kinds, half the steps": Lead(steps=0.5, before=KINDS, before_steps=0.5),
    **{
        f"laws first, {kind}, half the steps": Lead(steps=0.5, before=(kind,), before_steps=0.5)
        for kind in KINDS
    },
    "half the steps, no laws first": Lead(steps=0.5),
    "twice the steps": Lead(steps=2.0),
    "laws first, all kinds, as many steps again": Lead(before=KINDS, before_steps=1.0),
    "teacher: the shipped model": Lead(teacher="shipped"),
    "teacher of 1,024": Lead(dimensions=1024),
    "student of the teacher of 1,024": Lead(teacher="teacher of 1,024"),
    "vocabulary 20,000": Lead(vocabulary=20_000),
    "vocabulary 50,000": Lead(vocabulary=50_000),
    "vocabulary 80,000": Lead(vocabulary=80_000),
}


class Trials:
    """What trials share: data, vocabularies by size, tokens of those done."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.pairs = read_pairs(args.data, seed=SEED)
        self.judged = Judged(args.stard, args.home, args.word)
        self.done: dict[str, Rows] = {}
        self._cut: dict[int, tuple[Any, csr_matrix, csr_matrix]] = {}
        self._texts: dict[int, Texts] = {}

    def vocabulary(self, size: int) -> tuple[Any, csr_matrix, csr_matrix]:
        """A tokenizer of so many tokens; questions and passages cut by it."""
        if size not in self._cut:
            longest = Recipe().longest
            characters = alphabet(self.pairs)
            texts = learned_from(self.pairs)
            made = learn(texts, size=size, longest=longest, characters=characters)
            self._cut[size] = (made, *self.judged.cut(made))
        return self._cut[size]

    def texts(self, size: int) -> Texts:
        """The training pairs' texts, cut by a vocabulary of so many tokens."""
        if size not in self._texts:
            texts = [t for p in self.pairs for t in (p.query, p.passage)]
            self._texts = {size: Texts(texts, self.vocabulary(size)[0])}
        return self._texts[size]

    def run(self, name: str, lead: Lead) -> None:
        """Fit, measure, write a line."""
        tokenizer, questions, passages = self.vocabulary(lead.vocabulary)
        cut = self.texts(lead.vocabulary)
        first = law_pairs(self.args.laws, lead.before, seed=SEED) if lead.before else []
        shelf = Texts([t for p in first for t in (p.query, p.passage)], tokenizer)
        rng = np.random.default_rng(lead.seed)
        start = _start(cut, lead.dimensions, rng)
        if lead.sif:
            seen = np.asarray(cut.counts.sum(axis=0)).ravel()
            length = lead.sif / (lead.sif + seen / seen.sum())
            now = np.linalg.norm(start, axis=1).mean()
            start /= np.linalg.norm(start, axis=1, keepdims=True)
            start *= (now * length / length.mean()).astype(np.float32)[:, None]
        learned = Learned(sharing(tokenizer.get_vocab(), unknown=UNKNOWN), start, lead)
        if lead.teacher == "shipped":
            shipped = StaticEmbedder.open(MODEL)
            learned.teacher = shipped.encode_passages(list(cut.number))
        elif lead.teacher:
            learned.teacher = encode(cut.counts, self.done[lead.teacher])
        began = time.process_time()
        if first:
            learned.fit(first, shelf, int(self.args.steps * lead.before_steps), rng)
        loss = learned.fit(self.pairs, cut, int(self.args.steps * lead.steps), rng)
        seconds = time.process_time() - began
        tokens = learned.tokens()
        self.done[name] = tokens
        self.say(name, tokens, questions, passages, seconds=round(seconds), loss=round(loss, 3))
        if name in ("baseline", "Matryoshka 64, 128, 256"):
            along = turned(tokens, encode(passages, tokens))
            for size in (128, 64):
                self.say(f"{name}: first {size}", tokens[:, :size], questions, passages)
                cut_axes = np.ascontiguousarray(along[:, :size])
                self.say(f"{name}: first {size} axes", cut_axes, questions, passages)
        if name == "baseline":
            seen = np.asarray(passages.sum(axis=0)).ravel()
            share = seen / seen.sum()
            for a in (1e-2, 1e-3, 1e-4):
                factor = (a / (a + share)).astype(np.float32)[:, None]
                self.say(f"{name}: SIF after, a {a:g}", tokens * factor, questions, passages)

    def say(
        self, name: str, tokens: Rows, questions: csr_matrix, passages: csr_matrix, **more: float
    ) -> None:
        """Measure and write one line."""
        found = self.judged.measure(encode(questions, tokens), encode(passages, tokens))
        line = json.dumps({"trial": name, **found, **more}, ensure_ascii=False)
        print(line, flush=True)
        with self.args.out.open("a", encoding="utf-8") as out:
            out.write(line + "\n")


class Learned:
    """Rows, and a factor a token where a lead learns one; fitted as `kb.train.table` fits rows."""

    def __init__(self, shared: csr_matrix, start: Rows, lead: Lead) -> None:
        self.shared = shared
        self.lead = lead
        self.weight = torch.from_numpy(start.copy())
        self.factor = torch.zeros(len(start), 1)
        self.teacher: Rows | None = None

    def tokens(self) -> Rows:
        """One vector a token."""
        rows: Rows = (sparse(self.shared) @ self.weight * self.factor.exp()).numpy().copy()
        return rows

    def fit(self, pairs: Sequence[Pair], cut: Texts, steps: int, rng: np.random.Generator) -> float:
        """So many batches, epoch after epoch; the mean loss of the last tenth."""
        queries = cut.numbers([pair.query for pair in pairs])
        passages = cut.numbers([pair.passage for pair in pairs])
        answers = answers_of(pairs, cut)
        seen = np.repeat(np.arange(len(pairs)), [pair.repeats for pair in pairs])
        self.weight.grad = torch.zeros_like(self.weight)
        self.factor.grad = torch.zeros_like(self.factor)
        adam = torch.optim.Adam(
            [{"params": [self.weight]}, {"params": [self.factor], "share": 0.1}], lr=RATE
        )
        losses: list[float] = []
        while len(losses) < steps:
            for batch in batches(len(seen), BATCH, rng):
                done = len(losses)
                if done == steps:
                    break
                rate = RATE * min(1.0, (done + 1) / (0.1 * steps)) * max(0.02, 1 - done / steps)
                for group in adam.param_groups:
                    group["lr"] = rate * group.get("share", 1.0)
                asked, right = queries[seen[batch]], passages[seen[batch]]
                skip = torch.from_numpy(known(asked, right, answers))
                losses.append(self._step(cut, asked, right, skip))
                adam.step()
        return float(np.mean(losses[-max(1, steps // 10) :]))

    def _step(
        self, cut: Texts, asked: NDArray[np.int64], right: NDArray[np.int64], skip: torch.Tensor
    ) -> float:
        texts = cut.counts[np.concatenate([asked, right])]
        used = np.unique(texts.indices).astype(np.int64)
        place = np.zeros(texts.shape[1], dtype=np.int64)
        place[used] = np.arange(len(used))
        shape = (texts.shape[0], len(used))
        narrow = csr_matrix((texts.data, place[texts.indices], texts.indptr), shape=shape)
        made_of = self.shared[used]
        plain = sparse(made_of) @ self.weight
        factor = self.factor[torch.from_numpy(used)].exp()
        sums = (sparse(narrow) @ (plain * factor)).requires_grad_()
        count = len(asked)
        sizes = self.lead.sizes or (sums.shape[1],)
        loss = sum(ranking_loss(sums[:count, :n], sums[count:, :n], skip) for n in sizes)
        loss = loss / len(sizes)
        if self.teacher is not None:
            loss = 0.5 * loss + 0.5 * self._taught(sums, asked, right, skip)
        loss.backward()
        back = sparse(narrow.T.tocsr()) @ sums.grad
        self.weight.grad = sparse(made_of.T.tocsr()) @ (back * factor)
        if self.lead.weights:
            self.factor.grad = torch.zeros_like(self.factor)
            self.factor.grad[torch.from_numpy(used)] = (back * plain * factor).sum(1, keepdim=True)
        return float(loss.item())

    def _taught(
        self,
        sums: torch.Tensor,
        asked: NDArray[np.int64],
        right: NDArray[np.int64],
        skip: torch.Tensor,
    ) -> torch.Tensor:
        """Cross-entropy of the batch's likenesses against the teacher's, both sharpened by 20."""
        assert self.teacher is not None
        theirs = 20 * torch.from_numpy(self.teacher[asked] @ self.teacher[right].T)
        unit = functional.normalize(sums, dim=1)
        own = 20 * unit[: len(asked)] @ unit[len(asked) :].T
        return functional.cross_entropy(own, theirs.softmax(dim=1))


def main() -> None:
    """Every lead, or those named, in order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "stard", "home", "laws", "word", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=list(LEADS), choices=list(LEADS))
    parser.add_argument("--steps", type=int, default=60)
    args = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    trials = Trials(args)
    for name in args.only:
        trials.run(name, LEADS[name])


if __name__ == "__main__":
    main()
