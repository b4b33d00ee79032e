"""Any sentence-transformers model, by folder or by a name that is already on this machine.

The only place beside ``kb.train`` that imports torch; slow to load, so function-level.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kb.embed.protocol import Vectors
from kb.errors import ModelError

BATCH = 32
BLOCK = 1 << 20
"""Bytes read from the head and the tail of a large weight file for the version."""

_HINT = "设置 model 应为 builtin、一个模型文件夹，或本机已有的 sentence-transformers 模型名"


class TransformerEmbedder:
    """An `Embedder` over a sentence-transformers model.

    Uses the model's own prompts for questions and passages where it has any.
    Nothing is fetched from a network.
    """

    def __init__(self, model: Any, *, name: str, version: str) -> None:
        self._model = model
        self._name = name
        self._version = version
        self._dimensions = int(model.get_embedding_dimension())

    @classmethod
    def open(cls, where: str) -> TransformerEmbedder:
        """Load a model from a folder or from the machine's own model cache.

        Raises:
            ModelError: no such folder, no such model on this machine, or it cannot be loaded.
        """
        folder = Path(where).expanduser()
        if folder.is_file():
            raise ModelError(f"向量模型 {where} 是文件，不是文件夹", hint=_HINT)
        if not folder.is_dir() and _looks_like_path(where):
            raise ModelError(f"向量模型文件夹不存在：{where}", hint=_HINT)
        # Read by the hub library when it is first imported: never ask a network.
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelError(
                "没有安装 sentence-transformers，无法使用外部向量模型",
                hint="安装后重试，或把设置 model 改回 builtin",
            ) from error
        source = str(folder) if folder.is_dir() else where
        try:
            model = SentenceTransformer(
                source,
                device="cpu",
                local_files_only=True,
                # Neither a program of the model's own nor weights in a pickle.
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # each loader raises its own kind; the person needs one line
            why = "无法加载" if folder.is_dir() else "在本机找不到"
            raise ModelError(f"向量模型 {where} {why}：{_first_line(error)}", hint=_HINT) from error
        name = folder.resolve().name if folder.is_dir() else where
        return cls(model, name=name, version=f"{name}@{_digest(folder, model)}")

    @property
    def name(self) -> str:
        """Folder name or model name."""
        return self._name

    @property
    def version(self) -> str:
        """Name and a digest of the model's files (of large ones: size, head and tail)."""
        return self._version

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return self._dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows."""
        return self._rows(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit rows."""
        return self._rows(self._model.encode_document, texts)

    def _rows(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        rows = encode(
            list(texts),
            batch_size=BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(rows, dtype=np.float32)


def _looks_like_path(where: str) -> bool:
    """A hub name is ``name`` or ``owner/name``; anything else is meant as a folder."""
    return (
        where.startswith((".", "~", "/", "\\"))
        or "\\" in where
        or where.count("/") > 1
        or where.endswith("/")
        or Path(where).is_absolute()
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _digest(folder: Path, model: Any) -> str:
    sha = hashlib.sha256()
    if folder.is_dir():
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            size = file.stat().st_size
            sha.update(f"{file.relative_to(folder).as_posix()}:{size}\n".encode())
            with file.open("rb") as stream:
                sha.update(stream.read(BLOCK))
                if size > 2 * BLOCK:
                    stream.seek(-BLOCK, os.SEEK_END)
                sha.update(stream.read(BLOCK))
    else:
        for key, value in sorted(model.state_dict().items()):
            head = value.detach().flatten()[:1024].float().cpu().numpy()
            sha.update(f"{key}:{tuple(value.shape)}".encode() + head.tobytes())
    return sha.hexdigest()[:16]
