"""The search engine behind one small protocol; `open_engine` picks the one the settings name.

Nothing heavy is imported before an engine is opened: the command line asks for errors first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.engine.protocol import Engine

__all__ = ["open_engine"]


def open_engine(settings: Settings) -> Engine:
    """The engine of this home. Opens no file: that is for `Engine.reader` and `Engine.writer`."""
    if settings.engine == "milvus":
        from kb.engine.milvus import MilvusEngine

        return MilvusEngine(settings)
    from kb.engine.embedded import EmbeddedEngine

    return EmbeddedEngine(settings)
