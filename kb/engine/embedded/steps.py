"""The named points of writing a generation, in order.

The crash suite replaces `step` in a process of its own and dies there; in use it does nothing.
"""

from __future__ import annotations

STEPS = (
    "locked",
    "recovered",
    "linked",
    "added",
    "keyword",
    "rows",
    "synced",
    "manifest",
    "verified",
    "renamed",
    "pointing",
    "pointed",
    "pruned",
)
"""Before ``pointed`` the old generation serves, from there on the new one."""


def step(name: str) -> None:
    """Called when the point ``name`` of `STEPS` has been reached."""
