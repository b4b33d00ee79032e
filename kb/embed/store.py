"""The files of a static model: read, written, checked.

A folder holds ``model.json`` (name, dimensions, digest), ``tokenizer.json`` (of the ``tokenizers``
library), ``tokens.npy`` (int8, shape (vocabulary, dimensions)) and ``scales.npy`` (float32, shape
(vocabulary,)): the vector of token i is ``tokens[i] * scales[i]``. ``lean.npy`` (float32, shape
(dimensions,)) is added to the unit vector of a question, not of a passage.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.errors import ModelError

META = "model.json"
TOKENIZER = "tokenizer.json"
TOKENS = "tokens.npy"
SCALES = "scales.npy"
LEAN = "lean.npy"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Stored:
    """A static model as it lies in its folder; ``tokenizer`` is JSON text."""

    name: str
    digest: str
    tokenizer: str
    tokens: NDArray[np.int8]
    scales: NDArray[np.float32]
    lean: NDArray[np.float32]


def quantise(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """8-bit rows and one scale a row: ``matrix[i] ≈ tokens[i] * scales[i]``.

    Symmetric around zero, the largest value of a row at ±127; a row of zeros keeps scale 0.
    """
    scales = (np.abs(matrix).max(axis=1) / 127.0).astype(np.float32)
    safe = np.where(scales > 0, scales, 1.0)[:, None]
    return np.rint(matrix / safe).astype(np.int8), scales


def is_static(folder: Path) -> bool:
    """Whether this folder says that it holds a static model of ours."""
    return (folder / META).is_file() and (folder / TOKENS).is_file()


def write(
    folder: Path,
    *,
    name: str,
    tokenizer: str,
    matrix: NDArray[np.float32],
    lean: NDArray[np.float32] | None = None,
) -> Stored:
    """Quantise ``matrix`` (shape (vocabulary, dimensions)) and write a model's five files."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens, scales = quantise(matrix)
    lean = np.zeros(matrix.shape[1], np.float32) if lean is None else lean.astype(np.float32)
    digest = digest_of(tokenizer, tokens, scales, lean)
    (folder / TOKENIZER).write_text(tokenizer, encoding="utf-8", newline="\n")
    np.save(folder / TOKENS, tokens)
    np.save(folder / SCALES, scales)
    np.save(folder / LEAN, lean)
    meta = {
        "format": FORMAT,
        "name": name,
        "vocabulary": int(tokens.shape[0]),
        "dimensions": int(tokens.shape[1]),
        "digest": digest,
    }
    text = json.dumps(meta, ensure_ascii=False, indent=1) + "\n"
    (folder / META).write_text(text, encoding="utf-8", newline="\n")
    return Stored(name, digest, tokenizer, tokens, scales, lean)


def read(folder: Path) -> Stored:
    """Load a model's files; shapes are checked, the digest is taken from ``model.json``.

    Raises:
        ModelError: a file is missing, damaged or of another format.
    """
    try:
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        tokenizer = (folder / TOKENIZER).read_text(encoding="utf-8")
        tokens = np.load(folder / TOKENS, allow_pickle=False)
        scales = np.load(folder / SCALES, allow_pickle=False)
        if int(meta["format"]) != FORMAT:
            raise _other_format(folder, meta["format"])
        lean = np.load(folder / LEAN, allow_pickle=False)
        wanted = (int(meta["vocabulary"]), int(meta["dimensions"]))
        name, digest = str(meta["name"]), str(meta["digest"])
    except FileNotFoundError as error:
        raise ModelError(
            f"向量模型 {folder} 缺少文件 {Path(str(error.filename)).name}",
            hint="重新安装本程序，或用 kb train 重新训练",
        ) from error
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise ModelError(
            f"向量模型 {folder} 已损坏：{error}", hint="重新安装本程序，或用 kb train 重新训练"
        ) from error
    shapes = (tokens.shape, scales.shape, lean.shape)
    if shapes != (wanted, wanted[:1], wanted[1:]) or tokens.dtype != np.int8:
        raise ModelError(
            f"向量模型 {folder} 的权重与 {META} 所写的不符",
            hint="重新安装本程序，或用 kb train 重新训练",
        )
    floats = scales.astype(np.float32), lean.astype(np.float32)
    return Stored(name, digest, tokenizer, tokens, *floats)


def _other_format(folder: Path, version: object) -> ModelError:
    return ModelError(
        f"向量模型 {folder} 的格式是 {version}，本程序只认 {FORMAT}",
        hint="用本程序的 kb train 重新训练",
    )


def digest_of(
    tokenizer: str,
    tokens: NDArray[np.int8],
    scales: NDArray[np.float32],
    lean: NDArray[np.float32],
) -> str:
    """SHA-256 (first 16 hex digits) over tokenizer and weights: what decides the vectors."""
    sha = hashlib.sha256(tokenizer.encode("utf-8"))
    sha.update(np.ascontiguousarray(tokens).tobytes())
    for floats in (scales, lean):
        sha.update(np.ascontiguousarray(floats, dtype="<f4").tobytes())
    return sha.hexdigest()[:16]


def verify(folder: Path) -> bool:
    """Whether the weights still have the digest written beside them (reads everything)."""
    stored = read(folder)
    found = digest_of(stored.tokenizer, stored.tokens, stored.scales, stored.lean)
    return found == stored.digest
