"""Terms, ids and circles as Milvus can store, cut and compare them.

A term becomes a token that no analyzer splits, folds or drops: a letter for its field and four
base-36 digits a character. So «c++», «A» and «a» stay three terms whatever the server's analyzer is
(milvus-lite has not the ``whitespace`` one), and a token begins with what its term begins with: a
prefix is a LIKE. Half characters (file names that no encoding knows) survive; a string on the wire
may not hold them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kb.engine.query import Field
from kb.model import Kind, Tier

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
WIDTH = 4
"""36⁴ is more than there are characters."""

WORDS, BIGRAMS = "words", "bigrams"
COLUMN: dict[Field, tuple[str, str]] = {
    Field.WORDS: (WORDS, "w"),
    Field.TITLE: (WORDS, "t"),
    Field.HEADING: (WORDS, "h"),
    Field.NUMBER: (WORDS, "n"),
    Field.BIGRAMS: (BIGRAMS, "b"),
}
"""A field → the column of the collection it lies in, and its letter there."""

ODD = re.compile("[\\\\\ud800-\udfff]")


@lru_cache(maxsize=1 << 16)
def character(one: str) -> str:
    """Four digits."""
    number, digits = ord(one), ""
    for _ in range(WIDTH):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def token(field: Field, term: str) -> str:
    """A term as it stands in its column."""
    return COLUMN[field][1] + "".join(map(character, term))


def term_of(found: str) -> str:
    """The term again."""
    return "".join(chr(int(found[i : i + WIDTH], 36)) for i in range(1, len(found), WIDTH))


def text(parts: Iterable[tuple[Field, Sequence[str]]]) -> str:
    """A column: its fields one after the other, every token between blanks."""
    tokens = [token(field, term) for field, terms in parts for term in terms if term]
    return f" {' '.join(tokens)} " if tokens else ""


def key(passage_id: str) -> str:
    """The primary key: 32 hexadecimal digits. Ids may be longer than a key, and hold anything."""
    return hashlib.blake2b(spelt(passage_id).encode("utf-8"), digest_size=16).hexdigest()


def spelt(passage_id: str) -> str:
    """An id as a string that can be sent."""
    return ODD.sub(lambda found: f"\\{ord(found[0]):04x}", passage_id)


def read(stored: str) -> str:
    """The id again."""
    return re.sub(r"\\([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), stored)


def number(*parts: str) -> int:
    """62 bits that stand for some words: compared in a filter, where a string may be too long or
    too odd."""
    body = "\x1e".join(map(spelt, parts)).encode("utf-8")
    return int.from_bytes(hashlib.blake2b(body, digest_size=8).digest(), "big") >> 2


Circle = tuple[str, str, str]
"""Kind, tier and audience: what decides who may read a passage."""


def circle_of(kind: Kind, tier: Tier, audience: str) -> Circle:
    """Its spelling, for the manifest."""
    return (kind.value, tier.value, audience)
