"""The query tree in Whoosh's queries. (Scopes are the mask's work: nothing of them is here.)"""

from __future__ import annotations

import warnings
from typing import Any

from kb.engine.query import And, Everything, Field, Not, Or, Phrase, Prefix, Query, Term

with warnings.catch_warnings():
    # Escapes in its strings that newer Pythons warn of; nobody mends them any more.
    warnings.simplefilter("ignore")
    from whoosh import matching
    from whoosh import query as whoosh


def compiled(query: Query) -> Any:
    """The tree; a part that can match nothing becomes the null query."""
    match query:
        case Everything():
            return _Constant(whoosh.Every(), 1.0)
        case Term(field, text, boost):
            return whoosh.Term(field.value, text, boost=boost)
        case Phrase(field, (text,), boost):
            return compiled(Term(field, text, boost))
        case Phrase(field, texts, boost):
            if not texts or field is Field.NUMBER:
                return whoosh.NullQuery
            return whoosh.Phrase(field.value, list(texts), boost=boost)
        case Prefix(field, text):
            return _Constant(whoosh.Prefix(field.value, text), 1.0)
        case Or(children):
            return whoosh.Or([compiled(c) for c in children]) if children else whoosh.NullQuery
        case And(children):
            return _all_of(children)
        case Not():
            return _all_of((query,))


def _all_of(children: tuple[Query, ...]) -> Any:
    needed = [compiled(child) for child in children if not isinstance(child, Not)]
    refused = [compiled(child.child) for child in children if isinstance(child, Not)]
    found = whoosh.And(needed) if needed else _Constant(whoosh.Every(), 0.0)
    return whoosh.AndNot(found, whoosh.Or(refused)) if refused else found


class _Constant(whoosh.ConstantScoreQuery):  # type: ignore[misc]
    """Whoosh's own takes a score of 0 for «none given», and forgets it in some contexts."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        found = list(self.child.matcher(searcher, context).all_ids())
        if not found:
            return matching.NullMatcher()
        return matching.ListMatcher(found, weights=[self.score] * len(found))
