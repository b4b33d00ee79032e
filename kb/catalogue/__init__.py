"""Three databases: index rows, people's work, audit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from kb.catalogue import seal
from kb.catalogue.accounts import AccountStore
from kb.catalogue.audit import AuditLog
from kb.catalogue.connect import FILES, connect, exists, faults
from kb.catalogue.corrections import Corrections
from kb.catalogue.desk import Desk
from kb.catalogue.marks import Marks
from kb.catalogue.people import People
from kb.catalogue.reader import IndexReader
from kb.catalogue.tables import generation
from kb.catalogue.tokens import TokenStore
from kb.catalogue.writer import IndexWriter
from kb.config import Settings
from kb.errors import CatalogueError

__all__ = ["FILES", "Catalogue", "Damage", "Doors"]


@dataclass(frozen=True, slots=True)
class Damage:
    """Faults of the databases, papers whose rows are not those written, a state that is another."""

    database: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)


class Doors:
    """Accounts and the log of one home."""

    def __init__(self, home: Path, people: Engine, audit: Engine) -> None:
        self._people = people
        self._audit = audit
        self.accounts = AccountStore(people)
        self.tokens = TokenStore(people)
        self.audit = AuditLog(audit, home)

    def answers(self) -> None:
        """Ask each for a row.

        Raises:
            CatalogueError: one does not answer.
        """
        for name, engine in (("people", self._people), ("audit", self._audit)):
            try:
                with engine.connect() as connection:
                    connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            except SQLAlchemyError as error:
                raise CatalogueError(
                    f"目录数据库 {name} 没有回答：{error}", hint="检查数据库服务、网络与磁盘"
                ) from error

    def close(self) -> None:
        """Let go of both files."""
        self._people.dispose()
        self._audit.dispose()


class Catalogue:
    """The databases of one home; ``audit`` is its log. Close it, or use it as a context manager."""

    def __init__(self, home: Path, index: Engine, people: Engine, audit: Engine) -> None:
        self._index = index
        self._people = people
        self._audit = audit
        self.audit = AuditLog(audit, home)

    @classmethod
    def open(cls, settings: Settings, *, create: bool = False) -> Catalogue:
        """Open all three; with ``create`` make or migrate them.

        Raises:
            IndexMissing: nothing was indexed here yet. CatalogueError: wrong version, or damaged.
        """
        opened: list[Engine] = []
        try:
            for name in FILES:
                opened.append(connect(settings, name, create=create))
        except BaseException:
            for engine in opened:
                engine.dispose()
            raise
        return cls(settings.home, *opened)

    @classmethod
    def doors(cls, settings: Settings) -> Doors:
        """People and audit only, made where there are none: for signing in before any index."""
        fresh = {name: not exists(settings, name) for name in ("people", "audit")}
        opened = (connect(settings, name, create=new) for name, new in fresh.items())
        return Doors(settings.home, *opened)

    @staticmethod
    def has_people(settings: Settings) -> bool:
        """Whether there is a database that could hold accounts."""
        return exists(settings, "people")

    @staticmethod
    def has_log(settings: Settings) -> bool:
        """Whether there is a log yet."""
        return exists(settings, "audit")

    def reader(self, generation: int) -> IndexReader:
        """Index rows as of a generation."""
        return IndexReader(self._index, generation)

    def writer(self, generation: int, *, current: int, lease: str = "") -> IndexWriter:
        """Rows for the generation being built on ``current`` (0: none was published yet).

        Takes back what an interrupted run left. ``lease`` is the engine writer's.

        Raises:
            IndexLocked: as every later write: the lease is no longer good.
        """
        writer = IndexWriter(self._index, generation, current, lease)
        writer.recover()
        return writer

    @property
    def people(self) -> People:
        """What people made: packs, baskets."""
        return People(self._people)

    @property
    def marks(self) -> Marks:
        """Decisions about doubtful marks of secrecy."""
        return Marks(self._people)

    @property
    def corrections(self) -> Corrections:
        """What people corrected in descriptions."""
        return Corrections(self._people)

    @property
    def desk(self) -> Desk:
        """Searches kept and asked, and what people found to be wrong."""
        return Desk(self._people)

    @property
    def accounts(self) -> AccountStore:
        """Accounts, sessions and numbered exports."""
        return AccountStore(self._people)

    @property
    def tokens(self) -> TokenStore:
        """Tokens of other programs."""
        return TokenStore(self._people)

    def sealed(self) -> list[int]:
        """Generations whose rows were written in full, ascending."""
        query = select(generation.c.number).order_by(generation.c.number)
        with self._index.connect() as connection:
            return list(connection.execute(query).scalars())

    def damage(self, number: int, state: str) -> Damage:
        """What is wrong with the rows of generation ``number``.

        Args:
            number: the generation.
            state: what its manifest says of the catalogue; "" where it says nothing.
        """
        engines = zip(FILES, (self._index, self._people, self._audit), strict=True)
        broken = [f"{FILES[name]}：{fault}" for name, engine in engines for fault in faults(engine)]
        if broken:
            return Damage(database=broken)
        with self._index.connect() as connection:
            papers = list(seal.damaged(connection, number))
            same = not state or papers or seal.state(connection, number) == state
        if not same:
            return Damage(state=[f"目录的状态与第 {number} 代索引的清单不符"])
        return Damage(papers=papers)

    def close(self) -> None:
        """Let go of all files. Idempotent."""
        for engine in (self._index, self._people, self._audit):
            engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
