"""«您是不是要找»: a slip of the pen or 拼音, put right with words that the reader's papers have.

Offered, never put in place of what was typed. Only looked for where a word of the question occurs
nowhere among what was found; the words offered come from passages within the scope, so that
nothing is told of others.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.engine.protocol import Reader
from kb.engine.query import Field, Phrase
from kb.model import Scope
from kb.retrieve.rewrite import FRAME, Rewritten
from kb.retrieve.vocabulary import HAN, Vocabulary
from kb.text.normalise import fold
from kb.text.segment import bigrams, words

REMEMBERED = 4
"""Scopes whose vocabulary is kept."""

MOST = 3
"""Suggestions at most."""

LONGEST = 40
"""Characters of a question beyond which nothing is put right: it is a story, not a term."""

FEW = 12
"""Characters up to which a question is taken for a few words, not for a sentence."""

WIDEST = 6
"""Characters that are put right together."""

_COMMON = re.compile(
    r"[第一二三四五六七八九十百千万两〇零几多少谁哪那这个想要能会不的了着过没有在到来去就还把被给跟和与及或时是上下回]"
)
"""Numerals and what holds a sentence together: no slip of the pen, and sounds like much else."""

_LATIN = re.compile(r"[a-z]{2,24}(?:[ '][a-z]{2,6})*")


class VocabulariesOfScopes:
    """The vocabularies of one generation, by scope. Safe for several threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._kept: OrderedDict[Scope, Vocabulary] = OrderedDict()

    def of(self, scope: Scope, titles: Callable[[], Iterable[str]]) -> Vocabulary:
        """The words of the passages that a scope lets through; ``titles`` those of its papers."""
        key = replace(scope, reader="")
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        found = Vocabulary(dict(self._reader.terms(Field.WORDS, scope)), titles())
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch [start, end) of the folded question that nothing found accounts for."""

    start: int
    end: int
    latin: bool


def doubts(asked: Rewritten, found: Sequence[str]) -> list[Doubt]:
    """What is worth a look: words that none of the folded texts ``found`` has and that no synonym
    explains. Cheap: it is asked for every query."""
    text = asked.text
    if len(text) > LONGEST:
        return []
    told = [*asked.told, *(m.span() for m in FRAME.finditer(text))]
    spans = [(m.start(), m.end(), True) for m in _LATIN.finditer(text)]
    for start, end in _chunks(text):
        spans.append((start, end, False))
    return [
        Doubt(start, end, latin)
        for start, end, latin in spans
        if not any(a < end and start < b and (not latin or (a, b) == (start, end)) for a, b in told)
        and not any(text[start:end] in whole for whole in found)
    ]


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Words of two and more Han characters, and runs of single ones, which a slip leaves. In a
    sentence a whole word is what was meant, though no paper has it; in a few words it may be
    a slip that made another word (印张 for 印章)."""
    sentence = len(text) > FEW
    for run in HAN.finditer(text):
        at, single = run.start(), run.start()
        for word in words(run.group()):
            whole = len(word) > 1
            if whole or _COMMON.search(word):
                if at - single > 1:
                    yield single, at
                if whole and not sentence and not _COMMON.search(word):
                    yield at, at + len(word)
                single = at + len(word)
            at += len(word)
        if at - single > 1:
            yield single, at


def suggest(
    asked: Rewritten,
    found: Sequence[str],
    reader: Reader,
    scope: Scope,
    vocabulary: Callable[[], Vocabulary],
) -> tuple[str, ...]:
    """Whole queries to offer, likeliest first; usually none.

    Args:
        asked: the question; of it the doubtful stretches are put right.
        found: the folded texts of the first hits.
        vocabulary: the scope's, made when it is needed.
    """
    text = asked.text
    doubtful = [d for d in doubts(asked, found) if _unknown(text, d, reader, scope)]
    if not doubtful or len(doubtful) > MOST:
        return ()
    known = vocabulary()
    titled = known.title_like(text) if not any(d.latin for d in doubtful) else ""
    offers: list[list[tuple[int, int, str]]] = []
    for doubt in doubtful:
        some = list(_latin(text, doubt, known) if doubt.latin else _han(text, doubt, known))
        if not some and not titled:
            return ()
        offers.append(some[:MOST])
    made = [titled] if titled else []
    for n in range(MOST):
        chosen = [some[min(n, len(some) - 1)] for some in offers if some]
        left = text
        for start, end, word in sorted(chosen, reverse=True):
            left = f"{left[:start]}{word}{left[end:]}"
        made.append(left)
    return tuple(s for s in dict.fromkeys(made) if fold(s) != text)[:MOST]


def _unknown(text: str, doubt: Doubt, reader: Reader, scope: Scope) -> bool:
    pairs = tuple(bigrams(text[doubt.start : doubt.end]))
    return not reader.count(Phrase(Field.BIGRAMS, pairs), scope)


def _latin(text: str, doubt: Doubt, known: Vocabulary) -> Iterator[tuple[int, int, str]]:
    typed = re.sub(r"[ ']", "", text[doubt.start : doubt.end])
    for word in known.sounding(typed):
        yield doubt.start, doubt.end, word


def _han(text: str, doubt: Doubt, known: Vocabulary) -> Iterator[tuple[int, int, str]]:
    """Stretches around a doubt with a known word that is but a slip away; the widest first, as
    more of it agrees."""
    seen: set[tuple[int, int, str]] = set()
    for width in range(WIDEST, 1, -1):
        for start in range(max(0, doubt.end - width), min(doubt.start, len(text) - width) + 1):
            window = text[start : start + width]
            if HAN.fullmatch(window) and not _COMMON.search(window):
                for word in known.like(window):
                    if (offer := (start, start + width, word)) not in seen:
                        seen.add(offer)
                        yield offer
    if doubt.end - doubt.start > 2:
        # A slip may lie inside a longer stretch of single characters.
        for start in range(doubt.start, doubt.end - 1):
            if not _COMMON.search(window := text[start : start + 2]):
                for word in known.like(window):
                    yield start, start + 2, word
