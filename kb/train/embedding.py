"""Fitting the static embedding that ships (``kb train``).

1. A vocabulary is learned from the texts (`kb.train.vocabulary`).
2. Members are fitted, each from its own seed and, every second one, on further pairs of the same
   data (`kb.train.member`). Two of half the size are better than one: what they are wrong about
   differs.
3. Their rows stand side by side, are turned and get a lean (`kb.train.finish`).
4. Rows are quantised to 8 bits and written (`kb.embed.store`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from kb.embed.store import Stored, write
from kb.train.data import article_texts, read_pairs, widened
from kb.train.finish import leaning, turned
from kb.train.member import Texts, fit_member
from kb.train.recipe import Recipe
from kb.train.table import encode
from kb.train.vocabulary import alphabet, learn, learned_from

Say = Callable[[str], None]

FURTHER = 97
"""Between the seed of a member's first draw of sentences and that of its second."""


def train(
    data_dir: Path, out: Path, *, recipe: Recipe | None = None, name: str = "", say: Say = print
) -> Stored:
    """Fit a static model on the pairs of ``data_dir`` and write it to ``out``.

    The same data, recipe and number of threads give the same model. ``say`` gets progress lines.

    Raises:
        ReadError: data missing or malformed. ConfigError: a number of the recipe makes no sense.
    """
    recipe = (recipe or Recipe()).checked()
    pairs = read_pairs(data_dir, seed=recipe.seed)
    tokenizer = learn(
        learned_from(pairs),
        size=recipe.vocabulary,
        longest=recipe.longest,
        characters=alphabet(pairs),
    )
    say(f"词表 {tokenizer.get_vocab_size()}")
    members = []
    for place in range(recipe.members):
        seed = recipe.seed + place
        seen = read_pairs(data_dir, seed=seed)
        if place % 2:
            seen += widened(seen, seed=seed + FURTHER)
        say(f"第 {place + 1}/{recipe.members} 部分")
        members.append(
            fit_member(
                seen,
                tokenizer,
                recipe,
                seed=seed,
                dimensions=recipe.dimensions // recipe.members,
                say=say,
            )
        )
    tokens = np.concatenate(members, axis=1)

    articles = article_texts(pairs) or [pair.passage for pair in pairs]
    shelf = Texts(articles, tokenizer)
    tokens = turned(tokens, encode(shelf.counts, tokens))
    rows = encode(shelf.counts, tokens)
    judged = dict.fromkeys(p.passage for p in pairs if p.judged and p.passage in shelf.number)
    lean = leaning(rows, rows[shelf.numbers(list(judged))], recipe.lean)
    stored = write(
        out,
        name=name or f"shuniu-static-{recipe.dimensions}",
        tokenizer=str(tokenizer.to_str(pretty=False)),
        matrix=tokens,
        lean=lean,
    )
    say(f"已写入 {out}：{stored.name}@{stored.digest}")
    return stored
