"""Drafts of packs and every change that people made to them.

A change is written together with the draft's new version, and only if the version is still the
one that it was worked out on: of two at once one is told, and tries again on what the other left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from kb.catalogue.moments import utc
from kb.catalogue.tables import pack
from kb.catalogue.tables_decide import pack_edit


@dataclass(frozen=True, slots=True)
class EditRow:
    """One change: ``version`` is the draft's after it; ``before`` what stood there."""

    version: int
    at: datetime
    who: str
    action: str
    target: str
    value: Any
    before: Any


class Drafts:
    """Reads and writes what becomes of a draft. The draft itself is a row of ``pack``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def change(
        self,
        pack_id: str,
        based_on: int,
        columns: Mapping[str, Any],
        *,
        who: str,
        action: str,
        target: str,
        value: object,
        before: object,
    ) -> bool:
        """Write new ``columns`` of the draft and the entry that tells of it, both or neither.

        False: the draft is not at version ``based_on`` any more, and nothing was written.
        """
        now = datetime.now(UTC)
        told = {"who": who, "action": action, "target": target, "value": value, "before": before}
        try:
            with self._engine.begin() as connection:
                done = connection.execute(
                    update(pack)
                    .where(pack.c.id == pack_id, pack.c.version == based_on)
                    .values(
                        dict(columns) | {"version": based_on + 1, "changed": now, "changed_by": who}
                    )
                ).rowcount
                if not done:
                    return False
                connection.execute(
                    insert(pack_edit).values(pack_id=pack_id, version=based_on + 1, at=now, **told)
                )
        except IntegrityError:
            return False
        return True

    def history(self, pack_id: str, since: int = 0) -> list[EditRow]:
        """Changes after version ``since``, oldest first."""
        names = EditRow.__dataclass_fields__
        query = (
            select(*(pack_edit.c[name] for name in names))
            .where(pack_edit.c.pack_id == pack_id, pack_edit.c.version > since)
            .order_by(pack_edit.c.version)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [EditRow(**(dict(row) | {"at": utc(row["at"])})) for row in rows]
