"""Marks go with the file: an entry of a manifest that says for whom a paper is, and whose file no
longer lies where it says, holds for where the file lies now.

Else moving a file would open it: the entry is bound to a path. Until somebody writes the new path
into the manifest, every run says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path, PurePosixPath
from typing import Any

from kb.catalogue.rows import FileRow, VersionRow

MARKS = ("tier", "department", "persons")
"""What decides who may see a paper."""

Entries = dict[str, Mapping[str, Any]]


def marks_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an entry that decides who may see the paper."""
    return {key: entry[key] for key in MARKS if entry.get(key)}


def lent(
    manifests: Mapping[Path, Entries],
    present: Mapping[Path, Set[str]],
    files: Mapping[str, tuple[Path, FileRow]],
    moved_to: Callable[[str], str | None],
) -> list[str]:
    """Give the marks of entries without a file to where these files went; their paths.

    A file of the same name elsewhere in the folder counts as the one that was moved, too: where
    nobody can say, fewer people see it.

    Args:
        manifests: entries by path, for every known source; what is lent is put in.
        present: what lies in each source that this run looks at.
        files: source and row by name, as indexed.
        moved_to: where what had a name lies now, if it was moved in an earlier run.
    """
    lost: list[str] = []
    for root, entries in manifests.items():
        for path, entry in list(entries.items()):
            marks = marks_of(entry)
            if not marks or _there(root, path, present.get(root)):
                continue
            lost.append(path)
            for name in (path, f"{root.name}/{path}"):
                now = files.get(moved_to(name) or "")
                if now is not None and now[0] in manifests:
                    lend(manifests[now[0]], now[1].relative, marks)
            same = PurePosixPath(path).name
            for relative in present.get(root, ()):
                if PurePosixPath(relative).name == same and relative not in entries:
                    lend(entries, relative, marks)
    return lost


def lend(entries: Entries, relative: str, marks: Mapping[str, Any]) -> None:
    """What an entry says itself goes before what is lent to it."""
    entries[relative] = {**marks, **entries.get(relative, {})}


def _there(root: Path, path: str, present: Set[str] | None) -> bool:
    if present is not None:
        return path in present
    return ((root if root.is_dir() else root.parent) / path).exists()


def uneven(versions: Sequence[VersionRow]) -> list[str]:
    """Paths of versions that more people may see than another version of the same document:
    a version has its own marks, and a forgotten one is easily the old text of what is closed."""
    groups: dict[int, list[VersionRow]] = {}
    for version in versions:
        groups.setdefault(version.document_id, []).append(version)
    found: list[str] = []
    for group in groups.values():
        strictest = max(map(_strict, group))
        found += [one.path for one in group if _strict(one) < strictest]
    return sorted(found)


def _strict(one: VersionRow) -> tuple[int, bool, bool]:
    return one.tier.rank, bool(one.persons), bool(one.department)
