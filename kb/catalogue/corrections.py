"""What people corrected in the description of papers. Everything is kept; which of it holds is
decided by `indexer.correcting`, which knows where a moved file lies now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select

from kb.catalogue.tables_correct import correction


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One correction of one field. ``value`` and ``before`` are texts as a manifest writes them
    ("" for «there is none»); ``digest`` is that of the file the person had before him,
    ``generation`` the one he saw: a later move of the file is followed from there."""

    id: int
    path: str
    field: str
    before: str
    value: str
    withdrawn: bool
    who: str
    note: str
    digest: str
    generation: int
    at: datetime

    @property
    def evidence(self) -> str:
        """Who, when, why, and what stood there, in one line."""
        day = self.at.replace(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        why = f"：{self.note}" if self.note else ""
        return f"{self.who} 于 {day} 改正{why}（原为“{self.before or '无'}”）"


class Corrections:
    """Corrections of descriptions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        path: str,
        changes: Sequence[tuple[str, str, str]],
        *,
        who: str,
        note: str,
        digest: str,
        generation: int,
        withdrawn: bool = False,
    ) -> None:
        """Note (field, before, value) of each change to the version at ``path``, all at once."""
        same = {
            "path": path,
            "withdrawn": withdrawn,
            "who": who,
            "note": note,
            "digest": digest,
            "generation": generation,
            "at": datetime.now(UTC),
        }
        rows = [same | {"field": f, "before": b, "value": v} for f, b, v in changes]
        with self._engine.begin() as connection:
            connection.execute(insert(correction), rows)

    def history(self) -> list[CorrectionRow]:
        """Every correction, the first one first."""
        columns = [correction.c[name] for name in CorrectionRow.__dataclass_fields__]
        query = select(*columns).order_by(correction.c.id)
        with self._engine.connect() as connection:
            return [CorrectionRow(**row) for row in connection.execute(query).mappings()]

    def forget(self, ids: Collection[int]) -> None:
        """A paper was purged: what is noted of it quotes it, and goes too."""
        with self._engine.begin() as connection:
            connection.execute(delete(correction).where(correction.c.id.in_(list(ids))))
