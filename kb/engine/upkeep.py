"""What is done to the generations of a home as a whole, whichever engine keeps them."""

from __future__ import annotations

from collections.abc import Collection

from kb.config import Settings


def mend_pointer(settings: Settings, sealed: Collection[int]) -> int | None:
    """Where the pointer is lost or damaged, point at the newest generation that can be known; see
    `kb.engine.embedded.mend`. A server's alias is not lost without its collections."""
    if settings.engine == "milvus":
        return None
    from kb.engine.embedded.mend import mend_pointer as mend

    return mend(settings, sealed)


def rollback(settings: Settings) -> int:
    """Serve the generation before the present one again. Returns its number.

    Raises:
        NotFound: no older generation is kept. IndexLocked: another process is writing.
    """
    if settings.engine == "milvus":
        from kb.engine.milvus import MilvusEngine

        return MilvusEngine(settings).rollback()
    from kb.engine.embedded.generation import rollback as to_former

    return to_former(settings)
