"""The query tree and the scope, in tantivy's queries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tantivy import FieldType, Occur, Schema, SchemaBuilder
from tantivy import Query as Compiled

from kb.engine.embedded.half import path_term
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
from kb.model import ALL_KINDS, ALL_TIERS, Scope

MUST, SHOULD, MUST_NOT = Occur.Must, Occur.Should, Occur.MustNot
CUT = (Field.WORDS, Field.BIGRAMS, Field.TITLE, Field.HEADING)
NO_DEPARTMENT = "-"
"""Audiences are stored as ``-`` and the name, so that «no department» is a term too."""

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def schema() -> Schema:
    """Cut fields with positions; raw number; key; what a scope filters by."""
    builder = SchemaBuilder()
    for name in CUT:
        builder.add_text_field(name.value, tokenizer_name="whitespace", index_option="position")
    for raw in (Field.NUMBER.value, "kind", "tier", "department", "paper"):
        builder.add_text_field(raw, tokenizer_name="raw", index_option="basic")
    for number in ("key", "valid_from", "valid_to"):
        builder.add_integer_field(number, indexed=True, fast=True)
    return builder.build()


class Compiler:
    """Compiles for one index's schema."""

    def __init__(self, index_schema: Schema) -> None:
        self._schema = index_schema

    def query(self, query: Query) -> Any:
        """The tree; a part that can match nothing becomes the empty query."""
        match query:
            case Everything():
                # A bare «all» among needed clauses is dropped by tantivy, and its score with it.
                return Compiled.const_score_query(Compiled.all_query(), 1.0)
            case Term(field, text, boost):
                return self._boosted(Compiled.term_query(self._schema, field.value, text), boost)
            case Phrase(field, (text,), boost):
                return self.query(Term(field, text, boost))
            case Phrase(field, texts, boost):
                if not texts or field is Field.NUMBER:
                    return Compiled.empty_query()
                found = Compiled.phrase_query(self._schema, field.value, list(texts))
                return self._boosted(found, boost)
            case Prefix(field, text):
                pattern = _SPECIAL.sub(r"\\\g<0>", text) + ".*"
                found = Compiled.regex_query(self._schema, field.value, pattern)
                return Compiled.const_score_query(found, 1.0)
            case Pattern(field, _):
                found = Compiled.regex_query(self._schema, field.value, query.regex())
                return Compiled.const_score_query(found, 1.0)
            case Papers(paths):
                if not paths:
                    return Compiled.empty_query()
                terms = sorted(map(path_term, paths))
                return self._unscored(Compiled.term_set_query(self._schema, "paper", terms))
            case Or(children):
                return self._boolean([(SHOULD, self.query(child)) for child in children])
            case And(children):
                return self._all_of(children)
            case Not():
                return self._all_of((query,))

    def within(self, query: Query, scope: Scope, audiences: Sequence[str]) -> Any:
        """The tree among what the scope admits; for scopes that admit little.

        ``audiences``: every one that the index holds (`kb.model.audience`).
        """
        needed = [(MUST, self._unscored(f)) for f in self._admitting(scope, audiences)]
        return Compiled.boolean_query([(MUST, self.query(query)), *needed])

    def without(self, query: Query, scope: Scope, audiences: Sequence[str]) -> Any:
        """The same passages, found by leaving out what the scope refuses; for wide scopes."""
        return Compiled.boolean_query(
            [(MUST, self.query(query)), *((MUST_NOT, f) for f in self._refusing(scope, audiences))]
        )

    def _admitting(self, scope: Scope, audiences: Sequence[str]) -> list[Any]:
        found = [
            self._terms("kind", [k.value for k in scope.kinds]),
            self._boolean([(SHOULD, f) for f in self._tiers(scope, audiences, admitted=True)]),
        ]
        if (on := day(scope.as_of)) is not None:
            found.append(self._range("valid_from", None, on, inverted=False))
            found.append(self._range("valid_to", on + 1, None, inverted=False))
        return found

    def _refusing(self, scope: Scope, audiences: Sequence[str]) -> list[Any]:
        found = [
            Compiled.term_query(self._schema, "kind", k.value) for k in ALL_KINDS - scope.kinds
        ]
        found += self._tiers(scope, audiences, admitted=False)
        if (on := day(scope.as_of)) is not None:
            found.append(self._range("valid_from", on + 1, None, inverted=True))
            found.append(self._range("valid_to", None, on, inverted=True))
        return found

    def _tiers(self, scope: Scope, audiences: Sequence[str], *, admitted: bool) -> list[Any]:
        """For each tier, those of its papers that the scope admits, or those that it refuses."""
        found: list[Any] = []
        for tier in sorted(ALL_TIERS):
            whom = [a for a in audiences if scope.admits(tier, a) is admitted]
            if not whom:
                continue
            of_tier = Compiled.term_query(self._schema, "tier", tier.value)
            if len(whom) < len(audiences):
                some = self._terms("department", [NO_DEPARTMENT + a for a in whom])
                of_tier = Compiled.boolean_query([(MUST, of_tier), (MUST, some)])
            found.append(of_tier)
        return found

    def _all_of(self, children: tuple[Query, ...]) -> Any:
        parts = [
            (MUST_NOT, self.query(child.child))
            if isinstance(child, Not)
            else (MUST, self.query(child))
            for child in children
        ]
        if all(occur == MUST_NOT for occur, _ in parts):
            parts.insert(0, (MUST, self._unscored(Compiled.all_query())))
        return Compiled.boolean_query(parts)

    def _boolean(self, parts: list[tuple[Any, Any]]) -> Any:
        return Compiled.boolean_query(parts) if parts else Compiled.empty_query()

    def _terms(self, field: str, texts: list[str]) -> Any:
        terms = [(SHOULD, Compiled.term_query(self._schema, field, text)) for text in sorted(texts)]
        return self._boolean(terms)

    def _range(self, field: str, low: int | None, high: int | None, *, inverted: bool) -> Any:
        kind = FieldType.Integer
        return Compiled.range_query(
            self._schema, field, kind, low, high, True, True, use_inverted_index=inverted
        )

    @staticmethod
    def _boosted(found: Any, boost: float) -> Any:
        return found if boost == 1.0 else Compiled.boost_query(found, boost)

    @staticmethod
    def _unscored(found: Any) -> Any:
        return Compiled.boost_query(Compiled.const_score_query(found, 1.0), 0.0)
