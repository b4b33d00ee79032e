"""Is the base whole, and if not: mend it, with as little done again as will do.

| what is wrong | what mends it |
|---|---|
| the pointer | it is set to the newest generation that catalogue and folders agree on |
| a file of the index, or the halves disagree | the index is built again from the catalogue |
| rows of some papers | those files are read again |
| the catalogue's state | everything is read again |
| the database itself | it is put aside, and everything is read again |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from indexer.publish import Options, index
from indexer.rebuild import rebuild
from indexer.report import Progress
from kb.catalogue import Catalogue
from kb.catalogue.salvage import Salvaged, put_aside, salvage
from kb.config import Settings
from kb.engine import open_engine
from kb.engine.embedded import generation
from kb.engine.embedded.lock import WriterLock
from kb.engine.upkeep import mend_pointer
from kb.errors import CatalogueError, EngineError, IndexCorrupt, IndexMissing, KbError


@dataclass(slots=True)
class Health:
    """What was found wrong, in Chinese, by what mends it."""

    pointer: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    database: list[str] = field(default_factory=list)
    generation: int = 0

    @property
    def whole(self) -> bool:
        """Nothing that is served is damaged."""
        return not (self.pointer or self.files or self.papers or self.state or self.database)


def examine(settings: Settings) -> Health:
    """Read every byte of the index and every row of the catalogue.

    Raises:
        IndexMissing: there is none.
    """
    health = Health()
    try:
        catalogue = Catalogue.open(settings)
    except CatalogueError as error:
        health.database.append(error.message)
        return health
    with catalogue:
        _look(settings, catalogue, health)
    return health


def _look(settings: Settings, catalogue: Catalogue, health: Health) -> None:
    if settings.engine == "milvus":
        state = _look_at_server(settings, health)
    else:
        state = _look_at_files(settings, catalogue, health)
    wrong = catalogue.damage(health.generation, state)
    health.database += wrong.database
    health.papers += wrong.papers
    health.state += wrong.state
    if not (health.pointer or health.files or health.database):
        health.files += list(_disagreements(settings, catalogue, health.generation))


def _look_at_server(settings: Settings, health: Health) -> str:
    """What a server's manifest says of the catalogue; its passages are counted afterwards."""
    from kb.engine.milvus import MilvusEngine

    with closing(MilvusEngine(settings).reader(expect=None)) as reader:
        health.generation = reader.generation
        return reader.catalogue


def _look_at_files(settings: Settings, catalogue: Catalogue, health: Health) -> str:
    state = ""
    try:
        pointer = generation.require_pointer(settings.index_dir)
    except (IndexCorrupt, IndexMissing) as error:
        health.generation = max(catalogue.sealed(), default=0)
        if not health.generation:
            raise
        health.pointer.append(error.message)
    else:
        health.generation = pointer.generation
        health.files += generation.check_pointed(settings.index_dir, pointer, deep=True)
        where = generation.folder(settings.index_dir, pointer.generation)
        with suppress(EngineError):
            state = generation.read_manifest(where).catalogue
    for number in generation.numbers(settings.index_dir):
        if number != health.generation:
            where = generation.folder(settings.index_dir, number)
            health.older += generation.verify(where, deep=True)
    return state


def _disagreements(settings: Settings, catalogue: Catalogue, number: int) -> Iterator[str]:
    """The same passages in words, in vectors and in the catalogue, id by id."""
    try:
        reader = open_engine(settings).reader(expect=None)
    except KbError as error:
        yield error.message
        return
    try:
        indexed = set(reader.ids())
        reader.check_counts()
    except IndexCorrupt as error:
        yield error.message
        return
    finally:
        reader.close()
    known = set(catalogue.reader(number).passage_ids())
    if gone := sorted(indexed - known):
        yield f"索引中有目录里没有的单元 {len(gone)} 个，如 {gone[0]}"
    if missing := sorted(known - indexed):
        yield f"目录中有索引里没有的单元 {len(missing)} 个，如 {missing[0]}"


def repair(settings: Settings, progress: Progress) -> list[str]:
    """Mend what can be mended. Returns what was done, a line each; empty where all was well.

    Raises:
        KbError: something cannot be mended here; the hint says how else.
    """
    done: list[str] = []
    health = examine(settings)
    if health.database:
        return _read_all_again(settings, progress)
    if health.pointer:
        with Catalogue.open(settings, create=True) as catalogue:
            number = mend_pointer(settings, catalogue.sealed())
        done.append(f"索引指针已重新指向第 {number} 代")
        health = examine(settings)
    if health.files:
        number = rebuild(settings, progress)
        done.append(f"索引文件已由目录重建，第 {number} 代")
        health = examine(settings)
    if health.papers:
        _distrust(settings, health.papers)
        report = index(settings, [], Options(), progress)
        done.append(f"已重新读取 {len(health.papers)} 个文件，第 {report.generation} 代")
        health = examine(settings)
    if health.state:
        report = index(settings, [], Options(full=True), progress)
        done.append(f"目录的状态不符，已全部重新读取，第 {report.generation} 代")
    return done


def _distrust(settings: Settings, papers: Sequence[str]) -> None:
    # Under the lock: a catalogue's writer takes back what it believes an interrupted run left, and
    # that would be the rows of one that is running.
    lock = WriterLock(settings)
    lock.acquire()
    try:
        served = open_engine(settings).current() or 0
        with Catalogue.open(settings, create=True) as catalogue:
            rows = catalogue.writer(served + 1, current=served, lease=lock.lease)
            rows.distrust(papers)
    finally:
        lock.release()


def _read_all_again(settings: Settings, progress: Progress) -> list[str]:
    if settings.database_url:
        raise CatalogueError(
            "PostgreSQL 里的目录打不开或已损坏，这里修不了",
            hint="先让数据库服务恢复；数据已坏的，从它的备份恢复",
        )
    held: Salvaged = salvage(settings.home)
    if not held.roots:
        raise CatalogueError(
            f"{settings.home} 的目录数据库已损坏，其中的来源文件夹也读不出来",
            hint="运行 kb restore 从备份恢复；或移走 index.sqlite 后重新运行 kb index 文件夹",
        )
    aside = put_aside(settings.home, datetime.now().astimezone().strftime("%Y%m%d-%H%M%S"))
    with Catalogue.open(settings, create=True) as catalogue:
        catalogue.writer(1, current=0).adopt(held.aliases)
    report = index(settings, [Path(root) for root in held.roots], Options(full=True), progress)
    return [
        f"目录数据库已损坏，移到 {aside.name}；"
        f"已从 {len(held.roots)} 个来源全部重新读取，第 {report.generation} 代"
    ]
