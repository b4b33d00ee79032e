"""The engine on one machine: tantivy or Whoosh, faiss, published as one generation."""

from __future__ import annotations

from kb.engine.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
