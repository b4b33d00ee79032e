"""Of a damaged index database: what cannot be had from the files again, as far as it reads."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kb.catalogue.connect import FILES


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Folders that were indexed, and where papers were moved: pairs (old, new), in order."""

    roots: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


def salvage(home: Path) -> Salvaged:
    """What can still be read."""
    roots: list[str] = []
    aliases: list[tuple[str, str]] = []
    with suppress(sqlite3.Error), closing(sqlite3.connect(home / FILES["index"])) as database:
        with suppress(sqlite3.Error):
            found = database.execute("SELECT DISTINCT root FROM source WHERE died IS NULL")
            roots = [str(row[0]) for row in found]
        with suppress(sqlite3.Error):
            moves = database.execute("SELECT old, new FROM alias ORDER BY id")
            aliases = [(str(old), str(new)) for old, new in moves]
    return Salvaged(tuple(roots), tuple(aliases))


def put_aside(home: Path, stamp: str) -> Path:
    """Rename the database with what belongs to it. Returns its new path."""
    path = home / FILES["index"]
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for tail in ("-wal", "-shm", ""):
        if (part := path.with_name(path.name + tail)).exists():
            part.rename(aside.with_name(aside.name + tail))
    return aside
