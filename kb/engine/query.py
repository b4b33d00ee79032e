"""The query tree that every engine compiles. No engine's own type crosses this module.

Texts in a tree are terms as the segmenter yields them (normalised, lower case).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


class Field(StrEnum):
    """The indexed text fields. ``NUMBER`` holds one raw 发文字号; the others hold cut terms."""

    WORDS = "words"
    BIGRAMS = "bigrams"
    TITLE = "title"
    HEADING = "heading"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Term:
    """One term in one field; ``boost`` multiplies its BM25 score."""

    field: Field
    text: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that must stand side by side, in order."""

    field: Field
    texts: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Prefix:
    """Terms of a field that begin with ``text`` (constant score)."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Terms of a field that ``text`` describes: ``*`` is any characters, ``?`` is one of them,
    every other character is itself (constant score)."""

    field: Field
    text: str

    def regex(self) -> str:
        """The same as a regular expression that tantivy and Python read alike."""
        wild = {"*": ".*", "?": "."}
        return "".join(wild.get(c) or _SPECIAL.sub(r"\\\g<0>", c) for c in self.text)


@dataclass(frozen=True, slots=True)
class Papers:
    """Passages of these papers, named by their paths; scores nothing. What a paper is called, of
    which day and kind it is, is asked of the catalogue: an index knows only where it lies."""

    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the children; scores add up."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of the children; scores add up. Empty matches everything."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but the child; scores nothing."""

    child: Query


@dataclass(frozen=True, slots=True)
class Everything:
    """Every passage, with score 1."""


Query = Term | Phrase | Prefix | Pattern | Papers | Or | And | Not | Everything


def paper_of(passage_id: str) -> str:
    """The path of the paper that a passage stands in: its id up to the last ``#``."""
    path, mark, _ = passage_id.rpartition("#")
    return path if mark else passage_id
