"""Gaps between duties: what has a time limit and names nobody who must keep it.

Listed, never decided: the sentence may name him by what stands around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.decide.system.ledger import UNNAMED, Entry, State
from kb.decide.system.posts import FORMAL, alike

_LEADS = ("牵头", "负责", "主办", "承办", "归口管理", "主管")
_MUST = ("应当", "必须", "须", "应")


def nobody(entries: Iterable[Entry]) -> list[Entry]:
    """Duties with a time limit whose sentence names no actor."""
    return [
        entry
        for entry in entries
        if entry.actor == UNNAMED
        and entry.limit
        and entry.modality in _MUST
        and entry.state is not State.REJECTED
    ]


def two_leads(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Pairs in which two actors are each made responsible for what may be one matter, as people
    confirmed or corrected them."""
    leads = [
        one
        for one in entries
        if one.modality in _LEADS
        and one.actor != UNNAMED
        and one.state is not State.REJECTED
        and not FORMAL.search(one.action)
    ]
    return [
        (one, other)
        for at, one in enumerate(leads)
        for other in leads[at + 1 :]
        if one.actor != other.actor
        and one.passage_id != other.passage_id
        and alike(one.action, other.action)
    ]
