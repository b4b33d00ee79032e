"""Where the words of a query stand in the original text, and the window best shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from kb.text.normalise import normalise

Spans = list[tuple[int, int]]
"""[start, end) character offsets, in order, not overlapping."""

SNIPPET = 160
"""Characters shown of a long passage."""


def highlights(text: str, words: Iterable[str]) -> Spans:
    """Spans of ``text`` that a query's words match, whatever their width, case or script form.

    A single Han character is marked only if the query has no longer word: «的» would otherwise
    be all one sees.
    """
    pattern = _any_of(tuple(words))
    if pattern is None:
        return []
    folded = normalise(text)
    found = [
        (folded.offsets[m.start()], folded.offsets[m.end() - 1] + 1)
        for m in pattern.finditer(folded.text)
    ]
    return merge(found)


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds the words that are marked, the longest first; None where there are none. Remembered:
    each hit of a question asks for the same."""
    wanted = [word for word in dict.fromkeys(words) if word]
    longer = [word for word in wanted if len(word) > 1]
    chosen = sorted(longer or wanted, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, chosen))) if chosen else None


def merge(spans: Iterable[tuple[int, int]]) -> Spans:
    """Join spans that touch or overlap."""
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def snippet(
    text: str, spans: Spans, size: int = SNIPPET, must: tuple[int, int] | None = None
) -> tuple[int, int]:
    """The window of about ``size`` characters with most highlighted ones, cut at sentence ends
    where one is near. Returns [start, end).

    ``must``: what has to be in it ([start, end)), as far as there is room: what answers may not
    be left out for what merely repeats the words that were asked.
    """
    if len(text) <= size * 1.25:
        return 0, len(text)
    starts = [0, *(max(0, start - size // 4) for start, _ in spans)]
    if must is not None:
        lowest, highest = max(0, min(must[0], must[1] - size)), must[0]
        starts = sorted({s for s in starts if lowest <= s <= highest} | {lowest, highest})
    covered = zip(_covered(spans, starts, size), starts, strict=True)
    _, best = max(covered, key=lambda pair: (pair[0], -pair[1]))
    best = min(best, len(text) - size)
    if best > 0:
        # Not past what must be shown, which may itself begin after a mark.
        window = text[max(0, best - 40) : min(best + 20, must[0] if must else len(text))]
        cut = max(window.rfind(mark) for mark in "。；\n")
        if cut >= 0:
            best = max(0, best - 40) + cut + 1
    end = min(len(text), max(best + size, min(must[1], best + 2 * size) if must else 0))
    cuts = [text.find(mark, end) for mark in "。；\n"]
    near = [cut for cut in cuts if 0 <= cut - end < 40]
    return best, min(near) + 1 if near else end


def sentence_of(text: str, at: int) -> tuple[int, int]:
    """The 项 or sentence that the character ``at`` stands in, [start, end): cut at 。；and line
    ends."""
    start = max(text.rfind(mark, 0, at) for mark in "。；\n") + 1
    ends = [text.find(mark, at) for mark in "。；\n"]
    end = min((found + 1 for found in ends if found >= 0), default=len(text))
    return start, end


def _covered(spans: Spans, starts: Iterable[int], size: int) -> Iterator[int]:
    """Of the window that begins at each of the ``starts``, which never fall, the characters that
    are highlighted."""
    first = 0
    for start in starts:
        while first < len(spans) and spans[first][1] <= start:
            first += 1
        many = 0
        for a, b in islice(spans, first, None):
            if a >= start + size:
                break
            many += min(b, start + size) - max(a, start)
        yield many
