"""The page's own style and script, and the pictures it needs. Nothing comes from outside."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import streamlit as st

STYLE = "page.css"
SCRIPT = "page.js"
DOOR = "door.css"
DOOR_SCRIPT = "door.js"
FILES = {
    STYLE: "text/css; charset=utf-8",
    DOOR: "text/css; charset=utf-8",
    DOOR_SCRIPT: "text/javascript; charset=utf-8",
    SCRIPT: "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    **{f"{name}.png": "image/png" for name in ("search", "read", "pack", "ledger")},
}
"""What ``/kb/<name>`` serves."""

_served = False


@cache
def text(name: str) -> str:
    """An asset's text."""
    return resources.files("kb.ui").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def data(name: str) -> bytes:
    """An asset as it lies on the disk."""
    return resources.files("kb.ui").joinpath("assets", name).read_bytes()


def path(name: str) -> str:
    """An asset as a file, for the calls that take no text."""
    return str(Path(str(resources.files("kb.ui").joinpath("assets", name))))


def served() -> None:
    """Our own server puts style and script into the page's head; see `kb.ui.server`."""
    global _served  # noqa: PLW0603 - said once, before the first page
    _served = True


def install() -> None:
    """Style and script for a page that another server carries (``streamlit run app.py``)."""
    if not _served:
        st.html(f"<style>{text(STYLE)}</style>")
        # Our own file, constant: no word of a person or a paper is in it.
        st.html(f"<script>{text(SCRIPT)}</script>", unsafe_allow_javascript=True)
