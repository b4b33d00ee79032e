"""The query tree and the scope as Milvus filter expressions.

Every node gives two: ``most`` lets through at least what matches, ``least`` nothing that does not.
They are the same but for a pattern with ``*`` inside a term, which LIKE cannot keep within one
token; the negation of a node swaps them. Where they differ, what is fetched is looked at again
(`match.py`). A phrase is a LIKE, too: tokens stand in their column in order, between blanks, so
PHRASE_MATCH, which milvus-lite has not, is not needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.engine.milvus.encode import BIGRAMS, COLUMN, WIDTH, WORDS, Circle, number, token
from kb.engine.protocol import day
from kb.engine.query import (
    And,
    Everything,
    Field,
    Not,
    Or,
    Papers,
    Pattern,
    Phrase,
    Prefix,
    Query,
    Term,
)
from kb.model import Kind, Scope, Tier

Filter = str | bool
"""An expression; True lets through everything, False nothing."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Two filters around what matches."""

    most: Filter
    least: Filter

    @property
    def exact(self) -> bool:
        """Nothing need be looked at again."""
        return self.most == self.least


def compiled(query: Query) -> Compiled:
    """The filters of a tree."""
    match query:
        case Everything():
            return _same(True)
        case Term(field, text):
            return _same(_term(field, text))
        case Phrase(field, texts):
            return _same(_phrase(field, texts))
        case Prefix(field, text):
            return _same(_like(field, f"% {token(field, text)}%"))
        case Pattern(field, text):
            return _pattern(field, text)
        case Papers(paths):
            return _same(papers_filter(paths))
        case Or(children):
            terms = [c for c in children if isinstance(c, Term)]
            parts = [compiled(c) for c in children if not isinstance(c, Term)]
            any_of = _terms(terms)
            return Compiled(
                either([any_of, *(p.most for p in parts)]),
                either([any_of, *(p.least for p in parts)]),
            )
        case And(children):
            parts = [compiled(c) for c in children]
            return Compiled(both(p.most for p in parts), both(p.least for p in parts))
        case Not(child):
            inner = compiled(child)
            return Compiled(_not(inner.least), _not(inner.most))


def scope_filter(scope: Scope, circles: Iterable[Circle]) -> Filter:
    """What a reader may see on the scope's day.

    Args:
        scope: his.
        circles: all there are in the generation; the scope is asked once for each.
    """
    known = list(circles)
    seen = [
        number(*circle)
        for circle in known
        if Kind(circle[0]) in scope.kinds and scope.admits(Tier(circle[1]), circle[2])
    ]
    who: Filter = len(seen) == len(known) or (_in("circle", seen) if seen else False)
    on = day(scope.as_of)
    when: Filter = True if on is None else f"valid_from <= {on} and valid_to > {on}"
    return both([who, when])


def papers_filter(paths: Iterable[str]) -> Filter:
    """Passages of these papers."""
    wanted = sorted(number(path) for path in paths)
    return _in("paper", wanted) if wanted else False


def both(parts: Iterable[Filter]) -> Filter:
    """All of them."""
    kept = [p for p in parts if p is not True]
    if any(p is False for p in kept):
        return False
    return " and ".join(f"({p})" for p in kept) if kept else True


def either(parts: Iterable[Filter]) -> Filter:
    """Any of them."""
    kept = [p for p in parts if p is not False]
    if any(p is True for p in kept):
        return True
    return " or ".join(f"({p})" for p in kept) if kept else False


def _not(part: Filter) -> Filter:
    return (not part) if isinstance(part, bool) else f"not ({part})"


def _same(part: Filter) -> Compiled:
    return Compiled(part, part)


def _term(field: Field, text: str) -> Filter:
    return f"text_match({COLUMN[field][0]}, '{token(field, text)}')" if text else False


def _terms(terms: list[Term]) -> Filter:
    """Any of these: one expression a column."""
    parts: list[Filter] = []
    for column in (WORDS, BIGRAMS):
        tokens = [token(t.field, t.text) for t in terms if t.text and COLUMN[t.field][0] == column]
        if tokens:
            parts.append(f"text_match({column}, '{' '.join(dict.fromkeys(tokens))}')")
    return either(parts)


def _phrase(field: Field, texts: tuple[str, ...]) -> Filter:
    if not texts or not all(texts) or (field is Field.NUMBER and len(texts) > 1):
        return False
    # The terms first: they have an index, the order has none.
    terms: list[Filter] = [_term(field, text) for text in dict.fromkeys(texts)]
    if len(texts) == 1:
        return terms[0]
    side_by_side = " ".join(token(field, text) for text in texts)
    return both([*terms, _like(field, f"% {side_by_side} %")])


def _pattern(field: Field, text: str) -> Compiled:
    if not text:
        return _same(False)
    head, star, _ = text.partition("*")
    shape = f"% {COLUMN[field][1]}" + "".join(
        {"*": "%", "?": "_" * WIDTH}.get(c) or token(field, c)[1:] for c in text
    )
    if not star:
        return _same(_like(field, f"{shape} %"))
    if text.rstrip("*") == head:
        return _same(_like(field, shape))
    return Compiled(_like(field, f"{shape}%"), False)


def _like(field: Field, shape: str) -> str:
    return f'{COLUMN[field][0]} like "{shape}"'


def _in(column: str, values: Iterable[int]) -> str:
    return f"{column} in [{', '.join(map(str, values))}]"
