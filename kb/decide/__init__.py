"""Decisions and briefing packs: gather → compose → render; kept in the catalogue."""

from __future__ import annotations

from kb.decide.freeze import open_edition
from kb.decide.model import Pack
from kb.decide.pack import load, make, store
from kb.decide.render import FORMATS, render, render_bytes

__all__ = ["FORMATS", "Pack", "load", "make", "open_edition", "render", "render_bytes", "store"]
