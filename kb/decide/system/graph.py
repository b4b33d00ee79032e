"""What rests on what: the office's rules, the papers they name as their bases, and what they ended.

A basis that is named and not in the base stands there too, by its name alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kb.catalogue.rows import VersionRow
from kb.decide.system.inventory import by_name
from kb.law.names import bare_key, title_key
from kb.law.validity import status
from kb.model import Force, Kind, Status

OUTSIDE = "未入库"
"""The status of a paper that is named and not in the base."""


@dataclass(frozen=True, slots=True)
class Node:
    """A paper. ``column``: 0 bases, 1 rules in force, 2 what they ended; ``path`` may be empty."""

    key: str
    title: str
    path: str
    status: str
    column: int


@dataclass(frozen=True, slots=True)
class Edge:
    """``start`` rests on ``end`` (依据), or ended it (废止)."""

    start: str
    end: str
    what: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Papers and what joins them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(versions: Sequence[VersionRow], day: date) -> Graph:
    """Over the rules of the office that hold on ``day``, within what ``versions`` are."""
    shelf = by_name(versions)
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    own = [
        v
        for v in versions
        if v.kind is Kind.REGULATION
        and v.force is Force.INTERNAL
        and status(v.validity, day) is Status.IN_FORCE
    ]
    for version in own:
        nodes[version.path] = _node(version, day, 1)
    for version in own:
        for mention in version.mentions("bases"):
            basis = _named(shelf, mention.title, version, day)
            node = _node(basis, day, 0) if basis else _outside(mention.title)
            nodes.setdefault(node.key, node)
            edges.append(Edge(version.path, node.key, "依据"))
        for mention in version.mentions("repeals"):
            gone = _named(shelf, mention.title, version, day, ended=True)
            node = _node(gone, day, 2) if gone else _outside(mention.title, 2)
            nodes.setdefault(node.key, node)
            edges.append(Edge(version.path, node.key, "废止"))
    return Graph(tuple(nodes.values()), tuple(dict.fromkeys(edges)))


def _named(
    shelf: dict[str, list[VersionRow]],
    title: str,
    of: VersionRow,
    day: date,
    *,
    ended: bool = False,
) -> VersionRow | None:
    found = shelf.get(title_key(title)) or shelf.get(bare_key(title, ""), [])
    others = [one for one in found if one.path != of.path]
    fit = [
        one for one in others if (status(one.validity, day) is Status.IN_FORCE) is not ended
    ] or others
    return max(fit, key=lambda one: one.validity.start or date.min, default=None)


def _node(version: VersionRow, day: date, column: int) -> Node:
    now = status(version.validity, day)
    return Node(version.path, version.title, version.path, now.value, column)


def _outside(title: str, column: int = 0) -> Node:
    return Node(f"《{title}》{column}", title, "", OUTSIDE, column)
