"""How a query was read: as plain words or as the query language, with which filters, and what was
wrong with it. Shown to the person, who can take each of it back (`How`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kb.retrieve.language import Fault


class Mode(StrEnum):
    """``PLAIN`` words; the ``LANGUAGE``; ``WORDS`` of a query of the language that matched
    nothing."""

    PLAIN = "plain"
    LANGUAGE = "language"
    WORDS = "words"


DATE, STATUS = "date", "status"
EVERY_FILTER = frozenset((DATE, STATUS))


@dataclass(frozen=True, slots=True)
class Filter:
    """What was read out of a question to choose papers by.

    ``name`` is `DATE` or `STATUS`, ``words`` what stood in the question, ``shown`` what it means.
    ``applied`` is False where nothing would have been left; ``but`` says what is exempt.
    """

    name: str
    words: str
    shown: str
    applied: bool = True
    but: str = ""

    def in_words(self) -> str:
        """For people."""
        said = f"按“{self.words}”只找{' ' * self.shown[0].isascii()}{self.shown}"
        if not self.applied:
            return f"“{self.words}”（{self.shown}）中没有找到直接依据，未按此筛选"
        return said + (f"（{self.but}）" if self.but else "")

    def as_json(self) -> dict[str, Any]:
        """One entry of ``filters``."""
        return {
            "name": self.name,
            "words": self.words,
            "means": self.shown,
            "applied": self.applied,
            "text": self.in_words(),
        }


@dataclass(frozen=True, slots=True)
class How:
    """What the person wants of the reading. ``plain``: as words, whatever it looks like;
    ``without``: names of filters that he took away; ``explain``: numbers behind each hit."""

    plain: bool = False
    without: frozenset[str] = frozenset()
    explain: bool = False


AS_READ = How()


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of one query. ``suggestions`` are whole queries («您是不是要找»)."""

    mode: Mode = Mode.PLAIN
    faults: tuple[Fault, ...] = ()
    filters: tuple[Filter, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is anything to show or to take back."""
        plain = self.mode is Mode.PLAIN
        return not plain or bool(self.faults or self.filters or self.suggestions)

    def as_json(self) -> dict[str, Any]:
        """Part of ``kb search --json``."""
        return {
            "mode": self.mode.value,
            "faults": [
                {"column": f.column, "start": f.start, "end": f.end, "text": f.says}
                for f in self.faults
            ],
            "filters": [f.as_json() for f in self.filters],
            "suggestions": list(self.suggestions),
        }
