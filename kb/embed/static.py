"""A static embedding: the mean of learned token vectors, in numpy, without torch.

The mean is a matrix product. Neighbouring passages come from one document and share most of their
tokens, so a batch's distinct tokens are dequantised once and multiplied by the batch's counts; that
is several times less memory traffic than gathering a vector for every token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.embed.protocol import Vectors
from kb.embed.store import Stored, read
from kb.errors import ModelError

BATCH = 96
"""Texts multiplied at once: about 96 × 3,000 counts and 3,000 × dimensions weights, < 20 MB."""

CUT = 2048
"""Texts cut into tokens at once (the tokenizer uses every core)."""

PIECE = 4096
"""Characters of one text that are read at most: a passage's meaning is not past them."""


class StaticEmbedder:
    """An `Embedder` over the files of a static model; questions and passages are alike to it."""

    def __init__(self, stored: Stored) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_str(stored.tokenizer)
        except Exception as error:  # the Rust side raises bare Exception
            raise ModelError(
                f"向量模型 {stored.name} 的 tokenizer.json 已损坏：{error}",
                hint="重新安装本程序，或用 kb train 重新训练",
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._tokens = stored.tokens
        self._scales = stored.scales
        self._name = stored.name
        self._version = f"{stored.name}@{stored.digest}"

    @classmethod
    def open(cls, folder: Path) -> StaticEmbedder:
        """Load from a folder. Raises `ModelError` where it is missing or damaged."""
        return cls(read(folder))

    @property
    def name(self) -> str:
        """What people call the model."""
        return self._name

    @property
    def version(self) -> str:
        """Name and digest of tokenizer and weights."""
        return self._version

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return int(self._tokens.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows; a text without a known token is all zero."""
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows; a text without a known token is all zero."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        start = 0
        for ids in self._batches(texts):
            out[start : start + len(ids)] = self._means(ids)
            start += len(ids)
        return out

    def _batches(self, texts: Sequence[str]) -> Iterator[list[list[int]]]:
        for i in range(0, len(texts), CUT):
            pieces = [text[:PIECE] for text in texts[i : i + CUT]]
            cut = self._tokenizer.encode_batch_fast(pieces, add_special_tokens=False)
            for j in range(0, len(cut), BATCH):
                yield [encoding.ids for encoding in cut[j : j + BATCH]]

    def _means(self, batch: list[list[int]]) -> NDArray[np.float32]:
        lengths = np.array([len(ids) for ids in batch])
        flat = np.fromiter((t for ids in batch for t in ids), dtype=np.int64, count=lengths.sum())
        used, column = np.unique(flat, return_inverse=True)
        if not len(used):
            return np.zeros((len(batch), self.dimensions), dtype=np.float32)
        row = np.repeat(np.arange(len(batch)), lengths)
        counts = np.bincount(row * len(used) + column, minlength=len(batch) * len(used))
        weighted = counts.reshape(len(batch), len(used)).astype(np.float32) * self._scales[used]
        sums = weighted @ self._tokens[used].astype(np.float32)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        result: NDArray[np.float32] = sums / np.where(norms > 0, norms, 1.0)
        return result
