"""What each node of a paper cites, as read: what is meant is found later (`kb.law.cited`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.law.names import title_key
from kb.model import Cited, Level, Node
from kb.text.citations import Citation, article_label, find_citations, find_titles

READ = frozenset((Level.ARTICLE, Level.TEXT, Level.TABLE))
"""Levels whose text cites; a heading names what it is about."""
MARKS = ("《", "条", "款", "项", "目")
MOST = 50_000
"""Citations kept of one paper: no office's paper has a tenth of it."""


def citations(nodes: Sequence[Node], abbreviations: Sequence[tuple[str, str]]) -> tuple[Cited, ...]:
    """Every place and every document cited, by node and place.

    Args:
        nodes: the paper's outline.
        abbreviations: its 简称 with what each stands for.
    """
    known = dict(abbreviations)
    found: list[Cited] = []
    for node in nodes:
        if node.level in READ and any(mark in node.text for mark in MARKS):
            found.extend(_of(node, known))
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _of(node: Node, known: dict[str, str]) -> Iterator[Cited]:
    places = find_citations(node.text, known)
    for citation in sorted([*places, *find_titles(node.text)], key=lambda c: (c.start, c.end)):
        yield _cited(citation, node.ordinal, known)


def _cited(citation: Citation, ordinal: int, known: dict[str, str]) -> Cited:
    title = citation.title or ""
    title = known.get(title, title)
    return Cited(
        node=ordinal,
        start=citation.start,
        end=citation.end,
        title=title,
        key=title_key(title) if title else "",
        label=article_label(citation.label) if citation.label else "",
        paragraph=citation.paragraph,
        item=citation.item,
        point=citation.point,
        relative=citation.relative,
        steps=citation.steps,
        loose=citation.loose and title == citation.title,
    )
