"""The query language: `标题:印章 AND 外借 NOT 废止` and what else Whoosh's parser reads for us.

`is_language` decides whether a text is a query of it, `compile_query` makes the tree that engines
run. Whoosh is imported when the first such query comes.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kb.retrieve.language.compiled import Compiled
from kb.retrieve.language.detect import is_language, plain_words
from kb.retrieve.language.faults import Fault

if TYPE_CHECKING:
    from kb.retrieve.facts import Facts

__all__ = ["Compiled", "Fault", "compile_query", "is_language", "plain_words"]


def compile_query(query: str, facts: Facts, today: date) -> Compiled:
    """See `kb.retrieve.language.compile`."""
    from kb.retrieve.language import compile as compiling

    return compiling.compile_query(query, facts, today)
