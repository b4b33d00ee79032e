"""What becomes of a query of the language."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.engine.query import Or, Query
from kb.retrieve.language.faults import Fault

NOTHING = Or(())


@dataclass(slots=True)
class Compiled:
    """``tree`` to be run; ``words`` that it looks for (not those after NOT), for the vector and
    for marking; ``any_day``: it names a status, so that the scope's day must not decide first."""

    tree: Query
    words: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    any_day: bool = False
