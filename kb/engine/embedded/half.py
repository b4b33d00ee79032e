"""What a keyword half is: tantivy and Whoosh each have a reader and a writer like this."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from kb.engine.embedded.admitted import Admitted
from kb.engine.embedded.ranking import Found
from kb.engine.embedded.rows import Rows
from kb.engine.protocol import Entry
from kb.engine.query import Field, Query, paper_of

FOLDER = "keyword"


class KeywordReader(Protocol):
    """Searches one published index. Safe for several threads."""

    def search(self, query: Query, admitted: Admitted, wanted: int) -> Found:
        """The best ``wanted`` admitted rows, best first; fewer only if no more match."""

    def count(self, query: Query, admitted: Admitted) -> int:
        """How many admitted rows match."""

    def terms(self, field: Field, admitted: Admitted, prefix: str) -> list[tuple[str, int]]:
        """Terms of admitted rows with their counts, in any order."""

    def documents(self) -> int:
        """How many passages it holds."""

    def close(self) -> None:
        """Release files."""


class KeywordWriter(Protocol):
    """Writes into a folder that already holds what the former generation's held."""

    def add(self, keys: Sequence[int], entries: Sequence[Entry]) -> None:
        """Take entries in, each under its key."""

    def remove(self, keys: Sequence[int]) -> None:
        """Take entries out by key; those of one call may have been added just before."""

    def finish(self) -> None:
        """Write everything out and let go of all files."""

    def abandon(self) -> None:
        """Stop, whatever becomes of the folder."""


class KeywordHalf(Protocol):
    """A module: `tantivy_half` or `whoosh_half`."""

    def mutable(self, name: str) -> bool:
        """Whether a file of this name is written again in place or by name, so not shared."""

    def reader(self, folder: Path, rows: Rows) -> KeywordReader:
        """Open a published index. `IndexCorrupt` if it cannot be."""

    def writer(self, folder: Path, *, bulk: bool) -> KeywordWriter:
        """Write to a new or copied index; ``bulk`` where everything is built at once."""


def text_of(terms: Sequence[str]) -> str:
    """Cut terms as both halves take them: split again at ASCII whitespace, and only there."""
    return " ".join(terms)


def paper_term(passage_id: str) -> str:
    """A passage's paper as both halves index it; names that the system could not decode (lone
    surrogates) are written out."""
    return path_term(paper_of(passage_id))


def path_term(path: str) -> str:
    """A paper's path as both halves index it."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
