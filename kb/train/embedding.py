"""Fitting the static embedding that ships (``kb train``).

1. A vocabulary is learned from the texts (`kb.train.vocabulary`).
2. Each token starts as a random vector, the longer the rarer the token (inverse document
   frequency): before any training the model is a weighted bag of words.
3. All pairs, human ones repeated: the right passage among those of the batch (`kb.train.loss`).
4. Judged pairs again, now beside hard negatives: articles that the model itself ranks high for the
   question and that do not answer it (as in ANCE, Xiong et al. 2020, arXiv:2007.00808). The rows
   are then taken half-way back to those before (Wortsman et al. 2021, arXiv:2109.01903): what
   the hard negatives gain at the top of the list is kept, what they lose further down comes back.
5. Rows are folded (`kb.train.parts`), quantised to 8 bits and written (`kb.embed.store`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kb.embed.store import Stored, write
from kb.errors import ConfigError
from kb.train.data import SENTENCE, Pair, article_texts, read_pairs
from kb.train.loss import known
from kb.train.parts import Ids, Parts
from kb.train.table import Table
from kb.train.vocabulary import UNKNOWN, learn

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Say = Callable[[str], None]

TOKENS = 400
"""Tokens of one text that are learned from."""

CHUNK = 512
"""Texts cut, and questions whose negatives are looked for, at once."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides a training; the defaults are those of the shipped model."""

    seed: int = 1
    epochs: int = 2
    dimensions: int = 1024
    vocabulary: int = 30_000
    longest: int | None = None
    batch: int = 1024
    rate: float = 0.1
    hard_epochs: int = 3
    hard_batch: int = 256
    hard_rate: float = 0.05
    hard_each: int = 4
    hard_from: int = 3
    hard_to: int = 60
    hard_share: float = 0.5

    def checked(self) -> Recipe:
        """Itself. Raises `ConfigError` where a number makes no sense."""
        if min(self.dimensions, self.vocabulary, self.batch, self.hard_batch) < 2:
            raise ConfigError("维数、词表与批量都应不小于 2")
        if self.epochs < 1 or self.hard_epochs < 0:
            raise ConfigError("训练轮数应不小于 1")
        return self


class _Texts:
    """Every text once, cut into tokens and expanded; texts are known by number from here on."""

    def __init__(self, texts: Sequence[str], tokenizer: Tokenizer, parts: Parts) -> None:
        self.number = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        distinct = list(self.number)
        self.ids: list[Ids] = []
        for start in range(0, len(distinct), CHUNK):
            cut = tokenizer.encode_batch_fast(
                distinct[start : start + CHUNK], add_special_tokens=False
            )
            self.ids += [parts.expand(encoding.ids[:TOKENS]) for encoding in cut]

    def of(self, numbers: NDArray[np.int64]) -> list[Ids]:
        return [self.ids[n] for n in numbers.tolist()]


def train(
    data_dir: Path, out: Path, *, recipe: Recipe | None = None, name: str = "", say: Say = print
) -> Stored:
    """Fit a static model on the pairs of ``data_dir`` and write it to ``out``.

    The same data, recipe and number of threads give the same model. ``say`` gets progress lines.

    Raises:
        ReadError: data missing or malformed. ConfigError: a number of the recipe makes no sense.
    """
    import torch

    recipe = (recipe or Recipe()).checked()
    pairs = read_pairs(data_dir, seed=recipe.seed)
    articles = article_texts(pairs)
    texts = [text for pair in pairs for text in (pair.query, pair.passage)]
    say(f"训练对 {len(pairs)}，其中人工 {sum(p.judged for p in pairs)}；条文 {len(articles)}")
    words = dict.fromkeys(t for p in pairs if p.label != SENTENCE for t in (p.query, p.passage))
    tokenizer = learn(words, size=recipe.vocabulary, longest=recipe.longest)
    say(f"词表 {tokenizer.get_vocab_size()}")
    parts = Parts(tokenizer.get_vocab(), unknown=UNKNOWN)
    cut = _Texts([*texts, *articles], tokenizer, parts)
    say(f"文本 {len(cut.ids)}")

    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    table = Table(tokenizer, _start(cut, tokenizer.get_vocab_size(), recipe.dimensions, rng))
    _all_pairs(table, pairs, cut, recipe, rng, say)
    rows = table.rows()
    judged = [pair for pair in pairs if pair.judged]
    if judged and recipe.hard_epochs:
        # Its own stream: this stage alone can be repeated on a saved first stage.
        again = np.random.default_rng([recipe.seed, 2])
        _hard(table, judged, articles, cut, recipe, again, say)
        rows += np.float32(recipe.hard_share) * (table.rows() - rows)
    stored = write(
        out,
        name=name or f"shuniu-static-{recipe.dimensions}",
        tokenizer=str(tokenizer.to_str(pretty=False)),
        matrix=parts.fold(rows),
    )
    say(f"已写入 {out}：{stored.name}@{stored.digest}")
    return stored


