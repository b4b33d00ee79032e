"""What a person typed, as the tree that engines compile and the texts that are embedded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb.engine.query import Field, Or, Query, Term
from kb.text.normalise import fold
from kb.text.numbers import find_numbers
from kb.text.segment import bigrams, words
from kb.text.synonyms import Synonyms, shipped

# Chosen on `train` of STARD and on half of tests/questions (benchmarks/fit_ranker.py).
WORD_BOOST = 1.0
BIGRAM_BOOST = 1.0
TITLE_BOOST = 0.25
HEADING_BOOST = 0.15
ADDED_BOOST = 0.5
"""Of a synonym, against a word that the person typed."""
NUMBER_BOOST = 40.0
"""A 发文字号 names one paper: it outweighs any sum of words."""

FRAME = re.compile(
    r"请问|想问一下|我想知道|有没有规定|怎么办理|怎么办|咋办|咋弄|怎么弄|怎么样|怎么|怎样|如何|"
    r"能不能|可不可以|可以吗|行不行|行吗|成不成|要不要|是不是|是否|有没有|算不算|"
    r"是什么|有哪些|哪些|什么|多少|吗|呢|吧|啊"
)
"""What only makes a question of it. Left out of the words and pairs, never of what is embedded."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query cut into terms. ``words`` are distinct, in order; they are highlighted.

    ``pairs`` are its bigrams, ``added`` the synonyms searched besides, ``told`` where in ``text``
    the phrases stand that they were added for. ``concepts`` is the question once over, each part
    with all that it may be said by: a phrase with its synonyms, a pair by itself.
    """

    query: str
    text: str
    words: tuple[str, ...]
    pairs: tuple[str, ...]
    added: tuple[str, ...]
    told: tuple[tuple[int, int], ...]
    tree: Query
    concepts: tuple[tuple[str, ...], ...] = ()


def rewrite(query: str, synonyms: Synonyms | None = None) -> Rewritten:
    """Cut a free-text query. One without any term gives a tree that matches nothing."""
    text = fold(query)
    asked = unframed(text)
    cut = _distinct(words(asked))
    pairs = _distinct(bigrams(asked))
    synonyms = synonyms or shipped()
    added, told = synonyms.added(text), tuple(synonyms.understood(text))
    more = tuple(word for word in _distinct(w for a in added for w in words(a)) if word not in cut)
    further = tuple(p for p in _distinct(p for a in added for p in bigrams(a)) if p not in pairs)
    terms = [
        *_terms(cut, pairs, 1.0),
        *_terms(more, further, ADDED_BOOST),
        *(Term(Field.NUMBER, found.shown, NUMBER_BOOST) for found in find_numbers(query)),
    ]
    concepts = _concepts(text, synonyms)
    return Rewritten(query, text, cut, pairs, added, told, Or(tuple(terms)), concepts)


def _concepts(text: str, synonyms: Synonyms) -> tuple[tuple[str, ...], ...]:
    rest, said = text, []
    for start, end in synonyms.understood(text):
        phrase = text[start:end]
        said.append((phrase, *synonyms.leads[phrase]))
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return tuple(dict.fromkeys([*said, *((pair,) for pair in bigrams(FRAME.sub(" ", rest)))]))


def within_fields(asked: Rewritten, fields: frozenset[Field]) -> Rewritten:
    """With the terms in these fields only."""
    terms = asked.tree.children if isinstance(asked.tree, Or) else (asked.tree,)
    kept = tuple(term for term in terms if isinstance(term, Term) and term.field in fields)
    return replace(asked, tree=Or(kept))


def unframed(text: str) -> str:
    """A question without what only makes a question of it; itself where nothing else is left."""
    left = FRAME.sub(" ", text).strip()
    return left if any(c.isalnum() for c in left) else text


def _terms(cut: Sequence[str], pairs: Sequence[str], share: float) -> list[Term]:
    return [
        *(Term(Field.WORDS, word, WORD_BOOST * share) for word in cut),
        *(Term(Field.BIGRAMS, pair, BIGRAM_BOOST * share) for pair in pairs),
        *(Term(Field.TITLE, word, TITLE_BOOST * share) for word in cut),
        *(Term(Field.HEADING, word, HEADING_BOOST * share) for word in cut),
    ]


def _distinct(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
