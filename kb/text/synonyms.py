"""Everyday words beside those of regulations: 公章 is 印章, «谁说了算» asks who must 批准.

One list serves both who searches and who composes a pack (`kb.decide.asked`); a section of it may
be for packs alone, where more words would only lead a search astray. The lists are text that a
clerk edits; its head says how. A text is read for them as it stands, not word by word: no segmenter
knows «火烧眉毛» or cuts «带出去» the same way twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from kb.errors import ConfigError
from kb.text.normalise import fold

OWN_FILE = "synonyms.txt"
"""An office's own list, in the home of its base."""


SECTIONS = {"[只用于材料]": False, "[检索和材料]": True}
"""Heads of sections → whether a search uses what stands below."""


@dataclass(slots=True)
class Synonyms:
    """``leads``: phrase → words to add to it when searching. ``groups``: word → words for the same
    thing, those for packs alone among them; ``searched``: without these. ``formal``: word → the
    word of the regulations, last in its line."""

    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    searched: dict[str, frozenset[str]] = field(default_factory=dict)
    leads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    formal: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def same(self, word: str) -> frozenset[str]:
        """The word and its synonyms."""
        return self.groups.get(fold(word), frozenset((word,)))

    def added(self, text: str) -> tuple[str, ...]:
        """What to search for besides the text's own words: in order, each once, none that the
        text holds already. Of overlapping phrases the longest counts."""
        folded = fold(text)
        found = (word for phrase, _, _ in self._phrases(folded) for word in self.leads[phrase])
        return tuple(word for word in dict.fromkeys(found) if word not in folded)

    def understood(self, text: str) -> list[tuple[int, int]]:
        """Where phrases of the list stand in a folded text: [start, end) of each."""
        return [(start, end) for _, start, end in self._phrases(text)]

    def reasons(self, text: str) -> dict[str, str]:
        """Each word that `added` gives → the phrase of the text that it stands for."""
        folded = fold(text)
        found: dict[str, str] = {}
        for phrase, _, _ in self._phrases(folded):
            for word in self.leads[phrase]:
                if word not in folded:
                    found.setdefault(word, phrase)
        return found

    def _phrases(self, folded: str) -> list[tuple[str, int, int]]:
        if self._pattern is None:
            listed = sorted(self.leads, key=lambda phrase: (-len(phrase), phrase))
            self._pattern = re.compile("|".join(map(_whole, listed)) or r"(?!)")
        return [(m.group(), m.start(), m.end()) for m in self._pattern.finditer(folded)]

    def read(self, lines: Iterable[str], name: str) -> Synonyms:
        """Take in more lines; ``name`` stands in errors.

        Raises:
            ConfigError: a line names one word only, a side of ``>`` is empty, or a section is none.
        """
        searched = True
        for number, line in enumerate(lines, start=1):
            body = line.partition("#")[0].strip()
            if not body:
                continue
            if body in SECTIONS:
                searched = SECTIONS[body]
                continue
            left, mark, right = (fold(part).split() for part in body.partition(">"))
            wrong = (mark and not (left and right)) or (not mark and len(left) < 2)
            if wrong or ">" in right or body.startswith("["):
                raise ConfigError(
                    f"同义词表 {name} 第 {number} 行不对：{body}",
                    hint="写作“公章 印章”，或“谁说了算 > 批准 审批”；分段写作"
                    + "、".join(SECTIONS),
                )
            if mark:
                for phrase in left if searched else ():
                    self._lead(phrase, right)
                continue
            _join(self.groups, left)
            for word in left[:-1]:
                self.formal.setdefault(word, left[-1])
            if searched:
                for word in _join(self.searched, left):
                    self._lead(word, sorted(self.searched[word] - {word}))
        self._pattern = None
        return self

    def _lead(self, phrase: str, words: Iterable[str]) -> None:
        self.leads[phrase] = tuple(dict.fromkeys((*self.leads.get(phrase, ()), *words)))


def _join(groups: dict[str, frozenset[str]], words: list[str]) -> frozenset[str]:
    """Make one group of these words and of all that they were in."""
    joined = frozenset(words).union(*(groups.get(word, ()) for word in words))
    groups.update(dict.fromkeys(joined, joined))
    return joined


def _whole(phrase: str) -> str:
    """A phrase as a pattern; one of letters is not found inside a longer word (ai in 拼音)."""
    pattern = re.escape(phrase)
    return rf"(?<![a-z0-9]){pattern}(?![a-z0-9])" if phrase.isascii() else pattern


def read_synonyms(home: Path | None = None) -> Synonyms:
    """The list that ships with the program, then ``synonyms.txt`` in ``home`` if there is one.

    Raises:
        ConfigError: the office's file cannot be read, or has a line that is none.
    """
    shipped = resources.files("kb.text").joinpath(OWN_FILE).read_text(encoding="utf-8")
    made = Synonyms().read(shipped.splitlines(), OWN_FILE)
    own = None if home is None else home / OWN_FILE
    if own is None or not own.is_file():
        return made
    try:
        lines = own.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"同义词表 {own} 无法读取：{error}", hint="应为 UTF-8 文本") from error
    return made.read(lines, str(own))


@cache
def shipped() -> Synonyms:
    """The list that ships with the program, read once."""
    return read_synonyms()


def same(word: str) -> frozenset[str]:
    """The word and its synonyms, by the list that ships."""
    return shipped().same(word)
