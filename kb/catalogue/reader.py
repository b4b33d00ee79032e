"""Read the index rows of one pinned generation, within a scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
)

from kb.catalogue import codec
from kb.catalogue.held import Held
from kb.catalogue.lost import again
from kb.catalogue.moved import moved, moved_since
from kb.catalogue.rows import (
    ArticleRow,
    CitationRow,
    FileRow,
    NamedRow,
    PassageRow,
    SourceRow,
    VersionRow,
)
from kb.catalogue.scoped import ended_by, live, marks_at, named, visible
from kb.catalogue.tables import citation, file, generation, node, passage, source, validity, version
from kb.errors import NotFound
from kb.model import Level, Node, Scope, Validity

CHUNK = 500
"""Values a statement: SQLite's old limit on parameters is 999."""


@again
class IndexReader:
    """Answers from one generation, whatever is published meanwhile. Safe for several threads."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self.generation = generation
        self._held = Held()

    def versions(self, scope: Scope, *, paths: Sequence[str] | None = None) -> list[VersionRow]:
        """Every version within the scope, by path; or only those at ``paths``."""
        with self._engine.connect() as connection:
            if paths is None:
                return list(self._versions(connection, self._version_select(scope)))
            found: list[VersionRow] = []
            for some in _chunks(paths):
                query = self._version_select(scope).where(version.c.path.in_(some))
                found.extend(self._versions(connection, query))
            return found

    def names(self, scope: Scope) -> list[NamedRow]:
        """What every version within the scope is called, without reading the rest of it, on any
        day. The last sight's are kept: a first question asks for them three times."""
        if (held := self._held.names(scope)) is not None:
            return held
        with self._engine.connect() as connection:
            rows = connection.execute(named(scope, self.generation))
            found = [codec.to_named(row) for row in rows]
        return self._held.keep_names(scope, found)

    def version(self, path: str, scope: Scope) -> VersionRow:
        """The version at a path (an old path follows its alias).

        Raises:
            NotFound: there is none within the scope. (What exists outside it is not told.)
        """
        found = self.versions(scope, paths=[path])
        if not found and (now := self.moved_to(path)) is not None:
            found = self.versions(scope, paths=[now])
        if not found:
            raise NotFound(f"没有找到文件：{path}", hint="用 kb search 查找，或检查路径")
        return found[0]

    def marks_at(self, path: str, scope: Scope) -> tuple[str, str, str, tuple[str, ...]] | None:
        """Kind, tier, department and persons of what lies at a path; None where nothing does."""
        with self._engine.connect() as connection:
            return marks_at(connection, path, self.generation, scope)

    def siblings(self, of: VersionRow, scope: Scope) -> list[VersionRow]:
        """All versions of the same document, newest first."""
        query = self._version_select(scope).where(version.c.document_id == of.document_id)
        with self._engine.connect() as connection:
            found = list(self._versions(connection, query))
        return sorted(
            found,
            key=lambda v: (v.validity.start is not None, v.validity.start, v.path),
            reverse=True,
        )

    def nodes(self, of: VersionRow, scope: Scope) -> list[Node]:
        """The outline of a version, in reading order; NotFound outside the scope."""
        self.version(of.path, scope)
        query = select(node).where(node.c.version_id == of.id).order_by(node.c.ordinal)
        with self._engine.connect() as connection:
            return [codec.to_node(row) for row in connection.execute(query)]

    def passages(self, ids: Sequence[str], scope: Scope) -> dict[str, PassageRow]:
        """Passages by id. What is absent or outside the scope is left out."""
        found = self._held.passages(ids, scope)
        missing = [id_ for id_ in ids if id_ not in found] if found else ids
        if not missing:
            return found
        with self._engine.connect() as connection:
            for some in _chunks(missing):
                read = self._read_passages(connection, some, scope)
                self._held.keep(read)
                found.update(read)
        return found

    def _read_passages(
        self, connection: Connection, ids: Sequence[str], scope: Scope
    ) -> dict[str, PassageRow]:
        rows = connection.execute(
            self._passage_select().where(
                passage.c.id.in_(ids), live(version, self.generation), *visible(scope)
            )
        ).all()
        owners = self._held.rows(
            {row.version_id for row in rows},
            scope,
            lambda wanted: self._versions(
                connection, self._version_select(scope).where(version.c.id.in_(wanted))
            ),
        )
        return {row.id: codec.to_passage(row, owners[row.version_id]) for row in rows}

    def passages_of(self, of: VersionRow, scope: Scope) -> list[PassageRow]:
        """Every passage of a version, in order; NotFound outside the scope."""
        self.version(of.path, scope)
        query = (
            self._passage_select().where(passage.c.version_id == of.id).order_by(passage.c.ordinal)
        )
        with self._engine.connect() as connection:
            return [codec.to_passage(row, of) for row in connection.execute(query)]

    def articles(self, version_id: int, scope: Scope) -> list[ArticleRow]:
        """The 条 of a version in reading order; none outside the scope."""
        query = self._article_select(scope).where(node.c.version_id == version_id)
        with self._engine.connect() as connection:
            return [ArticleRow(*rest) for _, *rest in connection.execute(query)]

    def every_article(self, scope: Scope) -> Iterator[tuple[int, ArticleRow]]:
        """Each 条 in the scope with its version's id, in reading order, in one statement: asking
        3,400 versions one by one took most of a report's time."""
        query = self._article_select(scope)
        with self._engine.connect() as connection:
            for owner, *rest in connection.execute(query):
                yield owner, ArticleRow(*rest)

    def citations(
        self, scope: Scope, *, version_id: int | None = None, own: bool = False
    ) -> Iterator[CitationRow]:
        """What the versions within the scope cite, by version and place.

        Args:
            version_id: only what this version cites.
            own: only places in the citing paper itself.
        """
        query = self._citation_select(scope)
        if version_id is not None:
            query = query.where(citation.c.version_id == version_id)
        if own:
            query = query.where(citation.c.title == "")
        with self._engine.connect() as connection:
            yield from map(codec.to_citation, connection.execute(query))

    def cited_keys(self, scope: Scope) -> list[tuple[str, int]]:
        """`title_key` of each document that versions within the scope cite, and how many do."""
        # Counted here, of the versions that are known already: grouping distinct pairs of a join
        # takes SQLite twice as long as reading them.
        seen = {row.id for row in self.names(scope)}
        query = select(citation.c.key, citation.c.version_id).where(citation.c.title != "")
        with self._engine.connect() as connection:
            found = connection.execute(query).all()
        pairs = {(key, owner) for key, owner in found if owner in seen}
        return list(Counter(key for key, _ in pairs).items())

    def citations_naming(
        self, keys: Sequence[str], label: str | None, scope: Scope
    ) -> Iterator[CitationRow]:
        """Citations of article ``label`` (None: of any place, and of the whole) of a document with
        one of these title keys, and those without 《》 whose words end with one: they may begin
        with words that are not the name's."""
        named: list[ColumnElement[bool]] = [citation.c.key.in_(list(keys))]
        named += [and_(citation.c.loose, citation.c.key.endswith(k, autoescape=True)) for k in keys]
        query = self._citation_select(scope).where(or_(*named))
        if label is not None:
            query = query.where(citation.c.label == label)
        with self._engine.connect() as connection:
            yield from map(codec.to_citation, connection.execute(query))

    def text(self, version_id: int, ordinal: int, scope: Scope) -> str:
        """One node's own text; empty outside the scope."""
        query = (
            select(node.c.text)
            .join(version, version.c.id == node.c.version_id)
            .where(
                node.c.version_id == version_id,
                node.c.ordinal == ordinal,
                live(version, self.generation),
                *visible(scope),
            )
        )
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none() or ""

    def passage_at(self, version_id: int, ordinal: int, scope: Scope) -> PassageRow | None:
        """The first passage with this node's text; a window of prose begins at an earlier node."""
        query = (
            self._passage_select()
            .where(
                passage.c.version_id == version_id,
                passage.c.node <= ordinal,
                live(version, self.generation),
                *visible(scope),
            )
            .order_by(passage.c.node.desc(), passage.c.ordinal)
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            owner = self._version_select(scope).where(version.c.id == version_id)
            return codec.to_passage(row, next(self._versions(connection, owner)))

    def dated(self, scope: Scope) -> dict[int, Validity]:
        """The stored validity of each version within the scope, by version id."""
        query = (
            select(
                validity.c.version_id,
                validity.c.start,
                validity.c.end,
                validity.c.ended_as,
                ended_by(scope, self.generation),
            )
            .join(version, version.c.id == validity.c.version_id)
            .where(live(version, self.generation), live(validity, self.generation), *visible(scope))
        )
        with self._engine.connect() as connection:
            return {
                row["version_id"]: codec.to_validity(row)
                for row in connection.execute(query).mappings()
            }

    def published(self) -> tuple[datetime, dict[str, Any]]:
        """When the generation was made, and the report of the run that made it."""
        query = select(generation.c.made, generation.c.report).where(
            generation.c.number == self.generation
        )
        with self._engine.connect() as connection:
            made, report = connection.execute(query).one()
            return made, report

    def files(self) -> list[FileRow]:
        """Every file the last run saw, for the indexer and the inventory of faults."""
        columns = [file.c[name] for name in FileRow.__dataclass_fields__]
        query = select(*columns).where(live(file, self.generation)).order_by(file.c.path)
        with self._engine.connect() as connection:
            return [FileRow(**row) for row in connection.execute(query).mappings()]

    def sources(self) -> list[SourceRow]:
        """The folders indexed so far."""
        query = select(source.c.id, source.c.root, source.c.name).where(
            live(source, self.generation)
        )
        with self._engine.connect() as connection:
            return [SourceRow(**row) for row in connection.execute(query).mappings()]

    def counts(self, scope: Scope) -> dict[str, int]:
        """``files``, ``articles``, ``passages`` within a scope."""

        def many(query: Select[Any]) -> int:
            within = query.where(live(version, self.generation), *visible(scope))
            return int(connection.execute(within).scalar_one())

        with self._engine.connect() as connection:
            articles = node.c.level == Level.ARTICLE.value
            return {
                "files": many(select(func.count(version.c.file_id.distinct()))),
                "articles": many(
                    select(func.count())
                    .select_from(node.join(version, version.c.id == node.c.version_id))
                    .where(articles)
                ),
                "passages": many(
                    select(func.count()).select_from(
                        passage.join(version, version.c.id == passage.c.version_id)
                    )
                ),
            }

    def count(self, level: Level) -> int:
        """How many nodes of a level there are in the whole generation."""
        query = (
            select(func.count())
            .select_from(node.join(version, version.c.id == node.c.version_id))
            .where(live(version, self.generation), node.c.level == level.value)
        )
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def passage_ids(self) -> list[str]:
        """The id of every passage of the whole generation, for checks."""
        query = (
            select(passage.c.id)
            .join(version, version.c.id == passage.c.version_id)
            .where(live(version, self.generation))
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def count_passages(self) -> int:
        """How many passages there are in the whole generation."""
        query = (
            select(func.count())
            .select_from(passage.join(version, version.c.id == passage.c.version_id))
            .where(live(version, self.generation))
        )
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def now_at(self, path: str, since: int) -> str:
        """Where the file lies that lay at ``path`` in generation ``since``."""
        with self._engine.connect() as connection:
            return moved_since(connection, path, since, self.generation)

    def moved_to(self, path: str) -> str | None:
        """Where what lay at ``path`` lies now; None where it never moved."""
        with self._engine.connect() as connection:
            return moved(connection, path, self.generation)

    def _version_select(self, scope: Scope) -> Select[Any]:
        columns = [c for c in version.c if c.name not in ("id", "born", "died", "file_id")]
        return (
            select(
                version.c.id.label("version_id"),
                *columns,
                validity.c.start,
                validity.c.end,
                validity.c.ended_as,
                ended_by(scope, self.generation),
            )
            .select_from(version.outerjoin(validity, self._dated()))
            .where(live(version, self.generation), *visible(scope))
            .order_by(version.c.path)
        )

    def _citation_select(self, scope: Scope) -> Select[Any]:
        return (
            select(citation)
            .join(version, version.c.id == citation.c.version_id)
            .where(live(version, self.generation), *visible(scope))
            .order_by(citation.c.version_id, citation.c.ordinal)
        )

    def _article_select(self, scope: Scope) -> Select[Any]:
        return (
            select(node.c.version_id, node.c.ordinal, node.c.label, cast(node.c.spans, Text))
            .join(version, version.c.id == node.c.version_id)
            .where(node.c.level == Level.ARTICLE.value)
            .where(live(version, self.generation), *visible(scope))
            .order_by(node.c.version_id, node.c.ordinal)
        )

    def _dated(self) -> ColumnElement[bool]:
        return and_(validity.c.version_id == version.c.id, live(validity, self.generation))

    @staticmethod
    def _versions(connection: Connection, query: Select[Any]) -> Iterator[VersionRow]:
        return (codec.to_version(row) for row in connection.execute(query).mappings())

    @staticmethod
    def _passage_select() -> Select[Any]:
        return select(passage, node.c.text.label("node_text"), node.c.heading).select_from(
            passage.join(
                node,
                and_(node.c.version_id == passage.c.version_id, node.c.ordinal == passage.c.node),
            ).join(version, version.c.id == passage.c.version_id)
        )


def _chunks(values: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), CHUNK):
        yield list(values[start : start + CHUNK])