def _start(
    cut: _Texts, vocabulary: int, dimensions: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    seen = np.zeros(vocabulary)
    for ids in cut.ids:
        seen[np.unique(ids)] += 1
    idf = np.log((len(cut.ids) + 1) / (seen + 1)) + 0.1
    rows = rng.standard_normal((vocabulary, dimensions), dtype=np.float32)
    rows *= (idf / idf.mean()).astype(np.float32)[:, None]
    return rows


def _numbers(pairs: Sequence[Pair], cut: _Texts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    queries = np.array([cut.number[pair.query] for pair in pairs], dtype=np.int64)
    passages = np.array([cut.number[pair.passage] for pair in pairs], dtype=np.int64)
    return queries, passages


def _answers(queries: NDArray[np.int64], passages: NDArray[np.int64]) -> dict[int, frozenset[int]]:
    lists: dict[int, set[int]] = {}
    for query, passage in zip(queries.tolist(), passages.tolist(), strict=True):
        lists.setdefault(query, set()).add(passage)
    return {query: frozenset(found) for query, found in lists.items()}


def _batches(count: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Full batches in random order; a set smaller than one batch is one batch."""
    order = rng.permutation(count)
    size = min(size, count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]


def _all_pairs(
    table: Table,
    pairs: Sequence[Pair],
    cut: _Texts,
    recipe: Recipe,
    rng: np.random.Generator,
    say: Say,
) -> None:
    queries, passages = _numbers(pairs, cut)
    answers = _answers(queries, passages)
    seen = np.repeat(np.arange(len(pairs)), [pair.repeats for pair in pairs])
    steps = recipe.epochs * max(1, len(seen) // recipe.batch)
    fit = table.fitting(rate=recipe.rate, steps=steps)
    for epoch in range(recipe.epochs):
        losses = []
        for batch in _batches(len(seen), recipe.batch, rng):
            asked, right = queries[seen[batch]], passages[seen[batch]]
            skip = known(asked, right, answers)
            losses.append(fit.step(cut.of(asked), cut.of(right), skip))
        say(f"第 {epoch + 1}/{recipe.epochs} 轮，损失 {np.mean(losses):.3f}")


def _hard(
    table: Table,
    judged: Sequence[Pair],
    articles: Sequence[str],
    cut: _Texts,
    recipe: Recipe,
    rng: np.random.Generator,
    say: Say,
) -> None:
    queries, passages = _numbers(judged, cut)
    answers = _answers(queries, passages)
    pool = np.array([cut.number[text] for text in articles], dtype=np.int64)
    wrong = _mine(table, answers, pool, cut, recipe)
    say(f"难负例：{len(wrong)} 个问题")
    steps = recipe.hard_epochs * max(1, len(judged) // recipe.hard_batch)
    fit = table.fitting(rate=recipe.hard_rate, steps=steps)
    for epoch in range(recipe.hard_epochs):
        losses = []
        for batch in _batches(len(judged), recipe.hard_batch, rng):
            asked, right = queries[batch], passages[batch]
            drawn = [
                rng.choice(wrong[query], recipe.hard_each)
                for query in asked.tolist()
                if query in wrong
            ]
            shown = np.concatenate([right, *drawn])
            skip = known(asked, shown, answers)
            losses.append(fit.step(cut.of(asked), cut.of(shown), skip))
        say(f"难负例第 {epoch + 1}/{recipe.hard_epochs} 轮，损失 {np.mean(losses):.3f}")


def _mine(
    table: Table,
    answers: dict[int, frozenset[int]],
    pool: NDArray[np.int64],
    cut: _Texts,
    recipe: Recipe,
) -> dict[int, NDArray[np.int64]]:
    """For each question with an answer in the pool: wrong articles, ranked from–to by the model."""
    inside = set(pool.tolist())
    asked = [query for query, right in answers.items() if right & inside]
    if not asked:
        return {}
    shelf = table.encode(cut.of(pool))
    wrong = {}
    for start in range(0, len(asked), CHUNK):
        chunk = asked[start : start + CHUNK]
        scores = table.encode(cut.of(np.array(chunk, dtype=np.int64))) @ shelf.T
        for query, row in zip(chunk, scores, strict=True):
            ranked = pool[np.argsort(-row, kind="stable")[recipe.hard_from : recipe.hard_to]]
            found = [n for n in ranked.tolist() if n not in answers[query]]
            if found:
                wrong[query] = np.array(found, dtype=np.int64)
    return wrong
