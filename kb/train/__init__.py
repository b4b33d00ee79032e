"""Fitting the embedding (and, later, the ranker). Imports torch; nothing else may import this.

``run`` is what ``kb train`` calls.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb.errors import ConfigError

__all__ = ["run"]


def run(
    data: Path,
    out: Path,
    *,
    seed: int = 1,
    epochs: int | None = None,
    dimensions: int | None = None,
    vocabulary: int | None = None,
    threads: int = 0,
    name: str = "",
    say: Callable[[str], None] = print,
) -> str:
    """Fit an embedding on the pairs in ``data`` and write it to ``out``; its version comes back.

    Afterwards ``model = "<out>"`` in the settings uses it. ``None`` is «as the shipped model»;
    ``threads`` 0 leaves the number to torch; ``say`` gets one progress line at a time.

    Raises:
        ReadError: no data, or a line that is no pair. ConfigError: ``out`` is taken or a number
            makes no sense. ModelError: torch or sentence-transformers is not installed.
    """
    from kb.errors import ModelError

    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise ConfigError(f"输出文件夹 {out} 已存在且不为空", hint="换一个文件夹，或先将其移走")
    try:
        import sentence_transformers  # noqa: F401 - only to say early that it is missing
        import torch
    except ImportError as error:
        raise ModelError(
            "没有安装 torch 与 sentence-transformers，无法训练", hint="安装后重试"
        ) from error
    from dataclasses import replace

    from kb.train.embedding import Recipe, train

    if threads:
        torch.set_num_threads(threads)
    given = {"epochs": epochs, "dimensions": dimensions, "vocabulary": vocabulary}
    changes = {key: value for key, value in given.items() if value is not None}
    stored = train(data, out, recipe=replace(Recipe(seed=seed), **changes), name=name, say=say)
    return f"{stored.name}@{stored.digest}"
