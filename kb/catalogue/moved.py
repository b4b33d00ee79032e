"""Where a moved paper lies now: packs, links and known questions keep the path they were given."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kb.catalogue.tables import alias


def moved_since(connection: Connection, path: str, since: int, generation: int) -> str:
    """Where what lay at ``path`` in generation ``since`` lies as of ``generation``.

    Unlike `moved`, a paper that came to an old path later is not taken for the one that left it.
    """
    while True:
        query = (
            select(alias.c.new, alias.c.born)
            .where(alias.c.old == path, alias.c.born > since, alias.c.born <= generation)
            .order_by(alias.c.id)
            .limit(1)
        )
        further = connection.execute(query).one_or_none()
        if further is None:
            return path
        path, since = further


def moved(connection: Connection, path: str, generation: int) -> str | None:
    """Where what lay at ``path`` lies as of ``generation``, after however many moves.

    None where it never moved. A path that was moved to and fro ends where it was moved last.
    """
    seen = [path]
    while True:
        query = (
            select(alias.c.new)
            .where(alias.c.old == seen[-1], alias.c.born <= generation)
            .order_by(alias.c.id.desc())
            .limit(1)
        )
        further = connection.execute(query).scalar_one_or_none()
        if further is None or further in seen:
            return seen[-1] if len(seen) > 1 else None
        seen.append(further)
