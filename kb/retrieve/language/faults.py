"""What is wrong with a query, and where; the rest of it is answered all the same."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from kb.retrieve.language.fields import NAMES, What
from kb.text.normalise import fold


@dataclass(frozen=True, slots=True)
class Fault:
    """``start``/``end`` are offsets in the query as typed; ``says`` what was expected there."""

    start: int
    end: int
    says: str

    @property
    def column(self) -> int:
        """Counted from 1, as people count."""
        return self.start + 1

    @property
    def shown(self) -> str:
        """For people."""
        return f"第 {self.column} 个字处：{self.says}"


def near_field(name: str) -> What | None:
    """The field whose name somebody may have meant (标颖, titel), by its first letter: «问题：» is
    no slip for 标题."""
    begins = [known for known in NAMES if known[0] == fold(name)[:1]]
    most = 1 + (len(name) > 4)
    found = process.extractOne(fold(name), begins, scorer=Levenshtein.distance, score_cutoff=most)
    return NAMES[found[0]] if found and len(name) > 1 else None
