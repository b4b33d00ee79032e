"""The query language: `标题:印章 AND 外借 NOT 废止` and what else Whoosh's parser reads for us.

`is_language` decides whether a text is a query of it, `parse` makes the tree that engines compile.
"""

from kb.retrieve.language.compile import Compiled, compile_query
from kb.retrieve.language.detect import is_language, plain_words
from kb.retrieve.language.faults import Fault

__all__ = ["Compiled", "Fault", "compile_query", "is_language", "plain_words"]
