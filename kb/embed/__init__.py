"""Embedding models: the one that ships, and any sentence-transformers model.

``load(settings)`` gives an `Embedder`. The shipped model (``model = "builtin"``) and models made by
``kb train`` are read with numpy alone; only other models import torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kb.config import BUILTIN_MODEL, Settings
from kb.embed.home import BUILTIN, adopt, current, forget
from kb.embed.protocol import Embedder, Vectors

__all__ = [
    "BUILTIN",
    "Embedder",
    "Vectors",
    "adopt",
    "current",
    "forget",
    "load",
    "passage_text",
]


def load(settings: Settings) -> Embedder:
    """The model that ``settings.model`` names: ``builtin``, a folder, or a model's name.

    ``builtin`` is the one that ships, or what ``kb train`` made of it for this home.

    Raises:
        ModelError: it does not exist or cannot be loaded (one line, with what to do).
    """
    from kb.embed.static import StaticEmbedder
    from kb.embed.store import is_static

    if settings.model == BUILTIN_MODEL:
        return StaticEmbedder.open(current(settings))
    folder = Path(settings.model).expanduser()
    if is_static(folder):
        return StaticEmbedder.open(folder)
    from kb.embed.transformer import TransformerEmbedder

    return TransformerEmbedder.open(settings.model)


def passage_text(title: str, heading: Sequence[str], text: str) -> str:
    """What `Embedder.encode_passages` is given for a passage: title, innermost heading, text.

    Of six ways measured this was the best (``model/MODEL_CARD.md``): the outer headings repeat what
    the title says, the article's label says nothing about its meaning.
    """
    return " ".join(part for part in (title, *heading[-1:], text) if part)
