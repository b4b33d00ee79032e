"""Decide, for every source, what a run will do to it; refuse what looks like an accident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from indexer import manifest, orphans
from indexer.sources import Changes, compare, scan, too_many_gone
from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import FileRow, SourceRow
from kb.errors import ConfigError

if TYPE_CHECKING:
    from indexer.publish import Options

Corrected = tuple[tuple[str, str, str, str], ...]
"""Of one file: (part, field, value, evidence) of each correction."""


@dataclass(slots=True)
class SourcePlan:
    """One source and what changed in it. ``lost``: marked entries of manifests without a file."""

    root: Path
    source: SourceRow | None
    changes: Changes
    overrides: dict[str, Mapping[str, Any]]
    taken: set[str] = field(default_factory=set)
    forgotten: bool = False
    lost: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether the catalogue does not know this root yet."""
        return self.source is None

    def name_of(self, relative: str, old: FileRow | None) -> str:
        """The path in identifiers: kept for good once given; prefixed where another took it."""
        if old is not None:
            return old.path
        name = relative if relative not in self.taken else f"{self.root.name}/{relative}"
        number = 2
        while name in self.taken:
            name = f"{self.root.name}({number})/{relative}"
            number += 1
        self.taken.add(name)
        return name


def plan(
    before: IndexReader,
    paths: Sequence[Path],
    options: Options,
    accepted: Set[str] = frozenset(),
    corrected: Mapping[str, Corrected] = MappingProxyType({}),
) -> list[SourcePlan]:
    """What to do, source by source, in the order they were added.

    Args:
        before: the catalogue as published.
        paths: sources asked for; empty is all.
        options: what the run was asked for.
        accepted: digests of contents whose doubtful mark of secrecy a person accepted.
        corrected: what people corrected in the page, by file (`indexer.correcting.by_file`).

    Raises:
        ConfigError: nothing to index, a root is missing or nested in another, or more than a
            fifth of a source is gone and nobody accepted that.
    """
    known = {source.root: source for source in before.sources()}
    asked = [path.expanduser().resolve() for path in paths]
    _check(asked, known, options)
    forgotten = {str(path) for path in asked} if options.forget else set()
    roots = [Path(root) for root in known if not asked or Path(root) in asked]
    roots += [path for path in asked if str(path) not in known]
    if not roots:
        raise ConfigError("还没有指定要入库的文件夹", hint="运行 kb index 文件夹")
    files: dict[int, list[FileRow]] = {}
    for row in before.files():
        files.setdefault(row.source_id, []).append(row)
    taken = {row.path for rows in files.values() for row in rows}
    manifests = {Path(r): manifest.load(Path(r)) for r in known if r not in forgotten}
    manifests |= {root: manifest.load(root) for root in roots if root not in manifests}
    present = {
        root: scan(root) if root.exists() or not options.accept_removals else []
        for root in roots
        if str(root) not in forgotten
    }
    roots_of = {source.id: Path(source.root) for source in before.sources()}
    lost = orphans.lent(
        manifests,
        {root: {f.relative for f in found} for root, found in present.items()},
        {row.path: (roots_of[row.source_id], row) for rows in files.values() for row in rows},
        before.moved_to,
    )
    plans: list[SourcePlan] = []
    for root in roots:
        source = known.get(str(root))
        mine = files.get(source.id, []) if source else []
        if str(root) in forgotten:
            plans.append(SourcePlan(root, source, Changes(gone=mine), {}, taken, forgotten=True))
            continue
        overrides = manifests[root]
        for row in mine:
            if row.path in corrected:
                overrides[row.relative] = _with(overrides, row.relative, corrected[row.path])
        digests = {path: manifest.digest(entry) for path, entry in overrides.items()}
        changes = compare(present[root], mine, digests, full=options.full, accepted=accepted)
        plans.append(SourcePlan(root, source, changes, overrides, taken, lost=lost))
    _between_sources(plans)
    for p in plans:
        for row, now in p.changes.moved:
            entry = manifests.get(roots_of[row.source_id], {}).get(row.relative, {})
            if marks := orphans.marks_of(entry):
                orphans.lend(p.overrides, now.relative, marks)
            # A person's corrections go where the file goes; what its old place says stays there.
            if row.path in corrected:
                p.overrides[now.relative] = _with(p.overrides, now.relative, corrected[row.path])
    for p in plans:
        # What goes in this run leaves its name to what comes.
        taken.difference_update(row.path for row in p.changes.gone)
        taken.difference_update(row.path for row, _ in p.changes.moved)
        mine = files.get(p.source.id, []) if p.source else []
        if not (p.forgotten or options.accept_removals) and too_many_gone(p.changes, len(mine)):
            raise ConfigError(
                f"{p.root} 中有 {len(p.changes.gone)} 个文件不见了（共 {len(mine)} 个），"
                "未作任何改动",
                hint="若确已删除，加 --accept-removals 再运行；若是网络盘断开，接通后再运行",
            )
    return plans


def _with(
    overrides: Mapping[str, Mapping[str, Any]], relative: str, corrected: Corrected
) -> Mapping[str, Any]:
    return {**overrides.get(relative, {}), manifest.CORRECTED: corrected}


def _between_sources(plans: Sequence[SourcePlan]) -> None:
    """What is gone from one source and new in another was moved there."""
    gone = {
        row.digest: (p, row)
        for p in plans
        for row in ([] if p.forgotten else p.changes.gone)
        if row.digest and not row.failure
    }
    for p in plans if gone else ():
        for found in list(p.changes.new):
            source, row = gone.pop(p.changes.digests.get(found.relative, ""), (None, None))
            if source is not None and row is not None:
                p.changes.new.remove(found)
                p.changes.moved.append((row, found))
                source.changes.gone.remove(row)


def _check(asked: Sequence[Path], known: Mapping[str, SourceRow], options: Options) -> None:
    for path in asked:
        if options.forget:
            if str(path) not in known:
                raise ConfigError(
                    f"{path} 不在已入库的文件夹之列",
                    hint=f"已入库的：{'、'.join(known) or '无'}",
                )
            continue
        if not path.exists() and str(path) not in known:
            raise ConfigError(f"找不到 {path}", hint="检查路径是否写对")
        for root in map(Path, known):
            if path != root and (path.is_relative_to(root) or root.is_relative_to(path)):
                raise ConfigError(f"{path} 与已入库的 {root} 重叠", hint="同一文件不能属于两个来源")
