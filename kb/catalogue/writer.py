"""Write the index rows of the next generation. Nothing is seen before the pointer names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from kb.catalogue import codec
from kb.catalogue import seal as seals
from kb.catalogue.dialect import is_sqlite
from kb.catalogue.leader import fence
from kb.catalogue.postgres import leave_nothing
from kb.catalogue.tables import (
    alias,
    citation,
    document,
    file,
    generation,
    node,
    passage,
    seal,
    source,
    validity,
    version,
)
from kb.model import Paper, Validity

DATED = (source, file, version, validity)


class IndexWriter:
    """Adds rows born in ``number`` and ends rows of the generation before it.

    One transaction a call of a method, so that memory stays bounded; `recover` (called first by
    every writer) takes back what an interrupted run left.
    """

    def __init__(self, engine: Engine, number: int, current: int, lease: str = "") -> None:
        self._engine = engine
        self._lease = lease
        self.number = number
        self._current = current

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            fence(connection, self._lease)
            yield connection

    def recover(self) -> None:
        """Drop what was born after the published generation; revive what died after it.

        That is what an interrupted run left, or a generation that was rolled back.
        """
        published = self._current
        gone = select(version.c.id).where(version.c.born > published)
        with self._writing() as connection:
            for child in (seal, citation, passage, node):
                connection.execute(delete(child).where(child.c.version_id.in_(gone)))
            connection.execute(delete(validity).where(validity.c.born > published))
            for table in (version, file, source, alias):
                connection.execute(delete(table).where(table.c.born > published))
            for table in DATED:
                connection.execute(update(table).where(table.c.died > published).values(died=None))
            connection.execute(delete(generation).where(generation.c.number > published))

    def source(self, root: str, name: str) -> int:
        """Take a folder in."""
        values = {"root": root, "name": name, "born": self.number}
        with self._writing() as connection:
            return _key(connection.execute(insert(source).values(values)))

    def file(
        self, source_id: int, values: Mapping[str, Any], papers: Sequence[tuple[Paper, str]]
    ) -> list[int]:
        """A file as seen now, with the papers in it. Returns the version ids, in order.

        Args:
            source_id: the folder it lies in.
            values: path, relative, digest, size, mtime_ns, overrides, failure, hint.
            papers: each with the key that all versions of its document share.
        """
        with self._writing() as connection:
            row = dict(values) | {"source_id": source_id, "born": self.number}
            file_id = _key(connection.execute(insert(file).values(row)))
            ids: list[int] = []
            for paper, key in papers:
                document_id = connection.execute(
                    select(document.c.id).where(document.c.key == key)
                ).scalar_one_or_none() or _key(connection.execute(insert(document).values(key=key)))
                row = codec.version_values(paper, document_id, file_id, self.number)
                version_id = _key(connection.execute(insert(version).values(row)))
                ids.append(version_id)
                if paper.nodes:
                    connection.execute(
                        insert(node), [codec.node_values(n, version_id) for n in paper.nodes]
                    )
                if paper.passages:
                    texts = {n.ordinal: n.text for n in paper.nodes}
                    connection.execute(
                        insert(passage),
                        [
                            # A paper of one line is its title: a passage without a node.
                            codec.passage_values(p, version_id, texts.get(p.node, ""))
                            for p in paper.passages
                        ],
                    )
                if paper.citations:
                    connection.execute(
                        insert(citation), list(codec.citation_values(paper.citations, version_id))
                    )
                digest = seals.seal(connection, version_id)
                connection.execute(insert(seal).values(version_id=version_id, digest=digest))
            return ids

    def refresh(self, file_id: int, *, size: int, mtime_ns: int) -> None:
        """Same content, touched: note the new time so that the next run need not hash it."""
        with self._writing() as connection:
            connection.execute(
                update(file).where(file.c.id == file_id).values(size=size, mtime_ns=mtime_ns)
            )

    def end_files(self, file_ids: Iterable[int]) -> list[str]:
        """End files with their versions. Returns the ids of the passages that are gone."""
        gone: list[str] = []
        with self._writing() as connection:
            for file_id in file_ids:
                dying = connection.execute(
                    select(version.c.id).where(
                        version.c.file_id == file_id, version.c.died.is_(None)
                    )
                ).scalars()
                for version_id in list(dying):
                    gone.extend(
                        connection.execute(
                            select(passage.c.id).where(passage.c.version_id == version_id)
                        ).scalars()
                    )
                    for table, column in (
                        (version, version.c.id),
                        (validity, validity.c.version_id),
                    ):
                        connection.execute(
                            update(table)
                            .where(column == version_id, table.c.died.is_(None))
                            .values(died=self.number)
                        )
                connection.execute(
                    update(file).where(file.c.id == file_id).values(died=self.number)
                )
        return gone

    def end_source(self, source_id: int) -> None:
        """Take a folder out (its files are ended by `end_files`)."""
        with self._writing() as connection:
            connection.execute(
                update(source).where(source.c.id == source_id).values(died=self.number)
            )

    def set_validity(self, changed: Mapping[int, Validity]) -> None:
        """Validity of versions from this generation on; the former one ends here."""
        rows = [
            {
                "version_id": version_id,
                "start": v.start,
                "end": v.end,
                "ended_as": v.ended_as.value if v.ended_as else "",
                "ended_by": v.ended_by,
                "born": self.number,
            }
            for version_id, v in changed.items()
        ]
        if not rows:
            return
        with self._writing() as connection:
            for version_id in changed:
                connection.execute(
                    update(validity)
                    .where(validity.c.version_id == version_id, validity.c.died.is_(None))
                    .values(died=self.number)
                )
            connection.execute(insert(validity), rows)

    def adopt(self, aliases: Sequence[tuple[str, str]]) -> None:
        """Take in moves (old, new) that an earlier catalogue knew."""
        with self._writing() as connection:
            for old, new in aliases:
                connection.execute(insert(alias).values(old=old, new=new, born=0))

    def moved(self, old: str, new: str) -> None:
        """Remember that what was at ``old`` is now at ``new``, for packs and known questions."""
        with self._writing() as connection:
            connection.execute(insert(alias).values(old=old, new=new, born=self.number))

    def seal(self, report: Mapping[str, Any]) -> str:
        """Note the run and bring everything to disk, before the pointer is switched.

        Returns:
            the digest of the catalogue's state, for the generation's manifest.
        """
        with self._writing() as connection:
            connection.execute(
                insert(generation).values(
                    number=self.number, made=datetime.now(UTC), report=dict(report)
                )
            )
            state = seals.state(connection, self.number)
        self._to_disk()
        return state

    def distrust(self, paths: Sequence[str]) -> None:
        """Have the files that these papers stand in read again by the next run."""
        with self._writing() as connection:
            for path in paths:
                of = select(version.c.file_id).where(version.c.path == path)
                connection.execute(
                    update(file)
                    .where(file.c.id.in_(of), file.c.died.is_(None))
                    .values(digest="", size=-1)
                )

    def forget_before(self, oldest: int, *, overwrite: bool = False) -> None:
        """Delete rows that no kept generation sees any more.

        Not fenced: the generation is published, and what is deleted is dead for every writer.

        Args:
            oldest: rows that died in it or before.
            overwrite: leave nothing of them in the file, nor in what is yet to be merged into it.
        """
        with self._engine.begin() as connection:
            if is_sqlite(connection):
                connection.execute(text(f"PRAGMA secure_delete={'ON' if overwrite else 'OFF'}"))
            dead = select(version.c.id).where(version.c.died <= oldest)
            for child in (seal, citation, passage, node, validity):
                connection.execute(delete(child).where(child.c.version_id.in_(dead)))
            connection.execute(delete(validity).where(validity.c.died <= oldest))
            for table in (version, file, source):
                connection.execute(delete(table).where(table.c.died <= oldest))
        if overwrite and is_sqlite(self._engine):
            self._to_disk()
        elif overwrite:
            leave_nothing(self._engine, [seal, citation, passage, node, validity, version, file])

    def _to_disk(self) -> None:
        # PostgreSQL has synced whatever it said it committed.
        if is_sqlite(self._engine):
            with self._engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _key(result: Any) -> int:
    return int(result.inserted_primary_key[0])
