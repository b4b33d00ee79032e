"""Whoosh keeps its schema, its segments and the blocks of its postings in pickles, and a pickle
may name any function to be called. Here only Whoosh's own few classes may be named.

Whoosh has no setting for it: the functions that it took from `pickle` are replaced, in
`whoosh.compat` (from where its modules take them) and where they were taken already.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from io import BytesIO
from types import SimpleNamespace
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # see whoosh_match
    import whoosh.compat
    import whoosh.index
    import whoosh.legacy

ALLOWED = frozenset(
    (
        ("__builtin__", "long"),
        ("_codecs", "encode"),
        ("builtins", "int"),
        ("collections", "defaultdict"),
        ("re", "_compile"),
        ("whoosh.analysis.tokenizers", "IDTokenizer"),
        ("whoosh.analysis.tokenizers", "RegexTokenizer"),
        ("whoosh.codec.whoosh3", "W3Codec"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.columns", "NumericColumn"),
        ("whoosh.fields", "ID"),
        ("whoosh.fields", "NUMERIC"),
        ("whoosh.fields", "STORED"),
        ("whoosh.fields", "Schema"),
        ("whoosh.fields", "TEXT"),
        ("whoosh.formats", "Existence"),
        ("whoosh.formats", "Frequency"),
        ("whoosh.formats", "Positions"),
        ("whoosh.formats", "Stored"),
    )
)
"""What the pickles of our schema name; `tests/engine/test_whoosh_safe.py` holds it to that."""


class Unpickler(pickle.Unpickler):
    """Refuses every name but `ALLOWED`."""

    def find_class(self, module: str, name: str) -> Any:
        """A class or function by its name.

        Raises:
            pickle.UnpicklingError: it is not one of Whoosh's own.
        """
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in an index")
        return super().find_class(module, name)


def load(file: Any, **_: Any) -> Any:
    """In place of `pickle.load`."""
    return Unpickler(file).load()


def loads(data: Any, **_: Any) -> Any:
    """In place of `pickle.loads`."""
    return Unpickler(BytesIO(data)).load()


_SAFE = SimpleNamespace(dump=pickle.dump, dumps=pickle.dumps, load=load, loads=loads)


def guard_all() -> None:
    """Put the guarded functions wherever a module of Whoosh holds those of `pickle`; asked for by
    who has imported what opens an index. What is imported later asks `whoosh.compat`."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "whoosh":
            continue
        for attribute, value in list(vars(module).items()):
            if value is pickle:
                setattr(module, attribute, _SAFE)
            elif value is pickle.load:
                setattr(module, attribute, load)
            elif value is pickle.loads:
                setattr(module, attribute, loads)


guard_all()
# Formats of Whoosh before 2012, with an unpickler of their own. No index of ours has them.
whoosh.legacy.toc_loaders.clear()
