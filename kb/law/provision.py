"""A provision asked for by its exact place: «制度/x.md#第三条第二款第（一）项»."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import PassageRow
from kb.errors import NotFound
from kb.law.cited import Library, Link, place
from kb.model import Level, Node, Scope
from kb.text.citations import article_label
from kb.text.numerals import NUMERAL, to_int

_N = rf"{NUMERAL}{{1,9}}"
LOCATOR = re.compile(
    rf"(第{_N}条(?:之{_N})?)(?:@(\d+))?"
    rf"(?:第({_N})款)?(?:第?[（(]({_N})[）)]项?|第({_N})项)?(?:第?({_N})目)?"
)
"""条 [款] [项] [目]; 项 with or without brackets."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that cite: the passage they stand in, and those words."""

    id: str
    title: str
    label: str
    words: str
    link: Link


@dataclass(frozen=True, slots=True)
class Provision:
    """What was asked for, exactly: the whole passage, or the 款, 项 or 目 of it (``locator``)."""

    row: PassageRow
    text: str
    locator: str = ""
    cites: list[Reference] = field(default_factory=list)
    cited_by: list[Reference] = field(default_factory=list)


def find(rows: IndexReader, library: Library, ident: str, scope: Scope) -> Provision | None:
    """The 条, 款, 项 or 目 that ``ident`` names by its place; None where it names none.

    Raises:
        NotFound: no such file within the scope, or the article has no such 款 or 项.
    """
    path, mark, asked = ident.partition("#")
    match = LOCATOR.fullmatch("".join(asked.split()))
    if not mark or match is None:
        return None
    version = rows.version(path, scope)
    label = article_label(match[1])
    same = [
        node
        for node in rows.nodes(version, scope)
        if node.level is Level.ARTICLE and article_label(node.label) == label
    ]
    nth = int(match[2] or 1)
    if not 1 <= nth <= len(same):
        raise NotFound(
            f"没有找到条文：《{version.title}》没有{asked}", hint="用 kb search 查找，或检查编号"
        )
    node = same[nth - 1]
    row = rows.passage_at(version.id, node.ordinal, scope)
    if row is None or row.passage.node != node.ordinal:
        return None
    paragraph, item, point = (
        to_int(part) if part else None for part in (match[3], match[4] or match[5], match[6])
    )
    text, start, end, locator = node.text or node.title, 0, None, ""
    if paragraph or item or point:
        found = place(node, paragraph, item, point)
        if isinstance(found, str):
            raise NotFound(
                f"《{version.title}》{found}", hint="用 kb show 显示整条，看它有几款几项"
            )
        locator, start, end = found.locator, found.start or 0, found.end
        text = node.text[start:end].strip("\n")
    return _linked(rows, library, row, node, (text, start, end, locator), scope)


def of_passage(rows: IndexReader, library: Library, row: PassageRow, scope: Scope) -> Provision:
    """A passage as it stands, with what it cites; a part of an article with what cites the 条."""
    nodes = {node.ordinal: node for node in rows.nodes(row.version, scope)}
    node = nodes[row.passage.node]
    if node.level is Level.ARTICLE:
        start = max(node.text.find(row.passage.text), 0)
        part = (row.passage.text, start, start + len(row.passage.text), "")
        return _linked(rows, library, row, node, part, scope)
    following = [p.passage.node for p in rows.passages_of(row.version, scope)]
    last = min((n for n in following if n > node.ordinal), default=max(nodes) + 1)
    links = library.cites(row.version.id, range(node.ordinal, max(last, node.ordinal + 1)))
    made = [_reference(row, link, nodes[link.cited.node].text) for link in links]
    return Provision(row, row.passage.text, cites=[r for r in made if r.words in row.passage.text])


def _linked(
    rows: IndexReader,
    library: Library,
    row: PassageRow,
    node: Node,
    shown: tuple[str, int, int | None, str],
    scope: Scope,
) -> Provision:
    text, start, end, locator = shown
    stop = len(node.text) if end is None else end
    cites = [
        _reference(row, link, node.text)
        for link in library.cites(row.version.id, [node.ordinal])
        if start <= link.cited.start < stop
    ]
    cited_by = [
        reference
        for link in library.cited_by(row.version.id, node.label)
        if not locator or (link.start is not None and start <= link.start < stop)
        if (reference := _citing(rows, link, scope)) is not None
        and not (link.version == row.version.id and link.cited.node == node.ordinal)
    ]
    return Provision(row, text, locator, cites, cited_by)


def _citing(rows: IndexReader, link: Link, scope: Scope) -> Reference | None:
    row = rows.passage_at(link.version, link.cited.node, scope)
    if row is None:
        return None
    text = rows.text(link.version, link.cited.node, scope)
    return _reference(row, link, text)


def _reference(row: PassageRow, link: Link, text: str) -> Reference:
    words = text[link.cited.start : link.cited.end]
    return Reference(row.passage.id, row.version.title, row.passage.label, words, link)
