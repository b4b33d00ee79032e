"""One run: take the lock, find what changed, read it, build the next generation, switch to it.

Rows first, then files, then the pointer: whatever stops the run in between, the last generation
serves on and the next run takes back the rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from indexer import manifest, orphans, validity
from indexer.correcting import by_file
from indexer.plan import SourcePlan, plan
from indexer.pool import Lost, run
from indexer.prepare import OcrBounds, Prepared, Task, prepare
from indexer.rebuild import rebuild
from indexer.report import Failure, Progress, Report
from indexer.secrecy import Decided
from indexer.sources import Found, digest
from indexer.vectors import EVERYTHING, Vectors
from kb.catalogue import Catalogue
from kb.catalogue.marks import MarkRow
from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import FileRow, VersionRow
from kb.catalogue.writer import IndexWriter
from kb.config import Settings
from kb.embed import load
from kb.engine import open_engine
from kb.engine.dictionary import follow, take_own
from kb.engine.protocol import Versions, Writer
from kb.engine.upkeep import mend_pointer
from kb.engine.upkeep import rollback as to_former
from kb.engine.versions import made_with
from kb.errors import IndexCorrupt
from kb.law.validity import title_key
from kb.model import Level, Mark, Paper


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for."""

    full: bool = False
    dry_run: bool = False
    accept_removals: bool = False
    forget: bool = False


@dataclass(slots=True)
class _Built:
    """``gained``: not all files had failed before and failed unchanged. ``refused``: (path,
    digest of what was held) of files that were in the base and now bear a mark of secrecy."""

    gained: bool = False
    refused: list[tuple[str, str]] = field(default_factory=list)


NAMED = 3
"""Of many files of one kind, so many by name."""


@dataclass(slots=True)
class _Work:
    """One file to take in, with what it replaces."""

    plan: SourcePlan
    found: Found
    name: str
    digest: str
    overrides: Mapping[str, Any]
    old: FileRow | None = None
    moved: bool = False


def index(
    settings: Settings,
    paths: Sequence[Path],
    options: Options,
    progress: Progress = lambda stage, done, total, path: None,
) -> Report:
    """Bring the index up to date with its sources, and with ``paths`` (added or refreshed).

    Raises:
        ConfigError: no source, a missing root, or too much gone at once. Nothing was changed.
        IndexLocked: another process is indexing. IndexStale: ``full`` is needed.
    """
    began = time.monotonic()
    embedder = load(settings)
    if options.dry_run:
        follow(settings, open_engine(settings).versions())
    dictionary = None if options.dry_run else take_own(settings)
    with ExitStack() as stack:
        catalogue = stack.enter_context(Catalogue.open(settings, create=True))
        if not options.dry_run:
            mend_pointer(settings, catalogue.sealed())
        recut = _recut(settings, made_with(embedder), options, progress)
        mended, opened = _writer(settings, made_with(embedder), options, progress)
        writer = stack.enter_context(opened)
        current = writer.base
        rows = catalogue.writer(writer.generation, current=current, lease=writer.lease)
        before = catalogue.reader(current)
        standing = catalogue.marks.standing()
        accepted = {d for d, row in standing.items() if row.decision == Mark.ACCEPTED.value}
        corrected = by_file(catalogue.corrections.history(), before)
        plans = plan(before, paths, options, accepted, corrected)
        report = Report(dry_run=options.dry_run, generation=current)
        report.notes += _lost(plans)
        if mended:
            report.notes.append(f"索引文件曾有损坏，已由目录重建（{mended}）")
        if recut:
            report.notes.append("词典有变化，已按新词典重新切分全部文件")
        work, dying = _work(plans, report)
        nothing = not (work or dying or any(p.is_new or p.forgotten for p in plans))
        if options.dry_run or nothing:
            if not options.dry_run:
                _touch(rows, plans)
            return _finish(report, before, began)
        vectors = Vectors(embedder, writer, before, fresh=options.full)
        built = _build(
            settings, writer, vectors, rows, work, dying, plans, standing, dictionary, progress
        )
        if not (built.gained or dying or any(p.is_new or p.forgotten for p in plans)):
            # Only files that failed before were tried, and failed again: the generation that is
            # served says so already, and a further one would push an older one out.
            return _finish(report, before, began)
        now = catalogue.reader(writer.generation)
        validity.settle(now, rows, vectors, progress)
        report.notes += _uneven(now.versions(EVERYTHING))
        report.generation = writer.generation
        _finish(report, now, began)
        progress("发布", 0, 1, "")
        writer.publish(rows.seal(report.as_json()))
        rows.forget_before(writer.generation - settings.keep_generations)
        progress("发布", 1, 1, "")
    gone = [row.path for row in dying] + [path for path, _ in built.refused]
    report.withdrawn = [id_ for path in gone for id_ in vectors.ended_of(path)]
    if built.refused:
        # Older generations, dead rows and merged segments still tell what it said.
        report.generation = rebuild(settings, progress, purge=True)
        report.purged = built.refused
    report.seconds = time.monotonic() - began
    return report


