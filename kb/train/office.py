"""Going on training on an office's own papers and on the questions that were answered there.

The model in use stays as it is; what is learned is added to its rows, shared between tokens that
share parts (`kb.train.table`). One part of what is known is held out. How much of what was learned
is taken over (all, half, a quarter) is decided on that part, and if none of these finds more than
the model in use finds, nothing is: the home keeps the model it has.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kb.embed.store import Stored
from kb.train.data import HUMAN, STRUCTURAL, Pair, sentences
from kb.train.loss import known
from kb.train.member import Texts, answers_of, batches
from kb.train.parts import sharing
from kb.train.table import Table, encode
from kb.train.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST = 20_000
"""Passages learned from; of more, so many are drawn."""

LEAST = 30
"""Pairs below which there is nothing to learn from."""

HELD = 5
"""One question in so many is held out."""

ENOUGH = 20
"""Known questions from which on they alone decide; before, sentences of the papers do."""

PROBES = 500
"""Sentences held out at most."""

SHARES = (1.0, 0.5, 0.25)
BATCH = 512
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Own:
    """A passage of the office: what `kb.embed.passage_text` is given."""

    title: str
    heading: str
    text: str

    @property
    def above(self) -> str:
        """Title and heading."""
        return f"{self.title} {self.heading}".strip()

    @property
    def whole(self) -> str:
        """As it is indexed."""
        return f"{self.above} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. ``before`` and ``after``: mrr@10 on the part held out.

    ``tokens``: the vectors to write, None where the model in use is not bettered.
    """

    pairs: int
    known: int
    held: int
    by: str
    before: float
    after: float
    share: float
    tokens: NDArray[np.float32] | None


def go_on(
    stored: Stored,
    passages: Mapping[str, Own],
    questions: Sequence[tuple[str, str]],
    *,
    seed: int = 1,
    epochs: int = 3,
    rate: float = 0.02,
    say: Callable[[str], None] = print,
) -> Outcome | None:
    """Learn from ``passages`` and from ``questions`` (question, passage id); None: too little.

    The same input, seed and number of threads give the same outcome.
    """
    from tokenizers import Tokenizer

    rng = random.Random(seed)  # noqa: S311 - no secret
    ids = sorted(passages)
    drawn = sorted(rng.sample(ids, MOST)) if len(ids) > MOST else ids
    papers = [Pair(passages[i].above, passages[i].text, STRUCTURAL) for i in drawn]
    rest = list(sentences(papers, rng))
    asked = [(q, passages[i].whole) for q, i in questions if i in passages]
    people, held, by = _hold_out(asked, rest, rng)
    out = set(held)
    learned = [p for p in [*papers, *rest, *people] if (p.query, p.passage) not in out]
    if len(learned) < LEAST or not held:
        return None

    tokenizer = Tokenizer.from_str(stored.tokenizer)
    shelf = [passages[i].whole for i in ids]
    texts = [text for pair in learned for text in (pair.query, pair.passage)]
    cut = Texts([*texts, *shelf, *(text for pair in held for text in pair)], tokenizer)
    given = stored.tokens.astype(np.float32) * stored.scales[:, None]
    table = Table(
        sharing(tokenizer.get_vocab(), unknown=UNKNOWN), np.zeros_like(given), given=given
    )
    among = cut.counts[np.unique(cut.numbers([*shelf, *(passage for _, passage in held)]))]
    place = _places(cut, held, among_of=[*shelf, *(passage for _, passage in held)])
    probes = cut.counts[cut.numbers([query for query, _ in held])]
    before = found(probes, among, place, given, stored.lean)
    say(f"学习 {len(learned)} 对，其中问答 {len(people)}；留出 {len(held)} 题（{by}）")
    _fit(table, learned, cut, np.random.default_rng(seed), epochs=epochs, rate=rate, say=say)
    change = table.tokens() - given
    tried = {
        share: found(probes, among, place, _mixed(given, change, share), stored.lean)
        for share in SHARES
    }
    share = max(tried, key=lambda s: tried[s])
    better = tried[share] > before
    tokens = _mixed(given, change, share) if better else None
    return Outcome(len(learned), len(people), len(held), by, before, tried[share], share, tokens)


def found(
    questions: csr_matrix,
    shelf: csr_matrix,
    right: Sequence[int],
    tokens: NDArray[np.float32],
    lean: NDArray[np.float32],
) -> float:
    """Mean reciprocal rank to `DEPTH` of row ``right[i]`` of the shelf for question i."""
    rows = encode(questions, tokens) + lean
    scores = rows @ encode(shelf, tokens).T
    own = scores[np.arange(len(right)), list(right)]
    ranks = 1 + (scores > own[:, None]).sum(axis=1)
    return float(np.where(ranks <= DEPTH, 1 / ranks, 0.0).mean())


def _mixed(
    given: NDArray[np.float32], change: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    mixed: NDArray[np.float32] = given + np.float32(share) * change
    return mixed


def _hold_out(
    asked: Sequence[tuple[str, str]], rest: Sequence[Pair], rng: random.Random
) -> tuple[list[Pair], list[tuple[str, str]], str]:
    """What to learn from people, what is held out, and what that is called."""
    questions = list(dict.fromkeys(question for question, _ in asked))
    if len(questions) >= ENOUGH:
        kept_out = set(rng.sample(questions, len(questions) // HELD))
        people = [Pair(q, text, HUMAN) for q, text in asked if q not in kept_out]
        return people, [pair for pair in asked if pair[0] in kept_out], "已知问答"
    people = [Pair(q, text, HUMAN) for q, text in asked]
    probes = rng.sample(list(rest), min(PROBES, len(rest) // HELD))
    return people, [(pair.query, pair.passage) for pair in probes], "条文中的句子"


def _places(cut: Texts, held: Sequence[tuple[str, str]], among_of: Sequence[str]) -> list[int]:
    order = {n: i for i, n in enumerate(np.unique(cut.numbers(among_of)).tolist())}
    return [order[cut.number[passage]] for _, passage in held]


def _fit(
    table: Table,
    pairs: Sequence[Pair],
    cut: Texts,
    rng: np.random.Generator,
    *,
    epochs: int,
    rate: float,
    say: Callable[[str], None],
) -> None:
    queries = cut.numbers([pair.query for pair in pairs])
    passages = cut.numbers([pair.passage for pair in pairs])
    answers = answers_of(pairs, cut)
    seen = np.repeat(np.arange(len(pairs)), [pair.repeats for pair in pairs])
    fit = table.fitting(rate=rate, steps=epochs * max(1, len(seen) // BATCH))
    for epoch in range(epochs):
        losses = []
        for batch in batches(len(seen), BATCH, rng):
            asked, right = queries[seen[batch]], passages[seen[batch]]
            skip = known(asked, right, answers)
            losses.append(fit.step(cut.counts[asked], cut.counts[right], skip))
        say(f"第 {epoch + 1}/{epochs} 轮，损失 {np.mean(losses):.3f}")
