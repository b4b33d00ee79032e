"""Folders: which files lie there, and what is new, changed, moved or gone since the last run."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ConfigError, in_words
from kb.model import Mark

if TYPE_CHECKING:  # a reading process need not load the database
    from kb.catalogue.rows import FileRow

MANIFEST = "manifest.toml"
IGNORED = frozenset({MANIFEST, "thumbs.db", "desktop.ini"})
REMOVAL_SHARE = 0.2
"""Above this share of a source gone at once, somebody must confirm: a share may have dropped."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that lies in a source now. ``relative`` uses ``/`` and NFC."""

    relative: str
    absolute: Path
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Changes:
    """What a scan found, set against what the catalogue holds of that source."""

    new: list[Found] = field(default_factory=list)
    changed: list[tuple[FileRow, Found]] = field(default_factory=list)
    moved: list[tuple[FileRow, Found]] = field(default_factory=list)
    gone: list[FileRow] = field(default_factory=list)
    touched: list[tuple[FileRow, Found]] = field(default_factory=list)
    unchanged: list[FileRow] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """True where no index row needs to change."""
        return not (self.new or self.changed or self.moved or self.gone)


def scan(root: Path) -> list[Found]:
    """Every file below ``root`` (or ``root`` itself, a file), in order of its path.

    Hidden files, office lock files, the manifest and the system's own are passed over; links to
    folders are not followed, so that a loop cannot be entered.

    Raises:
        ConfigError: the root is missing or cannot be listed.
    """
    if root.is_file():
        return [_found(root, root.parent)]
    if not root.is_dir():
        raise ConfigError(
            f"文件夹不存在：{root}", hint="检查路径；若是网络盘，先确认已连接。未删除任何已入库内容"
        )
    faults: list[OSError] = []
    found: list[Found] = []
    for folder, folders, names in os.walk(root, onerror=faults.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(_found(Path(folder) / name, root) for name in sorted(names) if _wanted(name))
    if faults:
        raise ConfigError(
            f"文件夹无法读取：{faults[0].filename}（{in_words(faults[0])}）",
            hint="检查权限；未删除任何已入库内容",
        )
    return sorted((f for f in found if f.size >= 0), key=lambda f: f.relative)


def compare(
    found: Iterable[Found],
    known: Iterable[FileRow],
    overrides: Mapping[str, str],
    *,
    full: bool,
    accepted: Set[str] = frozenset(),
) -> Changes:
    """Set what lies there against what was indexed.

    Size and time decide first; where they differ the content's digest does. A file that failed
    before is always tried again (what was missing may be there now).

    Args:
        found: `scan` of the source.
        known: the catalogue's files of this source.
        overrides: digest of the manifest's entry by relative path.
        full: take every file for changed.
        accepted: digests whose doubtful mark a person accepted: one that was withdrawn is changed.
    """
    before = {row.relative: row for row in known}
    changes = Changes()
    fresh: list[Found] = []
    for now in found:
        row = before.pop(now.relative, None)
        if row is None:
            fresh.append(now)
            continue
        described = overrides.get(now.relative, "")
        same_stat = (row.size, row.mtime_ns) == (now.size, now.mtime_ns)
        withdrawn = row.mark == Mark.ACCEPTED.value and row.digest not in accepted
        if full or withdrawn or row.failure or row.overrides != described:
            changes.changed.append((row, now))
        elif same_stat:
            changes.unchanged.append(row)
        elif _digest_into(changes, now) == row.digest:
            changes.touched.append((row, now))
        else:
            changes.changed.append((row, now))
    by_digest = {row.digest: row for row in before.values() if row.digest and not row.failure}
    for now in fresh:
        old = by_digest.pop(_digest_into(changes, now), None)
        if old is None:
            changes.new.append(now)
        else:
            changes.moved.append((old, now))
            del before[old.relative]
    changes.gone = list(before.values())
    return changes


def too_many_gone(changes: Changes, known: int) -> bool:
    """Whether so much is gone that a dropped share is likelier than a tidy-up."""
    return known > 0 and len(changes.gone) / known > REMOVAL_SHARE


def digest(path: Path) -> str:
    """SHA-256 of a file's content; "" where it cannot be read (reading will say why)."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _digest_into(changes: Changes, now: Found) -> str:
    if now.relative not in changes.digests:
        changes.digests[now.relative] = digest(now.absolute)
    return changes.digests[now.relative]


def _wanted(name: str) -> bool:
    return not name.startswith((".", "~$")) and name.lower() not in IGNORED


def _found(path: Path, root: Path) -> Found:
    relative = unicodedata.normalize("NFC", path.relative_to(root).as_posix())
    try:
        stat = path.stat()
    except OSError:
        # Gone between listing and looking (or a dangling link): as if it were not there.
        return Found(relative, path, -1, 0)
    return Found(relative, path, stat.st_size, stat.st_mtime_ns)
