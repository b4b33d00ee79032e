"""Fitting one member of the model: a table of token rows, in two stages.

1. Each token starts as a random vector, the longer the rarer the token (inverse document
   frequency): before any training the model is a weighted bag of words.
2. All pairs, human ones repeated: the right passage among those of the batch (`kb.train.loss`).
3. Judged pairs again, now beside hard negatives: articles that the model itself ranks high for the
   question and that do not answer it (as in ANCE, Xiong et al. 2020, arXiv:2007.00808). The rows
   are then taken half-way back to those before (Wortsman et al. 2021, arXiv:2109.01903): what
   the hard negatives gain at the top of the list is kept, what they lose further down comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kb.train.data import Pair, article_texts
from kb.train.loss import known
from kb.train.parts import counts, sharing
from kb.train.recipe import Recipe
from kb.train.table import Table, encode
from kb.train.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Say = Callable[[str], None]

TOKENS = 400
"""Tokens of one text that are learned from."""

CHUNK = 512
"""Texts cut, and questions whose negatives are looked for, at once."""

SPARE = 10
"""More candidates than wanted: some turn out to be answers."""


class Texts:
    """Every text once, as counts of tokens; texts are known by number from here on."""

    def __init__(self, texts: Sequence[str], tokenizer: Tokenizer) -> None:
        self.number = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        distinct = list(self.number)
        ids: list[list[int]] = []
        for start in range(0, len(distinct), CHUNK):
            block = distinct[start : start + CHUNK]
            cut = tokenizer.encode_batch_fast(block, add_special_tokens=False)
            ids += [encoding.ids[:TOKENS] for encoding in cut]
        self.counts = counts(ids, tokenizer.get_vocab_size())

    def numbers(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Of these texts."""
        return np.array([self.number[text] for text in texts], dtype=np.int64)


def fit_member(
    pairs: Sequence[Pair],
    tokenizer: Tokenizer,
    recipe: Recipe,
    *,
    seed: int,
    dimensions: int,
    say: Say,
) -> NDArray[np.float32]:
    """One vector a token, shape (vocabulary, dimensions)."""
    articles = article_texts(pairs)
    texts = [text for pair in pairs for text in (pair.query, pair.passage)]
    cut = Texts([*texts, *articles], tokenizer)
    say(f"训练对 {len(pairs)}，其中人工 {sum(p.judged for p in pairs)}；文本 {len(cut.number)}")
    rng = np.random.default_rng(seed)
    shared = sharing(tokenizer.get_vocab(), unknown=UNKNOWN)
    table = Table(shared, _start(cut, dimensions, rng))
    answers = answers_of(pairs, cut)
    _all_pairs(table, pairs, cut, answers, recipe, rng, say)
    tokens = table.tokens()
    judged = [pair for pair in pairs if pair.judged]
    if judged and recipe.hard_epochs:
        # Its own stream: this stage alone can be repeated on a saved first stage.
        again = np.random.default_rng([seed, 2])
        pool = cut.numbers(articles)
        _hard(table, tokens, judged, pool, cut, answers, recipe, again, say)
        tokens += np.float32(recipe.hard_share) * (table.tokens() - tokens)
    return tokens


def _start(cut: Texts, dimensions: int, rng: np.random.Generator) -> NDArray[np.float32]:
    seen = np.asarray((cut.counts > 0).sum(axis=0)).ravel()
    idf = np.log((len(cut.number) + 1) / (seen + 1)) + 0.1
    rows = rng.standard_normal((len(seen), dimensions), dtype=np.float32)
    rows *= (idf / idf.mean()).astype(np.float32)[:, None]
    return rows


def answers_of(pairs: Sequence[Pair], cut: Texts) -> dict[int, frozenset[int]]:
    """Question → every passage that some pair gives it, by number."""
    lists: dict[int, set[int]] = {}
    for pair in pairs:
        lists.setdefault(cut.number[pair.query], set()).add(cut.number[pair.passage])
    return {query: frozenset(found) for query, found in lists.items()}


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Full batches in random order; a set smaller than one batch is one batch."""
    order = rng.permutation(count)
    size = min(size, count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]


def _all_pairs(
    table: Table,
    pairs: Sequence[Pair],
    cut: Texts,
    answers: dict[int, frozenset[int]],
    recipe: Recipe,
    rng: np.random.Generator,
    say: Say,
) -> None:
    queries = cut.numbers([pair.query for pair in pairs])
    passages = cut.numbers([pair.passage for pair in pairs])
    seen = np.repeat(np.arange(len(pairs)), [pair.repeats for pair in pairs])
    fit = table.fitting(rate=recipe.rate, steps=recipe.epochs * (len(seen) // recipe.batch))
    for epoch in range(recipe.epochs):
        losses = []
        for batch in batches(len(seen), recipe.batch, rng):
            asked, right = queries[seen[batch]], passages[seen[batch]]
            skip = known(asked, right, answers)
            losses.append(fit.step(cut.counts[asked], cut.counts[right], skip))
        say(f"第 {epoch + 1}/{recipe.epochs} 轮，损失 {np.mean(losses):.3f}")


def _hard(
    table: Table,
    tokens: NDArray[np.float32],
    judged: Sequence[Pair],
    pool: NDArray[np.int64],
    cut: Texts,
    answers: dict[int, frozenset[int]],
    recipe: Recipe,
    rng: np.random.Generator,
    say: Say,
) -> None:
    queries = cut.numbers([pair.query for pair in judged])
    passages = cut.numbers([pair.passage for pair in judged])
    wrong = _mine(tokens, np.unique(queries), answers, pool, cut, recipe)
    say(f"难负例：{len(wrong)} 个问题")
    steps = recipe.hard_epochs * (len(judged) // recipe.hard_batch)
    fit = table.fitting(rate=recipe.hard_rate, steps=steps)
    for epoch in range(recipe.hard_epochs):
        losses = []
        for batch in batches(len(judged), recipe.hard_batch, rng):
            asked, right = queries[batch], passages[batch]
            drawn = [
                rng.choice(wrong[query], recipe.hard_each)
                for query in asked.tolist()
                if query in wrong
            ]
            shown = np.concatenate([right, *drawn])
            skip = known(asked, shown, answers)
            losses.append(fit.step(cut.counts[asked], cut.counts[shown], skip))
        say(f"难负例第 {epoch + 1}/{recipe.hard_epochs} 轮，损失 {np.mean(losses):.3f}")


def _mine(
    tokens: NDArray[np.float32],
    queries: NDArray[np.int64],
    answers: dict[int, frozenset[int]],
    pool: NDArray[np.int64],
    cut: Texts,
    recipe: Recipe,
) -> dict[int, NDArray[np.int64]]:
    """For each question: articles that do not answer it, ranked from–to by the model."""
    wrong: dict[int, NDArray[np.int64]] = {}
    if not len(pool):
        return wrong
    shelf = encode(cut.counts[pool], tokens)
    most = min(len(pool), recipe.hard_to + SPARE)
    for start in range(0, len(queries), CHUNK // 2):
        chunk = queries[start : start + CHUNK // 2]
        scores = encode(cut.counts[chunk], tokens) @ shelf.T
        for query, row in zip(chunk.tolist(), scores, strict=True):
            near = np.argpartition(-row, most - 1)[:most]
            ranked = pool[near[np.argsort(-row[near], kind="stable")]].tolist()
            left = [n for n in ranked if n not in answers[query]]
            if found := left[recipe.hard_from : recipe.hard_to]:
                wrong[query] = np.array(found, dtype=np.int64)
    return wrong
