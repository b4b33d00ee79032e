"""What is marked in the text of a hit, and which part of a long one is shown."""

from __future__ import annotations

from collections.abc import Iterable

from kb.retrieve.highlight import Spans, highlights, merge, sentence_of, snippet
from kb.retrieve.quantities import Quantity, bands


def excerpt(
    text: str, words: Iterable[str], asked: tuple[Quantity, ...]
) -> tuple[Spans, tuple[int, int]]:
    """The spans to mark, and the window to show, [start, end).

    Where the question names a sum, the 项 or sentence whose threshold covers it is shown («8万元»:
    «5万元以上、不足20万元») and that threshold is marked: the other 项 say the question's words as
    often. Of several that cover it, the one with most of those words.
    """
    spans = highlights(text, words)
    fitting = bands(asked, text) if asked else []
    if not fitting:
        return spans, snippet(text, spans)
    steps = [sentence_of(text, start) for start, _ in fitting]
    told = [sum(a <= start < b for start, _ in spans) for a, b in steps]
    must = steps[max(range(len(steps)), key=lambda i: (told[i], -i))]
    spans = merge([*spans, *fitting])
    return spans, snippet(text, spans, must=must)
