"""The facade: one object that opens a home, follows its generations and answers within a scope."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kb.catalogue import Catalogue
from kb.catalogue.accounts import AccountStore
from kb.catalogue.audit import AuditLog
from kb.catalogue.corrections import Corrections
from kb.catalogue.desk import Desk
from kb.catalogue.marks import Marks
from kb.catalogue.people import People
from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import FileRow, PassageRow, SourceRow, VersionRow
from kb.catalogue.tokens import TokenStore
from kb.config import Settings, load_settings
from kb.embed import Embedder, load
from kb.engine import open_engine
from kb.engine.dictionary import follow
from kb.engine.protocol import Reader
from kb.engine.versions import made_with
from kb.errors import IndexStale, NotFound
from kb.law.validity import status
from kb.model import Kind, Level, Node, Scope, Status
from kb.retrieve import (
    AS_READ,
    EVERY_STAGE,
    Follower,
    Hit,
    How,
    Ranked,
    Retriever,
    SearchResult,
    Similar,
    Stages,
)
from kb.text.synonyms import read_synonyms

if TYPE_CHECKING:
    from kb.law.cited import Link
    from kb.law.kin import Kin
    from kb.law.provision import Provision
    from kb.law.readings import FileReading

READINGS = 8
"""Scopes whose reading report is kept."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One pinned generation: rows, index, and a retriever over both."""

    generation: int
    rows: IndexReader
    reader: Reader
    retriever: Retriever


@dataclass(frozen=True, slots=True)
class Shown:
    """One version laid open: its outline, its passages, its other versions."""

    version: VersionRow
    status: Status | None
    nodes: list[Node]
    passages: list[PassageRow]
    siblings: list[VersionRow]


