"""Is what a pack quotes still so? The pack against the base as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kb.decide.changes import Altered, against
from kb.decide.model import Pack
from kb.decide.ports import Base
from kb.law.validity import status
from kb.model import Kind, Scope

if TYPE_CHECKING:
    from kb.catalogue.editions import EditionRow


PURGED = "引文已清除"
"""Stands for the title of a quotation that a quarantine took out."""


@dataclass(frozen=True, slots=True)
class Verified:
    """One edition looked at: how many quoted provisions there are, which are not as they were."""

    row: EditionRow
    quoted: int
    altered: tuple[Altered, ...]

    @property
    def says(self) -> str:
        """未变化, or 3 条引用已变化."""
        ids = {one.passage_id for one in self.altered}
        return f"{len(ids)} 条引用已变化" if ids else f"{self.quoted} 条引用均未变化"


def verify(base: Base, scope: Scope, row: EditionRow) -> Verified:
    """Every quoted provision of an edition, then and now.

    Raises:
        PackError: the edition itself was tampered with.
    """
    from kb.decide.freeze import open_edition

    pack, _ = open_edition(row)
    # A pack made for a day in the past quotes what held then: that is no change.
    past = pack.as_of is not None and pack.as_of < row.at.date()
    day = pack.as_of if past else scope.as_of
    purged = row.changes.get("purged", {}).get("quotes", {})
    gone = [Altered(id_, PURGED, "", "gone", "", "") for id_ in purged]
    altered = (*gone, *altered_sources(base, scope, pack, day))
    return Verified(row, len(pack.sources) + len(purged), altered)


def altered_sources(base: Base, scope: Scope, pack: Pack, day: date | None = None) -> list[Altered]:
    """Sources of a pack that read otherwise now, have another status on ``day`` (the pack's
    own where none is given), or are gone."""
    rows = base.passages([source.passage_id for source in pack.sources], scope)
    day = day or pack.as_of
    found: list[Altered] = []
    for source in pack.sources:
        row = rows.get(source.passage_id)
        if row is None:
            found += against(source, None, "")
            continue
        now = row.version.kind.label
        if row.version.kind is Kind.REGULATION:
            now = status(row.version.validity, day).value if day else source.status
        found += against(source, row.passage.text, now)
    return found
