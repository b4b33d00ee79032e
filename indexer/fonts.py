"""A Chinese font of this machine, to show text whose own font is not in the file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

# In order of likeness to what offices print; the number is the face within a collection.
CANDIDATES = (
    ("NotoSerifCJK-Regular.ttc", 2),
    ("NotoSerifCJKsc-Regular.otf", 0),
    ("SourceHanSerifSC-Regular.otf", 0),
    ("simfang.ttf", 0),
    ("simsun.ttc", 0),
    ("Songti.ttc", 0),
    ("NotoSansCJK-Regular.ttc", 2),
    ("LXGWWenKai-Regular.ttf", 0),
    ("simhei.ttf", 0),
    ("STHeiti Light.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("uming.ttc", 0),
)


@lru_cache(maxsize=1)
def stand_in() -> tuple[Path, int] | None:
    """A font's file and its face; None where no Chinese font is installed."""
    there: dict[str, Path] = {}
    for folder in _folders():
        for root, _, names in os.walk(folder):
            for name in names:
                there.setdefault(name.lower(), Path(root) / name)
    found = ((there.get(name.lower()), face) for name, face in CANDIDATES)
    return next(((path, face) for path, face in found if path is not None), None)


def _folders() -> list[Path]:
    named = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
        os.path.expandvars(r"%WINDIR%\Fonts"),
    ]
    return [Path(name) for name in named] + [
        Path.home() / ".local/share/fonts",
        Path.home() / "Library/Fonts",
    ]