class KnowledgeBase:
    """The knowledge base of one home. Safe for several threads; close it, or use ``with``.

    >>> with KnowledgeBase.open(".kb") as base:                      # doctest: +SKIP
    ...     base.search("外借公章谁批", Scope.everything(as_of=date.today()))
    """

    def __init__(self, settings: Settings, catalogue: Catalogue, embedder: Embedder) -> None:
        self.settings = settings
        self._catalogue = catalogue
        self._embedder = embedder
        self._engine = open_engine(settings)
        self._lock = threading.Lock()
        self._looked = 0.0
        self._snapshot: Snapshot | None = None
        self._followed: int | None = None
        self._readings: dict[tuple[int, Scope], list[FileReading]] = {}

    @classmethod
    def open(cls, home: str | Path | Settings | None = None) -> KnowledgeBase:
        """Open a home (`Settings`, a path, or None for ``KB_HOME`` or ``.kb``).

        Raises:
            IndexMissing: nothing was indexed. IndexStale: made by another program version.
            CatalogueError, IndexCorrupt, ModelError, ConfigError: as they say.
        """
        settings = home if isinstance(home, Settings) else load_settings(home)
        catalogue = Catalogue.open(settings)
        try:
            base = cls(settings, catalogue, load(settings))
            base.snapshot()
        except BaseException:
            catalogue.close()
            raise
        return base

    def snapshot(self) -> Snapshot:
        """The generation to answer from; follows what is published within a second."""
        with self._lock:
            now = time.monotonic()
            due = now - self._looked >= self.settings.generation_check_seconds
            if self._snapshot is not None and not due:
                return self._snapshot
            self._looked = now
            if self._snapshot is None or self._engine.current() != self._followed:
                # The former one is not closed here: another thread may be reading from it.
                # It is let go with its last user.
                try:
                    self._snapshot = self._pin()
                except IndexStale:
                    raise  # made by another program version: the former one goes on answering
                except BaseException:
                    self._followed = None  # a server was away: looked at again, not passed over
                    raise
            return self._snapshot

    def _pin(self) -> Snapshot:
        self._followed = self._engine.current()
        follow(self.settings, self._engine.versions())
        reader = self._engine.reader(expect=made_with(self._embedder))
        rows = self._catalogue.reader(reader.generation)
        retriever = Retriever(
            rows,
            reader,
            self._embedder,
            weight=self.settings.fusion_weight,
            synonyms=read_synonyms(self.settings.home),
            known=Follower(self.people.known_pairs, self.people.known_stamp, self._embedder),
        )
        return Snapshot(reader.generation, rows, reader, retriever)

    @property
    def damage(self) -> str:
        """What is wrong with the published index, where an older one stands in for it; or ""."""
        return self.snapshot().reader.damage

    @property
    def generation(self) -> int:
        """The number of the generation that answers now."""
        return self.snapshot().generation

    def search(
        self,
        query: str,
        scope: Scope,
        *,
        limit: int = 10,
        weight: float | None = None,
        how: How = AS_READ,
    ) -> SearchResult:
        """The best articles for a question; see `kb.retrieve.Retriever.search`."""
        return self.snapshot().retriever.search(query, scope, limit=limit, weight=weight, how=how)

    def ended(
        self, query: str, scope: Scope, *, limit: int = 20, how: How = AS_READ
    ) -> tuple[Hit, ...]:
        """What a search leaves out because it is not in force on the scope's day, best first."""
        return self.snapshot().retriever.ended(query, scope, limit=limit, how=how)

    def similar(self, passage_id: str, scope: Scope, *, limit: int = 5) -> tuple[Similar, ...]:
        """Provisions of other papers that say much the same as an article («另见»)."""
        return self.snapshot().retriever.similar(passage_id, scope, limit=limit)

    def rank(
        self,
        query: str,
        scope: Scope,
        *,
        limit: int,
        weight: float | None = None,
        stages: Stages = EVERY_STAGE,
    ) -> list[Ranked]:
        """Ids and scores only, for evaluation."""
        return self.snapshot().retriever.rank(query, scope, limit, weight=weight, stages=stages)

    def passage(self, passage_id: str, scope: Scope) -> PassageRow:
        """One passage by its id (an old path follows its alias).

        Raises:
            NotFound: there is none within the scope.
        """
        rows = self.snapshot().rows
        found = rows.passages([passage_id], scope).get(passage_id)
        if found is None:
            path, mark, label = passage_id.partition("#")
            if mark:
                moved = f"{rows.version(path, scope).path}#{label}"
                found = rows.passages([moved], scope).get(moved)
        if found is None:
            raise NotFound(f"没有找到条文：{passage_id}", hint="用 kb search 查找，或检查编号")
        return found

    def provision(self, ident: str, scope: Scope) -> Provision:
        """A passage, or a 款, 项 or 目 by its exact place, with what it cites and what cites it.

        Raises:
            NotFound: there is none within the scope.
        """
        from kb.law.cited import Library
        from kb.law.provision import find, of_passage

        rows = self.snapshot().rows
        library = Library(rows, scope)
        if (found := find(rows, library, ident, scope)) is not None:
            return found
        return of_passage(rows, library, self.passage(ident, scope), scope)

    def passages(self, ids: Sequence[str], scope: Scope) -> dict[str, PassageRow]:
        """Passages by id; what is absent or outside the scope is left out."""
        return self.snapshot().rows.passages(ids, scope)

    def document(self, path: str, scope: Scope) -> Shown:
        """A version by its path, laid open.

        Raises:
            NotFound: there is none within the scope.
        """
        rows = self.snapshot().rows
        version = rows.version(path, scope)
        return Shown(
            version=version,
            status=status_on(version, scope),
            nodes=rows.nodes(version, scope),
            passages=rows.passages_of(version, scope),
            siblings=rows.siblings(version, scope),
        )

    def links(self, of: VersionRow, scope: Scope) -> list[Link]:
        """What a version's text points to, place by place, in order."""
        from kb.law.cited import Library

        rows = self.snapshot().rows
        return Library(rows, scope).links(rows.citations(scope, version_id=of.id))

    def kin(self, of: VersionRow, scope: Scope) -> Kin:
        """What a version rests on, ended and cites, and the other way round."""
        from kb.law.cited import Library
        from kb.law.kin import kin

        rows = self.snapshot().rows
        return kin(rows, Library(rows, scope), of, scope)

    def file_of(self, path: str, scope: Scope) -> tuple[Path, str]:
        """Where the file of a version lies, and its SHA-256 when it was read.

        Raises:
            NotFound: there is no such version within the scope.
        """
        rows = self.snapshot().rows
        version = rows.version(path, scope)
        name = version.path.partition("!")[0]
        row = next(f for f in rows.files() if f.path == name)
        root = next(Path(s.root) for s in rows.sources() if s.id == row.source_id)
        return (root / row.relative if root.is_dir() else root), version.digest

    def documents(self, scope: Scope) -> list[VersionRow]:
        """Every version within the scope, by path."""
        return self.snapshot().rows.versions(scope)

    def readings(self, scope: Scope) -> list[FileReading]:
        """How well each file within the scope was read, by path.

        Kept for the last few scopes of the generation: everything it rests on is in these two.
        """
        from kb.law.cited import Library
        from kb.law.readings import readings

        rows = self.snapshot().rows
        key = (rows.generation, scope)
        if key not in self._readings:
            made = readings(rows, Library(rows, scope), scope)
            with self._lock:
                kept = [k for k in self._readings if k[0] == rows.generation][1 - READINGS :]
                self._readings = {k: self._readings[k] for k in kept} | {key: made}
                return made
        return self._readings[key]

    def reading(self, path: str, scope: Scope) -> FileReading:
        """How well one file was read, its own citations resolved.

        Raises:
            NotFound: there is none within the scope.
        """
        from kb.law.cited import Library
        from kb.law.readings import one_reading

        rows = self.snapshot().rows
        return one_reading(rows, Library(rows, scope), rows.version(path, scope), scope)

    def sources(self) -> list[SourceRow]:
        """The folders indexed so far."""
        return self.snapshot().rows.sources()

    def files(self) -> list[FileRow]:
        """Every file as the last run saw it, failures included."""
        return self.snapshot().rows.files()

    def published(self) -> tuple[datetime, dict[str, Any]]:
        """When the generation was made, and the report of the run that made it."""
        return self.snapshot().rows.published()

    def renew(self) -> None:
        """Read anew what is read once a generation: the office's synonyms, readings of files."""
        with self._lock:
            self._snapshot = None
            self._readings = {}

    def counts(self, scope: Scope | None = None) -> dict[str, int]:
        """``files``, ``articles``, ``passages`` of the generation; of what a scope lets through
        (on any day) where one is given."""
        rows = self.snapshot().rows
        if scope is not None and not scope.sees_all:
            return rows.counts(scope)
        return {
            "files": len(rows.files()),
            "articles": rows.count(Level.ARTICLE),
            "passages": rows.count_passages(),
        }

    @property
    def marks(self) -> Marks:
        """What people decided about doubtful marks of secrecy."""
        return self._catalogue.marks

    @property
    def corrections(self) -> Corrections:
        """What people corrected in descriptions."""
        return self._catalogue.corrections

    @property
    def desk(self) -> Desk:
        """Searches that people keep and asked, and what they found to be wrong."""
        return self._catalogue.desk

    @property
    def audit(self) -> AuditLog:
        """The log of who did what."""
        return self._catalogue.audit

    @property
    def accounts(self) -> AccountStore:
        """Accounts, sessions, numbered exports."""
        return self._catalogue.accounts

    @property
    def tokens(self) -> TokenStore:
        """Tokens of other programs."""
        return self._catalogue.tokens

    @property
    def people(self) -> People:
        """What people made: packs, baskets."""
        return self._catalogue.people

    def close(self) -> None:
        """Let go of all files. Idempotent."""
        with self._lock:
            if self._snapshot is not None:
                self._snapshot.reader.close()
                self._snapshot = None
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def status_on(version: VersionRow, scope: Scope) -> Status | None:
    """Status of a regulation on the scope's day (today where it has none); None for others."""
    if version.kind is not Kind.REGULATION:
        return None
    return status(version.validity, scope.as_of or date.today())