def _recut(settings: Settings, versions: Versions, options: Options, progress: Progress) -> bool:
    """Where only the office's dictionary has changed, cut anew what the catalogue holds: no file
    need be read."""
    made = open_engine(settings).versions()
    if made is None or made == versions or options.full:
        return False
    if replace(made, dictionary=versions.dictionary) != versions:
        return False
    rebuild(settings, progress)
    return True


def _writer(
    settings: Settings, versions: Versions, options: Options, progress: Progress
) -> tuple[str, Writer]:
    """A writer, and what had to be mended for it: the next run heals what was torn."""
    engine = open_engine(settings)
    try:
        return "", engine.writer(versions, fresh=options.full)
    except IndexCorrupt as error:
        if options.dry_run:
            raise
        rebuild(settings, progress)
        return error.message, engine.writer(versions)


def _work(plans: Sequence[SourcePlan], report: Report) -> tuple[list[_Work], list[FileRow]]:
    work: list[_Work] = []
    dying: list[FileRow] = []
    for p in plans:
        c = p.changes
        jobs: list[tuple[FileRow | None, Found, bool]] = [(None, f, False) for f in c.new]
        jobs += [(row, f, False) for row, f in c.changed]
        jobs += [(row, f, True) for row, f in c.moved]
        for old, found, moved in jobs:
            work.append(
                _Work(
                    plan=p,
                    found=found,
                    name=p.name_of(found.relative, old if not moved else None),
                    digest=c.digests.get(found.relative) or digest(found.absolute),
                    overrides=p.overrides.get(found.relative, {}),
                    old=old,
                    moved=moved,
                )
            )
        dying.extend(c.gone)
        report.new += len(c.new)
        report.changed += sum(1 for row, _ in c.changed if not row.failure)
        report.moved += len(c.moved)
        report.gone += len(c.gone)
    return work, dying


def _build(
    settings: Settings,
    writer: Writer,
    vectors: Vectors,
    rows: IndexWriter,
    work: Sequence[_Work],
    dying: Sequence[FileRow],
    plans: Sequence[SourcePlan],
    standing: Mapping[str, MarkRow],
    dictionary: Path | None,
    progress: Progress,
) -> _Built:
    """Write rows and entries."""
    ended = [row.id for row in dying] + [w.old.id for w in work if w.old is not None]
    gone = rows.end_files(ended)
    writer.remove(gone)
    vectors.ended(gone)
    for p in plans:
        if p.forgotten and p.source is not None:
            rows.end_source(p.source.id)
    _touch(rows, plans)
    ids = {
        id(p): p.source.id if p.source is not None else rows.source(str(p.root), p.root.name)
        for p in plans
        if not p.forgotten
    }
    workers = settings.workers or os.cpu_count() or 1
    # One long scan alone may use every core.
    bounds = OcrBounds(
        settings.ocr_page_seconds, settings.ocr_file_seconds, workers // max(len(work), 1)
    )
    tasks = [
        Task(
            w.found.absolute,
            w.name,
            w.plan.root.name,
            w.digest,
            w.overrides,
            settings.max_file_mb * 1024 * 1024,
            bounds,
            _decided(standing.get(w.digest)),
            dictionary,
        )
        for w in work
    ]
    by_name = {w.name: w for w in work}
    progress("读取", 0, len(work), "")
    results = run(
        prepare,
        tasks,
        workers=workers,
        seconds=settings.file_seconds,
        memory_mb=settings.worker_memory_mb,
    )
    built = _Built()
    for done, (task, result) in enumerate(results, start=1):
        w = by_name[task.name]
        read = (
            Prepared(failure=result.why, hint="该文件可能已损坏；其余文件不受影响")
            if isinstance(result, Lost)
            else result
        )
        _take(vectors, rows, ids[id(w.plan)], w, read)
        built.gained |= not _failed_again(w, read)
        if read.failure and read.mark and w.old is not None and not w.old.failure:
            built.refused.append((w.old.path, w.old.digest))
        progress("读取", done, len(work), task.name)
    return built


