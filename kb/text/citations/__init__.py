"""Citations: 《X》第N条第M款第（K）项, 本办法第N条, 前款, ranges and lists (DOMAIN, section 2).

One grammar in steps: `tokens` finds the words citations are made of, `grammar` joins neighbouring
ones, `expand` spells out ranges and lists, `shorthand` reads 简称. Nothing here knows a document;
`kb.law.citations` resolves.
"""

from __future__ import annotations

from kb.text.citations.grammar import find_citations
from kb.text.citations.model import Citation, article_label
from kb.text.citations.shorthand import Abbreviation, find_abbreviations
from kb.text.citations.titles import find_titles

__all__ = [
    "Abbreviation",
    "Citation",
    "article_label",
    "find_abbreviations",
    "find_citations",
    "find_titles",
]
