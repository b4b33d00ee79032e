"""岗责 and 体检 as one person may use them: verdicts on duties of papers that he may read, and what
is asked and read, without who."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kb.access.policy import Action
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.catalogue.accounts import ExportRow
from kb.catalogue.audit import Filter
from kb.catalogue.desk import AskedRow
from kb.catalogue.rows import PassageRow
from kb.catalogue.verdicts import VerdictRow
from kb.errors import CatalogueError, NotFound
from kb.model import Scope

if TYPE_CHECKING:
    from kb.decide.system.ledger import Entry

LATELY = timedelta(days=180)
"""How far back the reading of articles is counted: the log is kept that long at least."""


class SeatSurvey:
    """Stands before `kb.catalogue.verdicts.Verdicts` and the counts of the log."""

    def __init__(
        self, base: KnowledgeBase, visitor: Visitor, allow: Callable[[Action, str], None]
    ) -> None:
        self._base = base
        self._visitor = visitor
        self._allow = allow

    def verdicts(self) -> dict[tuple[str, str], VerdictRow]:
        """What holds, by provision and duty, of provisions that he may read."""
        found = self._base.people.verdicts.latest()
        seen = self._seen(ident for ident, _ in found)
        return {key: row for key, row in found.items() if key[0] in seen}

    def history(self, passage_id: str, mark: str) -> list[VerdictRow]:
        """Everything said of one duty, oldest first; nothing where he may not read it."""
        if passage_id not in self._seen([passage_id]):
            return []
        return self._base.people.verdicts.history(passage_id, mark)

    def judge(
        self,
        entry: Entry,
        verdict: str,
        *,
        actor: str = "",
        action: str = "",
        limit: str = "",
        trigger: str = "",
        note: str = "",
    ) -> None:
        """Say something of a duty; it is in the log before it is kept.

        Raises:
            NotFound: he may not read that provision, or it is gone.
            CatalogueError: its text is not what he saw.
            AccessDenied, AuditUnwritable: as `Seat.allow`.
        """
        from kb.decide.model import digest_of

        self._allow(Action.COMPOSE, f"岗责 {verdict} {entry.passage_id} {entry.mark}")
        row = self._seen([entry.passage_id]).get(entry.passage_id)
        if row is None:
            raise NotFound(f"没有找到条文：{entry.passage_id}")
        if digest_of(row.passage.text) != entry.digest:
            raise CatalogueError(f"{entry.passage_id} 的条文已有变化", hint="刷新页面后重新核对")
        self._base.people.verdicts.add(
            entry.passage_id,
            entry.digest,
            entry.mark,
            verdict,
            who=self._visitor.name,
            read=entry.read,
            actor=actor,
            action=action,
            limit=limit,
            trigger=trigger,
            note=note,
        )

    def hand_out(self, report_id: str, form: str) -> ExportRow:
        """Number a copy of a report, and note it.

        Raises:
            AccessDenied, AuditUnwritable: as `Seat.allow`.
        """
        copy = self._base.accounts.number_export(report_id, form, self._visitor.name)
        self._allow(Action.EXPORT, f"制度体检报告 {report_id} {form} 第{copy.copy}份 {copy.id}")
        return copy

    def unanswered(self) -> list[AskedRow]:
        """Questions without a direct basis, for who keeps the known questions; else none."""
        if not self._visitor.may(Action.KNOWN).allowed:
            return []
        return self._base.desk.unanswered()

    def most_read(self, limit: int = 30) -> list[tuple[PassageRow, int]]:
        """Provisions that were opened most in `LATELY`, of those that he may read."""
        since = datetime.now(UTC) - LATELY
        counts = self._base.audit.tally(Filter(action=Action.VIEW.value, since=since), "subject")
        often = sorted(
            ((ident, n - refused) for ident, n, refused in counts if "#" in ident),
            key=lambda one: (-one[1], one[0]),
        )[: limit * 4]
        seen = self._seen(ident for ident, _ in often)
        return [(seen[ident], n) for ident, n in often if ident in seen and n > 0][:limit]

    def _seen(self, ids: Iterable[str]) -> dict[str, PassageRow]:
        wanted = list(dict.fromkeys(ids))
        scope = self._visitor.scope(None)
        if self._visitor.identity is None:
            scope = Scope.everything(as_of=None)
        return self._base.passages(wanted, scope)
