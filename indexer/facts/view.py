"""The places of a document where it speaks of itself: its head, first articles, and end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.model import Level, Node

HEAD = 14
TOP = 4
"""Paragraphs from the top that can be the head."""
FIRST, LAST = 3, 2
"""Articles from the beginning and the end that are looked at."""
ABOVE = 12
DATE = re.compile(
    r"(?:.{2,30}[\s　]+)?(?:\d{4}|[〇○零一二三四五六七八九]{4})年.{1,3}月.{1,3}日(?:[\s　]*印发)?"
)
CLOSING = re.compile(r"附\s*则")


@dataclass(frozen=True, slots=True)
class View:
    """Texts by place. ``articles`` is the number of 条.

    ``top`` are the first lines of all, headings too; ``head`` the paragraphs above the first
    heading or article; ``opening`` what follows in a document without articles; ``tail`` the
    paragraphs after the last article; ``signed`` each date that stands alone or in an imprint,
    with the few lines above it.
    """

    title: str
    head: tuple[str, ...]
    opening: tuple[str, ...]
    top: tuple[str, ...]
    first: tuple[str, ...]
    closing: tuple[str, ...]
    tail: tuple[str, ...]
    signed: tuple[tuple[str, ...], ...]
    headings: tuple[str, ...]
    articles: int

    @property
    def prose(self) -> bool:
        """Whether the document has no articles."""
        return self.articles == 0


def view(title: str, nodes: Sequence[Node]) -> View:
    """Look at an outline once for all the properties."""
    articles = [node for node in nodes if node.level is Level.ARTICLE]
    begun = next((i for i, n in enumerate(nodes) if n.level is not Level.TEXT), len(nodes))
    head = [node.text for node in nodes[: min(begun, HEAD)]]
    annex = next((n.ordinal for n in nodes if n.level is Level.ANNEX), len(nodes))
    # A schedule may hold articles of its own; the closing ones are those of the document.
    own = [node for node in articles if node.ordinal < annex] or articles
    closing = [n for n in own if n.heading and CLOSING.search(n.heading[-1])] or own[-LAST:]
    after = own[-1].ordinal if own else -1
    texts = [node.text for node in nodes if node.level is Level.TEXT and node.ordinal > after]
    return View(
        title=title,
        head=tuple(head),
        opening=tuple(texts[:HEAD]) if not own else (),
        top=tuple(node.text or node.title for node in nodes[:TOP] if node.level is not Level.TABLE),
        first=tuple(node.text for node in own[:FIRST]),
        closing=tuple(node.text for node in closing),
        tail=tuple(texts[-HEAD:]),
        signed=tuple(
            tuple(texts[max(0, i - ABOVE) : i + 1])
            for i, t in enumerate(texts)
            if DATE.fullmatch(t)
        ),
        headings=tuple(
            node.title for node in nodes if node.level in (Level.HEADING, Level.CHAPTER)
        ),
        articles=len(own),
    )
