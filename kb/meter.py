"""What is counted of the questions asked: how it went and how long it took, never the words and
never who asked. Nothing, unless somebody listens (`kb.ui.metrics` does, in a server)."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec

from kb.errors import AccessDenied, QuerySyntaxError
from kb.retrieve import SearchResult

KEPT = "kept"
OUTCOMES = ("found", "weak", "none", KEPT, "unreadable", "refused", "failed")
"""An answer; no direct basis; nothing; what was found a moment ago, for a page that draws itself
anew; a question that cannot be read; one that is not his to ask; a fault of ours."""

Hear = Callable[[str, float], None]
P = ParamSpec("P")
_hear: list[Hear] = []
_kept: ContextVar[bool] = ContextVar("_kept", default=False)


def listen(hear: Hear) -> None:
    """Have every question told from now on: its outcome, and its seconds."""
    if hear not in _hear:
        _hear.append(hear)


def kept() -> None:
    """What is answered now was found before: no new question."""
    _kept.set(True)


def question(search: Callable[P, SearchResult]) -> Callable[P, SearchResult]:
    """Count what goes through this door: what its reader waits for, the note in the log too."""

    @wraps(search)
    def counted(*args: P.args, **kwargs: P.kwargs) -> SearchResult:
        began, outcome = time.perf_counter(), "failed"
        _kept.set(False)
        try:
            found = search(*args, **kwargs)
            outcome = KEPT if _kept.get() else _outcome(found)
        except AccessDenied:
            outcome = "refused"
            raise
        except QuerySyntaxError:
            outcome = "unreadable"
            raise
        finally:
            for hear in _hear:
                hear(outcome, time.perf_counter() - began)
        return found

    return counted


def _outcome(found: SearchResult) -> str:
    if not found.hits:
        return "none"
    return "weak" if found.weak else "found"