def _decided(row: MarkRow | None) -> Decided | None:
    return Decided(row.decision == Mark.ACCEPTED.value, row.evidence) if row else None


def _failed_again(w: _Work, read: Prepared) -> bool:
    old = w.old
    same = old is not None and (old.digest, old.failure) == (w.digest, read.failure)
    return same and bool(read.failure)


def _take(
    vectors: Vectors,
    rows: IndexWriter,
    source_id: int,
    w: _Work,
    result: Prepared,
) -> None:
    values = {
        "path": w.name,
        "relative": w.found.relative,
        "digest": w.digest,
        "size": w.found.size,
        "mtime_ns": w.found.mtime_ns,
        "overrides": manifest.digest(w.overrides),
        "failure": result.failure,
        "hint": result.hint,
        "mark": result.mark,
    }
    rows.file(source_id, values, [(paper, document_key(paper)) for paper in result.papers])
    for entries, texts in zip(result.entries, result.texts, strict=True):
        if entries:
            vectors.add(entries, texts, old=w.old.path if w.old is not None else "")
    if w.moved and w.old is not None and not result.failure and w.old.path != w.name:
        rows.moved(w.old.path, w.name)


def _lost(plans: Sequence[SourcePlan]) -> list[str]:
    lost = sorted({path for p in plans for path in p.lost})
    if not lost:
        return []
    more = f" 等 {len(lost)} 处" if len(lost) > NAMED else ""
    return [
        f"清单中标有知悉范围的文件不在原处：{'、'.join(lost[:NAMED])}{more}。"
        "移到别处的，标记随文件走；请在清单中改写路径"
    ]


def _uneven(versions: Sequence[VersionRow]) -> list[str]:
    found = orphans.uneven(versions)
    if not found:
        return []
    more = f" 等 {len(found)} 个" if len(found) > NAMED else ""
    return [
        f"同一文件的别的版本知悉范围更严：{'、'.join(found[:NAMED])}{more}。"
        "各版本按自己的标记给人看；请在清单中核对"
    ]


def _touch(rows: IndexWriter, plans: Sequence[SourcePlan]) -> None:
    for p in plans:
        for row, found in p.changes.touched:
            rows.refresh(row.id, size=found.size, mtime_ns=found.mtime_ns)


def _finish(report: Report, reader: IndexReader, began: float) -> Report:
    files = reader.files()
    report.files = len(files)
    report.failed = [Failure(f.path, f.failure, f.hint) for f in files if f.failure]
    report.articles = reader.count(Level.ARTICLE)
    report.passages = reader.count_passages()
    report.seconds = time.monotonic() - began
    return report


def document_key(paper: Paper) -> str:
    """Versions of one document share this: normalised title and issuer (DESIGN.md)."""
    return f"{title_key(paper.description.title)}|{paper.description.issuer}"


def rollback(settings: Settings) -> int:
    """Serve the generation before the present one again. Returns its number.

    Raises:
        NotFound: no older generation is kept.
    """
    return to_former(settings)
