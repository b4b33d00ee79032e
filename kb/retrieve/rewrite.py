"""What a person typed, as the tree that engines compile."""

from __future__ import annotations

from dataclasses import dataclass

from kb.engine.query import Field, Or, Query, Term
from kb.text.normalise import fold
from kb.text.numbers import find_numbers
from kb.text.segment import bigrams, words

# Chosen on the 235 development questions of STARD (`kb eval`); see ARCHITECTURE.md.
WORD_BOOST = 1.0
BIGRAM_BOOST = 1.0
TITLE_BOOST = 0.5
HEADING_BOOST = 0.3
NUMBER_BOOST = 40.0
"""A 发文字号 names one paper: it outweighs any sum of words."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query cut into terms. ``words`` are distinct, in order; they are highlighted."""

    query: str
    text: str
    words: tuple[str, ...]
    tree: Query


def rewrite(query: str) -> Rewritten:
    """Cut a free-text query. One without any term gives a tree that matches nothing."""
    cut = tuple(dict.fromkeys(words(query)))
    pairs = tuple(dict.fromkeys(bigrams(query)))
    terms = [Term(Field.WORDS, word, WORD_BOOST) for word in cut]
    terms += [Term(Field.BIGRAMS, pair, BIGRAM_BOOST) for pair in pairs]
    terms += [Term(Field.TITLE, word, TITLE_BOOST) for word in cut]
    terms += [Term(Field.HEADING, word, HEADING_BOOST) for word in cut]
    terms += [Term(Field.NUMBER, found.shown, NUMBER_BOOST) for found in find_numbers(query)]
    return Rewritten(query=query, text=fold(query), words=cut, tree=Or(tuple(terms)))
