"""What an index made by this program, with this model and dictionary, is made with."""

from __future__ import annotations

from kb.embed import Embedder
from kb.engine.protocol import SCHEMA, Versions
from kb.text.segment import SEGMENTER, dictionary_digest


def made_with(embedder: Embedder) -> Versions:
    """To write beside an index, and to compare with at open: another one's is stale."""
    return Versions(
        schema=SCHEMA,
        segmenter=SEGMENTER,
        dictionary=dictionary_digest(),
        model=embedder.version,
        dimensions=embedder.dimensions,
    )
