"""A citation as found, and how an article is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.text.numerals import NUMERAL, to_chinese, to_int

_LABEL = re.compile(rf"第\s?({NUMERAL}{{1,9}})\s?条(?:\s?之\s?({NUMERAL}{{1,4}}))?")


@dataclass(frozen=True, slots=True)
class Citation:
    """One place that a text points to.

    ``start``/``end`` are offsets in the text; the members of a range share the range's span.
    ``title`` is the cited document's name without 《》, None where it is the text's own.
    ``label`` is the article (``第三条``, ``第三条之一``); ``paragraph``, ``item`` and ``point`` are
    the numbers of 款, 项 and 目 below it.
    ``relative`` is the word that points from where the text stands: ``本办法``, ``本条``, ``前款``,
    ``前条``, ``下条`` …; ``steps`` how far (前两款 gives one citation of 1 step and one of 2).
    ``loose``: the title stood without 《》 and may begin with words that are not its own.
    """

    start: int
    end: int
    title: str | None = None
    label: str | None = None
    paragraph: int | None = None
    item: int | None = None
    relative: str = ""
    point: int | None = None
    steps: int = 0
    loose: bool = False

    @property
    def locator(self) -> str:
        """What is cited, below the document: ``第三条第二款第（一）项``."""
        near = self.relative if self.relative[-1:] in ("条", "款", "项") else ""
        parts = [self.label or near]
        if self.paragraph is not None:
            parts.append(f"第{to_chinese(self.paragraph)}款")
        if self.item is not None:
            parts.append(f"第（{to_chinese(self.item)}）项")
        if self.point is not None:
            parts.append(f"第{self.point}目")
        return "".join(parts)


def article_label(text: str) -> str:
    """An article's label as laws write it: ``第3条`` as ``第三条``, 第一百〇三条 as 第一百零三条.

    What is no label comes back as it is.
    """
    match = _LABEL.fullmatch(text.strip())
    if match is None or (number := to_int(match[1])) is None:
        return text
    if match[2] is None:
        return numbered(number)
    inserted = to_int(match[2])
    return text if inserted is None else numbered(number, inserted)


def numbered(number: int, inserted: int | None = None) -> str:
    """The label of article ``number``, or of the ``inserted``-th one put in after it."""
    return f"第{to_chinese(number)}条" + (f"之{to_chinese(inserted)}" if inserted else "")
