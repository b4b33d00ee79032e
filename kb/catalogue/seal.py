"""Digests of what the catalogue holds, so that a flipped byte is found although SQLite reads it.

Each version's rows are sealed when they are written. The state of a generation is the digest of its
seals, of what holds when, and of which files and folders it was made from; the generation's
manifest names it. What changes under a published generation (a file's time) is left out. The same
rows have the same digests in SQLite and in PostgreSQL.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache

from sqlalchemy import Connection, TextClause, text

from kb.catalogue.dialect import is_sqlite, plain

OF_A_VERSION = (
    "SELECT path, digest, format, pages, title, kind, number, issuer, department, owner, force,"
    " tier, persons, issued, effective, expires, review, origin, described, report"
    " FROM version WHERE id = :at",
    "SELECT ordinal, level, label, title, text, heading, page, spans FROM node"
    " WHERE version_id = :at ORDER BY ordinal",
    "SELECT ordinal, id, node, label, text, lead, page FROM passage"
    " WHERE version_id = :at ORDER BY ordinal",
    'SELECT ordinal, node, start, "end", title, "key", label, paragraph, item, point, relative,'
    " steps, loose FROM citation WHERE version_id = :at ORDER BY ordinal",
)
"""A column that is added later is not sealed before it is listed here."""

OF_A_STATE = (
    "SELECT root, name FROM source WHERE <source> ORDER BY root",
    "SELECT path, relative, digest, overrides, failure, mark FROM file WHERE <file> ORDER BY path",
    'SELECT v.path, d.key, s.digest, y.start, y."end", y.ended_as, y.ended_by FROM version v'
    " JOIN document d ON d.id = v.document_id LEFT JOIN seal s ON s.version_id = v.id"
    " LEFT JOIN validity y ON y.version_id = v.id AND <y> WHERE <v> ORDER BY v.path",
    "SELECT old, new FROM alias WHERE born <= :at ORDER BY id",
)
"""``<v>`` stands for «the rows of ``v`` that live in generation ``:at``»."""

SEALED = (
    "SELECT v.id, v.path, s.digest FROM version v JOIN seal s ON s.version_id = v.id"
    " WHERE <v> ORDER BY v.path"
)


def seal(connection: Connection, version_id: int) -> str:
    """The digest of a version's rows, byte for byte as they are stored."""
    return _digest(connection, OF_A_VERSION, version_id)


def damaged(connection: Connection, generation: int) -> Iterator[str]:
    """Paths of versions whose rows are not those that were written."""
    for version_id, path, digest in connection.execute(_query(SEALED), {"at": generation}).all():
        if seal(connection, version_id) != digest:
            yield path


def state(connection: Connection, generation: int) -> str:
    """The digest of everything that a reader of this generation sees in the catalogue."""
    return _digest(connection, OF_A_STATE, generation)


def _digest(connection: Connection, queries: Iterable[str], at: int) -> str:
    found = hashlib.blake2b(digest_size=16)
    as_is = is_sqlite(connection)
    for query in queries:
        for row in connection.execute(_query(query), {"at": at}):
            values = tuple(row) if as_is else tuple(map(plain, row))
            found.update(repr(values).encode("utf-8", "surrogatepass"))
        found.update(b";")
    return found.hexdigest()


@cache
def _query(query: str) -> TextClause:
    live = r"\1.born <= :at AND (\1.died IS NULL OR \1.died > :at)"
    return text(re.sub(r"<(\w+)>", live, query))
