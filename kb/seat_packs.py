"""Drafts and frozen packs as one person may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kb.catalogue.drafts import Drafts, EditRow
from kb.catalogue.editions import DeliveryRow, EditionRow, Editions, RemarkRow, TaskRow
from kb.errors import NotFound

Allowed = Callable[[Mapping[str, Any], str], bool]
"""Whether all of a stored pack's body may be seen; the id is that of its draft."""

Shown = Callable[[EditionRow], EditionRow | None]
"""An edition as its reader may see it: whole, redacted, or not at all."""


class SeatDrafts:
    """Stands before `kb.catalogue.drafts.Drafts`: who may not see a draft cannot change it."""

    def __init__(self, drafts: Drafts, check: Callable[[str], object]) -> None:
        self._drafts = drafts
        self._check = check

    def change(self, pack_id: str, based_on: int, columns: Mapping[str, Any], **told: Any) -> bool:
        """As `Drafts.change`; NotFound where it is not his to see."""
        self._check(pack_id)
        return self._drafts.change(pack_id, based_on, columns, **told)

    def history(self, pack_id: str, since: int = 0) -> list[EditRow]:
        """As `Drafts.history`; NotFound where it is not his to see."""
        self._check(pack_id)
        return self._drafts.history(pack_id, since)


class SeatEditions:
    """Stands before `kb.catalogue.editions.Editions`; what it does not name does not go through."""

    def __init__(
        self,
        editions: Editions,
        *,
        allowed: Allowed,
        shown: Shown,
        whole: Callable[[str], object],
    ) -> None:
        self._editions = editions
        self._allowed = allowed
        self._shown = shown
        self._whole = whole

    def add(self, row: Mapping[str, Any]) -> EditionRow:
        """Freeze what he may see, all of it: a redacted pack is nobody's edition."""
        self._whole(row["pack_id"])
        if not self._allowed(row["body"], row["pack_id"]):
            raise NotFound(f"没有定稿 {row['number']}")
        return self._editions.add(row)

    def by_id(self, edition_id: int) -> EditionRow:
        """One that he may see; NotFound for others."""
        shown = self._shown(self._editions.by_id(edition_id))
        if shown is None:
            raise NotFound(f"没有定稿 {edition_id}")
        return shown

    def every(self, *, pack_id: str | None = None, number: str | None = None) -> list[EditionRow]:
        """Those that he may see."""
        rows = self._editions.every(pack_id=pack_id, number=number)
        return [shown for row in rows if (shown := self._shown(row)) is not None]

    def numbers(self) -> list[str]:
        """Every number given: the next one must be free. They say nothing else."""
        return self._editions.numbers()

    def deliver(self, edition_id: int, recipients: Sequence[str], who: str) -> list[DeliveryRow]:
        """Hand on what he may see himself; the recipient's own rights still decide."""
        self.by_id(edition_id)
        return self._editions.deliver(edition_id, recipients, who)

    def deliveries(
        self, *, edition_id: int | None = None, recipient: str | None = None
    ) -> list[DeliveryRow]:
        """Of editions that he may see."""
        mine = {row.id for row in self.every()}
        found = self._editions.deliveries(edition_id=edition_id, recipient=recipient)
        return [row for row in found if row.edition_id in mine]

    def mark(self, delivery_id: int, *, circled: bool) -> None:
        """Read or circled, on what he may see."""
        self._delivery(delivery_id)
        self._editions.mark(delivery_id, circled=circled)

    def write(self, delivery_id: int, text: str, day: Any, typed_by: str) -> int:
        """A remark on what he may see."""
        self._delivery(delivery_id)
        return self._editions.write(delivery_id, text, day, typed_by)

    def remarks(self, delivery_ids: Sequence[int] | None = None) -> list[RemarkRow]:
        """On what he may see all of: a remark may tell what the paper says."""
        whole = {row.id for row in self._editions.every() if self._allowed(row.body, row.pack_id)}
        mine = {row.id for row in self._editions.deliveries() if row.edition_id in whole}
        return [row for row in self._editions.remarks(delivery_ids) if row.delivery_id in mine]

    def tasks(self) -> list[TaskRow]:
        """Those of no remark, and those of remarks that he may see."""
        mine = {row.id for row in self.remarks()}
        return [t for t in self._editions.tasks() if t.remark_id is None or t.remark_id in mine]

    def _delivery(self, delivery_id: int) -> None:
        if delivery_id not in {row.id for row in self.deliveries()}:
            raise NotFound("没有这份呈送")
