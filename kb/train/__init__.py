"""Fitting the embedding (and, later, the ranker). Imports torch; nothing else may import this.

``run`` and ``run_home`` are what ``kb train`` calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kb.config import Settings
from kb.errors import ConfigError

if TYPE_CHECKING:
    from kb.train.office import Outcome, Own

__all__ = ["run", "run_home"]


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
            makes no sense. ModelError: torch is not installed.
    """
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise ConfigError(f"输出文件夹 {out} 已存在且不为空", hint="换一个文件夹，或先将其移走")
    _threads(threads)
    from dataclasses import replace

    from kb.train.embedding import train
    from kb.train.recipe import Recipe

    given = {"epochs": epochs, "dimensions": dimensions, "vocabulary": vocabulary}
    changes = {key: value for key, value in given.items() if value is not None}
    stored = train(data, out, recipe=replace(Recipe(seed=seed), **changes), name=name, say=say)
    return f"{stored.name}@{stored.digest}"


def run_home(
    settings: Settings,
    passages: Mapping[str, Own],
    questions: Sequence[tuple[str, str]],
    *,
    seed: int = 1,
    epochs: int = 3,
    threads: int = 0,
    say: Callable[[str], None] = print,
) -> Outcome | None:
    """Go on training the model of a home; one that finds more is written into the home.

    ``passages`` by id, ``questions`` as (question, passage id). None: too little to learn from.
    What is written is used from the next ``kb index --full`` on (`kb.embed.load`).
    """
    _threads(threads)
    from kb.embed import adopt, current
    from kb.embed.store import read
    from kb.train.office import go_on

    if epochs < 1:
        raise ConfigError("训练轮数应不小于 1")
    stored = read(current(settings))
    outcome = go_on(stored, passages, questions, seed=seed, epochs=epochs, say=say)
    if outcome is not None and outcome.tokens is not None:
        adopt(settings, stored, outcome.tokens)
    return outcome


def _threads(number: int) -> None:
    from kb.errors import ModelError

    try:
        import torch
    except ImportError as error:
        raise ModelError("没有安装 torch，无法训练", hint="安装后重试") from error
    if number:
        torch.set_num_threads(number)
