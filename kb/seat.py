"""A reader's seat: what one person may ask of the base. Every answer lies within his scope, and
every question is in the log before it is answered.

Pages and commands get this, never the base itself. It has the base's words, so that what is
written for the one works with the other; a word that is not named here does not go through.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from kb.access.policy import Action, Judgement, Marks, judge
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase, Shown
from kb.catalogue.accounts import AccountStore, ExportRow
from kb.catalogue.audit import AuditLog, Event
from kb.catalogue.rows import FileRow, NamedRow, PassageRow, SourceRow, VersionRow
from kb.catalogue.tokens import TokenStore
from kb.config import Settings
from kb.errors import AccessDenied, NotFound
from kb.meter import question
from kb.model import Kind, Scope, Tier
from kb.retrieve import Ranked, SearchResult, Similar
from kb.seat_desk import SeatDesk
from kb.seat_people import SeatPeople
from kb.seat_survey import SeatSurvey

if TYPE_CHECKING:
    from kb.decide.office import Office
    from kb.law.cited import Link
    from kb.law.kin import Kin
    from kb.law.provision import Provision
    from kb.law.readings import FileReading

HIDDEN = "引用了一份您无权查看的文件"
AGAIN = 60.0
"""Seconds in which the same person's same question is one event: a page draws itself anew at
every click, and that is no new question."""

T = TypeVar("T")
Search = Callable[[str, Scope, int], SearchResult]


class Seat:
    """One visitor at one base."""

    def __init__(
        self,
        base: KnowledgeBase,
        visitor: Visitor,
        *,
        search: Search | None = None,
        quiet: bool = False,
    ) -> None:
        """``search``: one that keeps results (its key holds the scope)."""
        self._base = base
        self.visitor = visitor
        self._search = search or (lambda q, s, n: base.search(q, s, limit=n))
        self._quiet = quiet

    def __getattr__(self, name: str) -> Any:
        # Only what is not defined here comes this way. Nothing is kept from the owner of a home;
        # anybody else gets what this class names and no more.
        if name.startswith("_") or self.visitor.identity is not None:
            raise AccessDenied(f"没有开放的入口：{name}", reason=f"未登记的入口：{name}")
        return getattr(self._base, name)

    @property
    def settings(self) -> Settings:
        """Of the home."""
        return self._base.settings

    @property
    def generation(self) -> int:
        """The number of the generation that answers now."""
        return self._base.generation

    @property
    def damage(self) -> str:
        """What is wrong with the index, for who keeps it."""
        return self._base.damage if self.may(Action.FAULTS).allowed else ""

    @property
    def as_base(self) -> KnowledgeBase:
        """For what is written for a base: this has its words."""
        return cast(KnowledgeBase, self)

    @property
    def desk(self) -> Any:
        """What this person kept and asked."""
        return SeatDesk(self._base.desk, self.visitor)

    @property
    def people(self) -> Any:
        """What this person made, and the packs that he may see."""
        return SeatPeople(self._base, self.visitor, self.note)

    def office(self, today: date | None = None) -> Office:
        """Decisions and tasks that he may see, to act on; every act is noted before it is done."""
        # Imported where it is needed, as a search from the shell has nothing to decide.
        from kb.decide.office import Office

        return Office(self.people, self._base.settings.home, today=today or date.today())

    def scope(self, as_of: date | None = None) -> Scope:
        """What he may see on a day."""
        return self.visitor.scope(as_of)

    def may(self, action: Action) -> Judgement:
        """Whether he may do such a thing; nothing is noted."""
        return self.visitor.may(action)

    def allow(self, action: Action, subject: str) -> None:
        """Note that he does it, or that he was refused.

        Raises:
            AccessDenied: his role does not allow it. AuditUnwritable: it could not be noted.
        """
        found = self.visitor.may(action)
        self.note(action, subject, found)
        if not found.allowed:
            raise AccessDenied(f"不能{action.label}", reason=found.reason, hint=found.reason)

    def note(self, action: Action, subject: str, found: Judgement, *, each: bool = False) -> None:
        """Write one event. ``each``: it is one each time, not the same asked again by a page that
        draws itself anew."""
        if self._quiet and found.allowed and not each:
            return
        who = self.visitor
        generation = self._base.generation
        event = Event(
            who.name, who.origin, action.value, subject, found.allowed, found.reason, generation
        )
        key = (self._base.settings.home, who.session, event)
        if each or not _lately(key):
            self._base.audit.append(event)
            _remember(key)

    def composing(self, topic: str) -> Seat:
        """For making one pack: its many searches are one event."""
        self.allow(Action.COMPOSE, topic)
        return Seat(self._base, self.visitor, search=self._search, quiet=True)

    def measuring(self) -> Seat:
        """For an evaluation: its many questions are one event."""
        self.allow(Action.SEARCH, "（评测）")
        return Seat(self._base, self.visitor, quiet=True)

    def surveying(self, subject: str) -> Seat:
        """For a look over all rules at once (岗责, 体检): its many readings are one event."""
        self.allow(Action.LIST, subject)
        return Seat(self._base, self.visitor, quiet=True)

    @property
    def survey(self) -> SeatSurvey:
        """What people say of duties, and what is asked and read, within what he may see."""
        return SeatSurvey(self._base, self.visitor, self.allow)

    @question
    def search(self, query: str, scope: Scope, *, limit: int = 10, **how: Any) -> SearchResult:
        """As `KnowledgeBase.search`."""
        self.allow(Action.SEARCH, query)
        if how:
            return self._base.search(query, self._within(scope), limit=limit, **how)
        return self._search(query, self._within(scope), limit)

    def ended(self, query: str, scope: Scope, **how: Any) -> Any:
        """As `KnowledgeBase.ended`; part of a search, and noted with it."""
        self.allow(Action.SEARCH, query)
        return self._base.ended(query, self._within(scope), **how)

    def similar(self, passage_id: str, scope: Scope, *, limit: int = 5) -> tuple[Similar, ...]:
        """As `KnowledgeBase.similar`; nothing where the passage itself is not his to see."""
        self.require(Action.VIEW)
        return self._base.similar(passage_id, self._within(scope), limit=limit)

    def links(self, of: VersionRow, scope: Scope) -> list[Link]:
        """As `KnowledgeBase.links`."""
        self.require(Action.VIEW)
        return self._base.links(of, self._within(scope))

    def kin(self, of: VersionRow, scope: Scope) -> Kin:
        """As `KnowledgeBase.kin`."""
        self.require(Action.VIEW)
        return self._base.kin(of, self._within(scope))

    def file_of(self, path: str, scope: Scope) -> tuple[Path, str]:
        """As `KnowledgeBase.file_of`: the original, to be taken away or looked at."""
        found = self._view(path, lambda: self._base.file_of(path, self._within(scope)))
        self.allow(Action.DOWNLOAD, f"原件 {path}")
        return found

    def rank(self, query: str, scope: Scope, *, limit: int, **how: Any) -> list[Ranked]:
        """As `KnowledgeBase.rank`."""
        self.allow(Action.SEARCH, query)
        return self._base.rank(query, self._within(scope), limit=limit, **how)

    def passage(self, passage_id: str, scope: Scope) -> PassageRow:
        """As `KnowledgeBase.passage`."""
        return self._view(passage_id, lambda: self._base.passage(passage_id, self._within(scope)))

    def provision(self, ident: str, scope: Scope) -> Provision:
        """As `KnowledgeBase.provision`."""
        found = self._view(ident, lambda: self._base.provision(ident, self._within(scope)))
        if self.visitor.identity is None or self.settings.hidden_citations == "silent":
            return found
        whole = self._base.provision(ident, Scope.everything(as_of=scope.as_of))
        there = {r.words for r in whole.cites if r.link.target_path}
        return replace(
            found,
            cites=[
                replace(r, link=replace(r.link, reason=HIDDEN))
                if not r.link.target_path and r.words in there
                else r
                for r in found.cites
            ],
        )

    def passages(self, ids: Sequence[str], scope: Scope) -> dict[str, PassageRow]:
        """As `KnowledgeBase.passages`."""
        return self._base.passages(ids, self._within(scope))

    def document(self, path: str, scope: Scope) -> Shown:
        """As `KnowledgeBase.document`."""
        return self._view(path, lambda: self._base.document(path, self._within(scope)))

    def names(self, scope: Scope) -> list[NamedRow]:
        """What every paper is called that he may see, on any day."""
        self.require(Action.SEARCH)
        return self._base.snapshot().rows.names(self._within(scope))

    def documents(self, scope: Scope) -> list[VersionRow]:
        """As `KnowledgeBase.documents`."""
        self.allow(Action.LIST, "")
        return self._base.documents(self._within(scope))

    def readings(self, scope: Scope) -> list[FileReading]:
        """As `KnowledgeBase.readings`."""
        self.allow(Action.LIST, "")
        return self._base.readings(self._within(scope))

    def reading(self, path: str, scope: Scope) -> FileReading:
        """As `KnowledgeBase.reading`."""
        return self._view(path, lambda: self._base.reading(path, self._within(scope)))

    def upkeep(self, subject: str) -> KnowledgeBase:
        """The base itself, for who keeps it: runs, uploads, synonyms, marks, feedback.

        Raises:
            AccessDenied: it is not his to keep. AuditUnwritable: as `allow`.
        """
        self.allow(Action.MAINTAIN, subject)
        return self._base

    def sources(self) -> list[SourceRow]:
        """The folders: for who keeps them. They are paths of the machine."""
        return self._base.sources() if self.may(Action.FAULTS).allowed else []

    def files(self) -> list[FileRow]:
        """Files with what failed: for who keeps them. A name alone can tell too much."""
        return self._base.files() if self.may(Action.FAULTS).allowed else []

    def counts(self) -> dict[str, int]:
        """``files``, ``articles``, ``passages`` that he may see."""
        return self._base.counts(self.scope(None))

    def published(self) -> tuple[datetime, dict[str, Any]]:
        """When the generation was made; its report, which names files, for who keeps them."""
        when, report = self._base.published()
        return when, report if self.may(Action.FAULTS).allowed else {}

    def renew(self) -> None:
        """As `KnowledgeBase.renew`, for who keeps the known questions and synonyms."""
        self.require(Action.KNOWN)
        self._base.renew()

    def hand_out(
        self,
        pack_id: str,
        form: str,
        action: Action = Action.DOWNLOAD,
        *,
        edition: int | None = None,
    ) -> ExportRow:
        """Number a copy of a pack that he may see, or of an edition of it, and note it.

        Raises:
            NotFound: there is none for him. AccessDenied, AuditUnwritable: as `allow`.
        """
        if edition is None:
            self.people.pack(pack_id)
        else:
            self.people.editions.by_id(edition)
        return self.number(pack_id, form, f"{pack_id} {form}", action)

    def number(
        self, what: str, form: str, subject: str, action: Action = Action.EXPORT
    ) -> ExportRow:
        """Number a copy of anything that is taken away: a list, a report, an original. The event
        bears the copy's number.

        Args:
            what: whose copies are counted together; its last 40 characters are kept.

        Raises:
            AccessDenied, AuditUnwritable: as `allow`.
        """
        self.require(action)
        copy = self._base.accounts.number_export(what[-40:], form, self.visitor.name)
        self.allow(action, f"{subject[:240]} 第{copy.copy}份 {copy.id}")
        return copy

    @property
    def marks_copies(self) -> bool:
        """Whether files bear whose copy they are: once there are accounts, for everybody."""
        return self.visitor.identity is not None or self._base.accounts.any()

    @property
    def accounts(self) -> AccountStore:
        """Accounts, for who keeps them; `AccessDenied` for anybody else."""
        self.require(Action.ACCOUNTS)
        return self._base.accounts

    @property
    def tokens(self) -> TokenStore:
        """Tokens of other programs; for whom and what is refused, as `accounts`."""
        self.require(Action.ACCOUNTS)
        return self._base.tokens

    @property
    def log(self) -> AuditLog:
        """The log, for the auditor; `AccessDenied` for anybody else."""
        self.require(Action.AUDIT)
        return self._base.audit

    def require(self, action: Action) -> None:
        """Nothing is noted where he may; a refusal is.

        Raises:
            AccessDenied: he may not.
        """
        if not (found := self.visitor.may(action)).allowed:
            self.allow(action, "")
            raise AccessDenied(found.reason, reason=found.reason)

    def _within(self, scope: Scope) -> Scope:
        """Whatever scope a page asks with: never more than this person's own."""
        if self.visitor.identity is None:
            return scope
        return scope.within(self.visitor.scope(scope.as_of))

    def _view(self, subject: str, read: Callable[[], T]) -> T:
        if not (found := self.visitor.may(Action.VIEW)).allowed:
            self.allow(Action.VIEW, subject)
        try:
            seen = read()
        except NotFound:
            # For him it is not there. The log says whether it is; looked up either way, so that
            # the time says nothing.
            if (refused := self._refusal(subject)) is not None:
                self.note(Action.VIEW, subject, refused)
            raise
        self.note(Action.VIEW, subject, found)
        return seen

    def _refusal(self, subject: str) -> Judgement | None:
        if self.visitor.identity is None:
            return None
        path = subject.partition("#")[0]
        hidden = self._base.snapshot().rows.marks_at(path, Scope.everything(as_of=None))
        if hidden is None:
            return Judgement(False, "没有这份文件")
        kind, tier, department, persons = hidden
        marks = Marks(Kind(kind), Tier(tier), department, persons)
        found = judge(self.visitor.scope(None), marks)
        return found if not found.allowed else Judgement(False, "没有这一处")


_noted: OrderedDict[object, float] = OrderedDict()
_lock = threading.Lock()


def _lately(key: object) -> bool:
    with _lock:
        return time.monotonic() - _noted.get(key, float("-inf")) < AGAIN


def _remember(key: object) -> None:
    with _lock:
        _noted[key] = time.monotonic()
        _noted.move_to_end(key)
        while len(_noted) > 1000:
            _noted.popitem(last=False)
