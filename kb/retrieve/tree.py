"""A query tree as lines for people: what ``kb search --explain`` shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from kb.engine.query import (
    And,
    Everything,
    Field,
    Not,
    Or,
    Papers,
    Pattern,
    Phrase,
    Prefix,
    Query,
    Term,
)

NAMES = {
    Field.WORDS: "词",
    Field.BIGRAMS: "二字",
    Field.TITLE: "标题中的词",
    Field.HEADING: "章节中的词",
    Field.NUMBER: "文号",
}

SHOWN = 3
"""Paths of a set of papers that are named; of the rest how many there are."""


def tree_lines(tree: Query) -> list[str]:
    """Term line a node, children two blanks further in; terms of one field and weight that stand
    side by side share a line. Every path in it is one that the asker may see: a tree is made from
    the papers of his scope."""
    match tree:
        case Or(children) | And(children):
            if not children:
                return ["不找任何条文" if isinstance(tree, Or) else "全部条文"]
            if len(children) == 1:
                return tree_lines(children[0])
            head = "其中之一（得分相加）" if isinstance(tree, Or) else "全部符合"
            return [head, *_indented(_children(children))]
        case Not(child):
            return ["不含", *_indented(tree_lines(child))]
        case _:
            return [_leaf(tree)]


def _children(children: Sequence[Query]) -> list[str]:
    lines: list[str] = []
    for kind, some in groupby(children, lambda c: (c.field, c.boost) if type(c) is Term else None):
        if kind is None:
            lines += [line for child in some for line in tree_lines(child)]
        else:
            lines.append(_terms(*kind, [child.text for child in some if isinstance(child, Term)]))
    return lines


def _leaf(tree: Query) -> str:
    match tree:
        case Term(field, text, boost):
            return _terms(field, boost, [text])
        case Phrase(field, texts, boost):
            return f"{NAMES[field]}依次相连：{' '.join(texts)}{_weight(boost)}"
        case Prefix(field, text):
            return f"{NAMES[field]}开头：{text}"
        case Pattern(field, text):
            return f"{NAMES[field]}形如：{text}"
        case Papers(paths):
            named = "、".join(sorted(paths)[:SHOWN])
            more = "等" * (len(paths) > SHOWN)
            return f"只在这 {len(paths)} 份文件中：{named}{more}" if paths else "没有这样的文件"
        case Everything():
            return "全部条文"
    raise TypeError(tree)


def _terms(field: Field, boost: float, texts: Sequence[str]) -> str:
    return f"{NAMES[field]}：{' '.join(texts)}{_weight(boost)}"


def _weight(boost: float) -> str:
    return "" if boost == 1 else f"（权重 {boost:g}）"


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]
