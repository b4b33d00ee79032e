"""Where a moved paper lies now: packs, links and known questions keep the path they were given."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kb.catalogue.tables import alias


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
