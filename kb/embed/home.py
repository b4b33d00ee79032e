"""Which model a home uses: the one that ships, or one that was trained further for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.config import Settings
from kb.embed.store import Stored, is_static, write
from kb.errors import ModelError

BUILTIN = Path(__file__).parent / "model"
"""The folder of the shipped model; ``MODEL_CARD.md`` in it says how it was made."""

OWN = "model"
"""The folder in a home where its own model lies."""

SUFFIX = "-own"


def current(settings: Settings) -> Path:
    """The folder of the model that ``builtin`` means in this home."""
    own = settings.home / OWN
    return own if is_static(own) else BUILTIN


def adopt(settings: Settings, of: Stored, tokens: NDArray[np.float32]) -> Stored:
    """Write a home's own model, made of ``of``; the index must be built anew for it.

    Written beside and switched by renaming: a reader sees the old one or the new one. One that was
    there before stays beside it, as ``model.old``, until the next.

    Raises:
        ModelError: the folder cannot be written.
    """
    own, new, old = (settings.home / f"{OWN}{end}" for end in ("", ".new", ".old"))
    name = of.name if of.name.endswith(SUFFIX) else of.name + SUFFIX
    try:
        shutil.rmtree(new, ignore_errors=True)
        stored = write(new, name=name, tokenizer=of.tokenizer, matrix=tokens, lean=of.lean)
        shutil.rmtree(old, ignore_errors=True)
        if own.exists():
            own.replace(old)
        new.replace(own)
    except OSError as error:
        raise ModelError(f"模型无法写入 {own}：{error}", hint="检查磁盘空间与权限") from error
    return stored


def forget(settings: Settings) -> bool:
    """Go back to the shipped model; whether there was another."""
    own, old = settings.home / OWN, settings.home / f"{OWN}.old"
    if not is_static(own):
        return False
    try:
        shutil.rmtree(old, ignore_errors=True)
        own.replace(old)
    except OSError as error:
        raise ModelError(f"模型无法移走：{own}：{error}", hint="检查权限") from error
    return True
