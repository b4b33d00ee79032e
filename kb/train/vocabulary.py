"""The vocabulary of a static model: byte-pair merges over characters, learned from the texts.

Chinese is not cut into words first: frequent words and terms become one token, rare ones fall apart
into characters. Digits stay single, so that numbers never become rare tokens.

A vocabulary ships as readable text, so what it is learned from must be fit to be read: law and the
made-up or retrieved questions about it, never people's letters (`learned_from`). A bound on length
keeps out set phrases besides.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kb.train.data import STRUCTURAL, Pair

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN = "[UNK]"

SEEN = 2
"""Times, below which a character stays unknown."""

QUESTIONS = ("weak", "synthetic-answer")
"""Beginnings of the labels whose questions (not their answers) are learned from, too."""


def learned_from(pairs: Sequence[Pair]) -> list[str]:
    """The texts that a vocabulary is learned from, each once, in order.

    Without any text of law there is nothing else than the pairs themselves.
    """
    law = [text for p in pairs if p.label == STRUCTURAL for text in (p.query, p.passage)]
    asked = [p.query for p in pairs if p.label.startswith(QUESTIONS)]
    everything = [text for p in pairs for text in (p.query, p.passage)]
    return list(dict.fromkeys([*law, *asked] if law else everything))


def alphabet(pairs: Sequence[Pair]) -> list[str]:
    """Every character that occurs at least `SEEN` times in whatever text: alone it says nothing."""
    seen = Counter(
        char
        for text in dict.fromkeys(text for p in pairs for text in (p.query, p.passage))
        for char in unicodedata.normalize("NFKC", text).lower()
    )
    return sorted(c for c, times in seen.items() if times >= SEEN and not c.isspace())


def learn(
    texts: Iterable[str], *, size: int, longest: int | None, characters: Sequence[str] = ()
) -> Tokenizer:
    """A tokenizer of at most ``size`` tokens, none over ``longest`` characters (None: no bound).

    ``characters`` are in it whether or not the texts hold them.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Whitespace(),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[UNKNOWN],
        min_frequency=2,
        # The library's bound is the first length that is refused.
        max_token_length=None if longest is None else longest + 1,
        initial_alphabet=list(characters),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
