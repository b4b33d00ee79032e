"""The base for who keeps it, asked anew at every door."""

from __future__ import annotations

from kb.base import KnowledgeBase
from kb.ui import session


def keeping() -> KnowledgeBase:
    """The base itself.

    Raises:
        AccessDenied: it is not the reader's to keep. IndexMissing: nothing was indexed yet.
    """
    return session.here().seat.upkeep("管理页")
