"""What an embedding model is to the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, dimensions), rows of unit length (or all zero where nothing could be encoded)."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product says how near two texts are in meaning.

    Questions and passages may be encoded differently, so the caller says which it has.
    """

    @property
    def name(self) -> str:
        """What people call the model."""

    @property
    def version(self) -> str:
        """Digest of everything that decides the vectors; stands beside an index."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row per question, in order."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row per passage, in order; memory does not grow with the texts' number."""
