"""The index from this machine to a Milvus server, or back, in the generation that it has.

Words are cut anew from the catalogue (an index keeps none to read), vectors come over as they are
stored. Stopped half way it goes on: what a server has of the unpublished generation is not sent
again; what was fetched from one lies in a file. The place it comes from is only read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from indexer.prepare import entries_of, stored_paper
from indexer.report import Progress
from indexer.vectors import EVERYTHING
from kb.catalogue import Catalogue
from kb.catalogue.reader import IndexReader
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.dictionary import follow
from kb.engine.embedded.codec import Codec
from kb.engine.protocol import SCHEMA, Entry, Reader, Versions
from kb.engine.query import Field
from kb.engine.staged import Staged
from kb.engine.stamp import stamp
from kb.errors import ConfigError, IndexCorrupt, IndexMissing, IndexStale
from kb.text.segment import SEGMENTER, dictionary_digest

BATCH = 500
CUT = (Field.WORDS, Field.BIGRAMS, Field.TITLE, Field.HEADING)


@dataclass(frozen=True, slots=True)
class Moved:
    """Passages on both sides, the generation, and whether it had been there before; ``held`` of
    them had been fetched by a run that was stopped."""

    passages: int
    generation: int
    already: bool
    held: int = 0


def move(settings: Settings, target: Settings, progress: Progress) -> Moved:
    """Bring the index of a home to the engine that ``target`` names, and compare both.

    Raises:
        ConfigError: it is there, or both lie on this machine. IndexMissing: there is none.
        IndexStale: it was made by another version of the program. IndexLocked: somebody indexes.
        IndexCorrupt: it is damaged, or what arrived is not the same: do not switch to it.
        EngineError: a generation of this number or a later one is there; a server is away.
    """
    if (settings.engine == "milvus") == (target.engine == "milvus"):
        raise ConfigError(
            f"索引现在就在 {settings.engine}，搬不到 {target.engine}",
            hint="本机引擎之间改换（tantivy、whoosh）用 kb index --full",
        )
    engine, there = open_engine(settings), open_engine(target)
    versions = engine.versions()
    if versions is None:
        raise IndexMissing(f"还没有建立索引：{settings.home}", hint="请先运行 kb index 文件夹")
    follow(settings, versions)
    if (versions.schema, versions.segmenter, versions.dictionary) != (
        SCHEMA,
        SEGMENTER,
        dictionary_digest(),
    ):
        raise IndexStale(
            "索引建立之后程序或词典有变化，不能照原样搬", hint="先运行 kb index 文件夹"
        )
    with ExitStack() as stack:
        source = stack.enter_context(closing(engine.reader(expect=None)))
        if source.damage:
            raise IndexCorrupt(source.damage, hint="先运行 kb doctor --repair 修好再搬")
        source.check_counts()
        before = stack.enter_context(Catalogue.open(settings)).reader(source.generation)
        if there.current() == source.generation:
            with closing(there.reader(expect=versions)) as found:
                _same(source, found, _stamps(source, before, progress), progress)
            return Moved(before.count_passages(), source.generation, True)
        return _bring(settings, target, source, before, versions, progress)


def _bring(
    settings: Settings,
    target: Settings,
    source: Reader,
    before: IndexReader,
    versions: Versions,
    progress: Progress,
) -> Moved:
    total, number = before.count_passages(), source.generation
    expected: dict[str, str] = {}
    with ExitStack() as stack:
        writer = stack.enter_context(
            open_engine(target).writer(versions, fresh=True, number=number)
        )
        if open_engine(settings).current() != number:
            raise IndexCorrupt("搬的时候索引换了一代", hint="再运行一次")
        fetch, staged = source.vectors, None
        if settings.engine == "milvus":
            staged = Staged(_left(settings, versions, source), versions.dimensions, source.vectors)
            fetch = staged.vectors
            stack.callback(staged.close, done=False)
        codec = Codec(versions.dimensions)
        for entries in _batches(before):
            vectors = fetch([entry.id for entry in entries])
            writer.add(entries, vectors, stored=True)
            codes = codec.encode(vectors, stored=True)
            has: list[bool] = np.any(vectors, axis=1).tolist()
            for entry, code, one in zip(entries, codes, has, strict=True):
                expected[entry.id] = _stamp(entry, bytes(code) * one)
            progress("取出", len(expected), total, "")
        writer.publish(source.catalogue, lambda sent: progress("送入", sent, total, ""))
        with closing(open_engine(target).reader(expect=versions)) as found:
            _same(source, found, expected, progress)
        if staged is not None:
            staged.close(done=True)
    return Moved(total, number, False, staged.held if staged is not None else 0)


def _left(settings: Settings, versions: Versions, source: Reader) -> Path:
    """Where the vectors of this very index are kept on the way; those of another are removed."""
    of = (settings.milvus_uri, settings.milvus_name, versions, source.catalogue)
    digest = hashlib.blake2b(repr(of).encode("utf-8"), digest_size=8).hexdigest()
    path = settings.index_dir / f"moving-{source.generation:06d}-{digest}"
    for other in settings.index_dir.glob("moving-*"):
        if other != path:
            other.unlink()
    return path


def _batches(before: IndexReader) -> Iterator[list[Entry]]:
    """The entries of a generation, in the order of its papers."""

    def every() -> Iterator[Entry]:
        for version in before.versions(EVERYTHING):
            if passages := before.passages_of(version, EVERYTHING):
                yield from entries_of(stored_paper(version, passages), version.validity)

    entries = every()
    while some := list(islice(entries, BATCH)):
        yield some


def _stamps(source: Reader, before: IndexReader, progress: Progress) -> dict[str, str]:
    found: dict[str, str] = {}
    ids = sorted(before.passage_ids())
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        found.update(zip(some, source.stamps(some), strict=True))
        progress("取出", len(found), len(ids), "")
    return found


def _stamp(entry: Entry, codes: bytes) -> str:
    whom = entry.department
    return stamp(entry.kind, entry.tier, whom, entry.valid_from, entry.valid_to, codes)


def _same(source: Reader, found: Reader, expected: dict[str, str], progress: Progress) -> None:
    """Both hold the same: ids, what is kept of each, and how many passages have each term.

    Raises:
        IndexCorrupt: they do not; names the first that differs.
    """
    found.check_counts()
    if found.catalogue != source.catalogue:
        raise _differ("目录状态的校验值")
    ids = list(found.ids())
    if odd := sorted(set(ids) ^ expected.keys()) or sorted(set(source.ids()) ^ expected.keys()):
        raise _differ(f"{len(odd)} 个单元只有一边有，如 {odd[0]}")
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        for id_, its in zip(some, found.stamps(some), strict=True):
            if its != expected[id_]:
                raise _differ(f"{id_} 的向量、密级、知悉范围或有效期")
        progress("核对", start + len(some), len(ids), "")
    for field in CUT:
        if source.terms(field, EVERYTHING) != found.terms(field, EVERYTHING):
            raise _differ(f"字段 {field.value} 的词表")


def _differ(what: str) -> IndexCorrupt:
    return IndexCorrupt(
        f"搬过去后两边不一致：{what}",
        hint="不要改用那边；删去那边的这一代（或换一个 KB_MILVUS_NAME）后再搬。原来的索引未动",
    )
