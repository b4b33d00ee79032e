"""Whoosh's query parser, set up for our language.

Only its syntax is used (`QueryParser.tag`, `.process`): what a word, a field or a range means is
ours to say, because the same tree must run on every engine.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any

with warnings.catch_warnings():
    # Escapes in its strings that newer Pythons warn of; nobody mends them any more.
    warnings.simplefilter("ignore")
    from whoosh import qparser
    from whoosh.qparser import plugins, syntax

_BEGIN = r"(?:^|(?<=[\s()\"\]}]))"
_END = r"(?=[\s()\"]|$)"
AND = rf"{_BEGIN}(?:AND|&&|并且|且){_END}"
OR = rf"{_BEGIN}(?:OR|\|\||或者|或){_END}"
NOT = rf"{_BEGIN}(?:NOT|非|不含){_END}"
FIELD = r"(?P<text>[^\W\d]\w*):\s*(?!//)"
RANGE = (
    r"(?P<open>[\[{])\s*(?P<start>[^\]}\[{\s]*)\s*(?:(?<=[\s\[{])TO(?=[\s\]}])|至|到|~|～)"
    r"\s*(?P<end>[^\]}\[{\s]*)\s*(?P<close>[\]}])"
)


class Syntax:
    """What sort of node the parser made."""

    @staticmethod
    def opens(node: Any) -> bool:
        """``(``"""
        return isinstance(node, plugins.GroupPlugin.OpenBracket)

    @staticmethod
    def closes(node: Any) -> bool:
        """``)``"""
        return isinstance(node, plugins.GroupPlugin.CloseBracket)

    @staticmethod
    def operator(node: Any) -> bool:
        """AND, OR or NOT"""
        return isinstance(node, syntax.Operator)

    @staticmethod
    def infix(node: Any) -> bool:
        """AND or OR"""
        return isinstance(node, syntax.InfixOperator)

    @staticmethod
    def field(node: Any) -> bool:
        """标题:"""
        return isinstance(node, syntax.FieldnameNode)

    @staticmethod
    def phrase(node: Any) -> bool:
        """\"外借 公章\""""
        return isinstance(node, plugins.PhrasePlugin.PhraseNode)

    @staticmethod
    def wild(node: Any) -> bool:
        """印*"""
        return isinstance(node, plugins.WildcardPlugin.WildcardNode)

    @staticmethod
    def range(node: Any) -> bool:
        """[2023 TO 2024], >2023"""
        return isinstance(node, syntax.RangeNode)

    @staticmethod
    def text(node: Any) -> bool:
        """A word, a phrase or a pattern."""
        return isinstance(node, syntax.TextNode)

    @staticmethod
    def group(node: Any) -> str:
        """``and``, ``or``, ``not``; empty where it is none."""
        if isinstance(node, syntax.NotGroup):
            return "not"
        if isinstance(node, syntax.OrGroup):
            return "or"
        return "and" if isinstance(node, syntax.GroupNode) else ""


class _Wildcards(plugins.WildcardPlugin):  # type: ignore[misc]
    """A whole word with ``*`` or ``?`` in it, with its place. (Whoosh's own joins pieces and
    loses where they stood.)"""

    expr = r"[^\s()\[\]{}\":*?]*[*?][^\s()\[\]{}\":]*"
    priority = 1

    def __init__(self) -> None:
        super().__init__(self.expr)

    def create(self, parser: Any, match: re.Match[str]) -> Any:
        """The node."""
        return plugins.WildcardPlugin.WildcardNode(match.group())

    def filters(self, parser: Any) -> list[Any]:
        """None: the word is whole."""
        return []


@cache
def parser() -> Any:
    """The parser: white space is AND; OR, parentheses, phrases, fields, ranges, patterns."""
    return qparser.QueryParser(
        None,
        None,
        plugins=[
            plugins.FieldsPlugin(FIELD, remove_unknown=False),
            _Wildcards(),
            plugins.PhrasePlugin('"(?P<text>[^"]*)"(?P<slop>)'),
            plugins.RangePlugin(re.compile(RANGE, re.IGNORECASE)),
            plugins.GtLtPlugin(r"(?<=[:\s])(?P<rel>(<=|>=|<|>))"),
            plugins.GroupPlugin(),
            plugins.OperatorsPlugin(
                And=AND, Or=OR, Not=NOT, AndNot=None, AndMaybe=None, Require=None
            ),
        ],
    )
