"""The words that a scope's passages have, by how they are written and how they sound."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

HAN = re.compile(r"[\u4e00-\u9fff]+")

WORDS = 3
"""That 拼音 typed without a blank may stand for at most (waijiegongzhang)."""

_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
"""Sounds that many people do not tell apart when they type."""


class Vocabulary:
    """``counts``: word → passages of the scope that have it; ``titles`` without their issuers."""

    def __init__(self, counts: Mapping[str, int], titles: Iterable[str]) -> None:
        self.counts = {w: n for w, n in counts.items() if len(w) > 1}
        self.titles = [t for t in titles if 3 < len(t) <= 30 and HAN.fullmatch(t)]

    def sounding(self, typed: str) -> list[str]:
        """Words for 拼音 without tones: whole words, several of them in a row, first letters, or
        with one slip; of the first of these that gives any, the commonest first."""
        if typed in self.counts:
            return []
        if found := self.by_sound.get(typed):
            return found
        if joined := self._joined(typed):
            return [joined]
        if 3 <= len(typed) <= 8 and (found := self.by_initials.get(typed)):
            return found
        if len(typed) < 5:
            return []
        near = process.extract(typed, list(self.by_sound), scorer=OSA.distance, score_cutoff=1)
        return [word for sound, _, _ in near for word in self.by_sound[sound][:1]]

    def like(self, window: str) -> list[str]:
        """Words of the vocabulary that ``window`` may be a slip for; none where it is a word."""
        if window in self.counts:
            return []
        size = len(window)
        alike = [w for w in self._sounding_like(window) if self._plausible(w, window)]
        if size == 3:
            alike += [w for w in self.by_length.get(3, ()) if sorted(w) == sorted(window)]
        if size > 3:
            choices = [w for n in (size - 1, size, size + 1) for w in self.by_length.get(n, ())]
            near = process.extract(window, choices, scorer=OSA.distance, score_cutoff=1, limit=5)
            alike += [w for w, _, _ in near if len(w) > 2]
        return [w for w in dict.fromkeys(alike) if w != window]

    def title_like(self, text: str) -> str:
        """The title that a whole question is but a slip or two away from."""
        if len(text) < 4:
            return ""
        allowed = max(1, len(text) // 6)
        found = process.extractOne(text, self.titles, scorer=OSA.distance, score_cutoff=allowed)
        return found[0] if found and found[1] else ""

    def _sounding_like(self, window: str) -> list[str]:
        sounds = reading(window)
        found = self.by_loose_sound.get(loose("".join(sounds)), ())
        alike = [w for w in found if len(w) == len(window)]
        return sorted(alike, key=lambda w: reading(w) != sounds)

    def _plausible(self, word: str, window: str) -> bool:
        """Two characters sound like many others: one must agree, or the word be of a title."""
        if len(word) > 2:
            return True
        if sum(a == b for a, b in zip(word, window, strict=True)) == 1:
            return True
        in_title = any(word in title for title in self.titles)
        return in_title and reading(word) == reading(window)

    def _joined(self, typed: str) -> str:
        """Known words whose sounds make up ``typed``: the fewest, then the commonest."""
        best: dict[int, tuple[int, int, str]] = {0: (0, 0, "")}
        for end in range(2, len(typed) + 1):
            for start, (count, weight, made) in list(best.items()):
                if start < end and count < WORDS and (words := self.by_sound.get(typed[start:end])):
                    offer = count + 1, weight - self.counts.get(words[0], 1), made + words[0]
                    best[end] = min(best.get(end, offer), offer)
        return best.get(len(typed), (0, 0, ""))[2]

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        """Han words by length, the commonest first."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for word in self._ordered:
            found[len(word)].append(word)
        return found

    @cached_property
    def _ordered(self) -> list[str]:
        han = (word for word in self.counts if HAN.fullmatch(word))
        return sorted(han, key=lambda w: (-self.counts[w], w))

    @cached_property
    def by_sound(self) -> dict[str, list[str]]:
        """拼音 → words, the commonest first, then titles."""
        return self._by("".join)

    @cached_property
    def by_loose_sound(self) -> dict[str, list[str]]:
        """The same, without what many do not tell apart."""
        return self._by(lambda sounds: loose("".join(sounds)))

    @cached_property
    def by_initials(self) -> dict[str, list[str]]:
        """First letters → titles and words of three and more characters."""
        return self._by(lambda sounds: "".join(s[0] for s in sounds), shortest=3)

    def _by(self, key: Callable[[Sequence[str]], str], shortest: int = 2) -> dict[str, list[str]]:
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for word in [*self._ordered, *self.titles]:
            if len(word) >= shortest:
                found[key(reading(word))][word] = None
        return {sound: list(words) for sound, words in found.items()}


def loose(sound: str) -> str:
    """A sound without what many people do not tell apart: zh and z, ang and an."""
    for one, other in _CONFUSED:
        sound = sound.replace(one, other)
    return sound


@lru_cache(maxsize=8192)
def reading(word: str) -> tuple[str, ...]:
    """How a word is read, 拼音 without tones, a syllable a character: 行长 is hang zhang."""
    from pypinyin import Style, lazy_pinyin  # 0.4 s; only for what nothing accounts for

    return tuple(lazy_pinyin(word, style=Style.NORMAL))
