"""Faults of form: brackets, quotes and operators that lack their other half."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.retrieve.language.faults import Fault, near_field
from kb.retrieve.language.fields import field_of
from kb.retrieve.language.syntax import Syntax


def faults_of(text: str, nodes: Sequence[Any]) -> list[Fault]:
    """Faults of form, from the flat list of what Whoosh tagged.

    Args:
        text: the query in half width, as long as it was typed.
        nodes: in order, white space included; each has ``startchar`` and ``endchar``.
    """
    found: list[Fault] = []
    opened: list[Any] = []
    before: Any = None  # what stands before, white space aside; None at the beginning
    for node in [n for n in nodes if not n.is_ws()]:
        where = node.startchar, node.endchar
        if Syntax.opens(node):
            opened.append(node)
        elif Syntax.closes(node):
            if not opened:
                found.append(Fault(*where, "多了一个右括号，前面没有与它配对的左括号"))
            else:
                start = opened.pop()
                if before is start:
                    found.append(Fault(start.startchar, where[1], "括号里是空的，应有检索词"))
            _dangling(before, found)
        elif Syntax.infix(node):
            if before is None or Syntax.opens(before) or Syntax.operator(before):
                name = text[slice(*where)]
                found.append(Fault(*where, f"{name} 的前面应有检索词"))
            _after_field(before, found)
        elif Syntax.field(node):
            _after_field(before, found)
            if field_of(node.fieldname) is None and (near := near_field(node.fieldname)):
                says = f"没有“{node.fieldname}”这个字段，按“{near.value}”理解"
                found.append(Fault(where[0], where[0] + len(node.fieldname), says))
        before = node
    _dangling(before, found)
    for node in opened:
        says = "左括号没有配对，后面应有右括号 ）"
        found.append(Fault(node.startchar, node.endchar, says))
    return found + _quotes(text, nodes)


def _dangling(node: Any, found: list[Fault]) -> None:
    """An operator or a field's name with nothing after it."""
    if node is not None and Syntax.operator(node):
        found.append(Fault(node.startchar, node.endchar, f"{node.text.strip()} 的后面应有检索词"))
    _after_field(node, found)


def _after_field(node: Any, found: list[Fault]) -> None:
    if node is not None and Syntax.field(node) and field_of(node.fieldname):
        says = f"“{node.fieldname}：”的后面应有内容"
        found.append(Fault(node.startchar, node.endchar, says))


def _quotes(text: str, nodes: Sequence[Any]) -> list[Fault]:
    """A quote that no phrase took in."""
    taken = [(n.startchar, n.endchar) for n in nodes if Syntax.phrase(n)]
    return [
        Fault(at, at + 1, "引号没有配对，后面应有另一个引号")
        for at, char in enumerate(text)
        if char == '"' and not any(start <= at < end for start, end in taken)
    ]
