"""An office's own words: a file in the home, taken in when an index is made.

Each index is cut with the dictionary of its day, so a copy of that stays beside it: questions are
cut the same way, whatever has been edited since, and after a rollback, too.
"""

from __future__ import annotations

import os
from pathlib import Path

from kb.config import Settings
from kb.engine.protocol import Versions
from kb.text.segment import dictionary_digest, read_dictionary, use_dictionary

OWN_FILE = "dictionary.txt"
"""In the home of the base: one word a line."""


def take_own(settings: Settings) -> Path | None:
    """Cut with the office's words from now on; for whoever makes an index. Returns the copy that
    belongs to it (workers must be told); None where there are no words.

    Raises:
        ConfigError: the file cannot be read, or a line is neither a word nor a comment.
    """
    own = settings.home / OWN_FILE
    if not own.is_file() or not read_dictionary(own):
        use_dictionary(None)
        return None
    use_dictionary(own)
    copy = _copy(settings, dictionary_digest())
    if not copy.is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        aside = copy.with_suffix(f".{os.getpid()}")
        aside.write_bytes(own.read_bytes())
        aside.replace(copy)
    return copy


def follow(settings: Settings, versions: Versions | None) -> None:
    """Cut as a published index was cut; for whoever reads it. Where its dictionary is not there
    the words that ship with the program are used, and opening says that the index is stale."""
    if versions is None or versions.dictionary == dictionary_digest():
        return
    copy = _copy(settings, versions.dictionary)
    use_dictionary(copy if copy.is_file() else None)


def _copy(settings: Settings, digest: str) -> Path:
    return settings.index_dir / f"dictionary-{digest}.txt"
