"""People's work as one person may see it: his own basket, packs all of whose parts he may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from kb.access.policy import Action, Judgement, Marks, judge
from kb.access.visitor import Visitor
from kb.base import KnowledgeBase
from kb.catalogue.editions import EditionRow
from kb.catalogue.people import BasketRow, KnownRow, PackRow
from kb.catalogue.rows import PassageRow
from kb.errors import AccessDenied, NotFound
from kb.model import AUDIENCE_MARK, Kind, Scope, Tier, audience
from kb.seat_course import SeatAgenda, SeatCourses, SeatFeeds
from kb.seat_packs import SeatDrafts, SeatEditions

EVERYTHING = Scope.everything(as_of=None)


class Note(Protocol):
    """`kb.seat.Seat.note`."""

    def __call__(
        self, action: Action, subject: str, found: Judgement, *, each: bool = False
    ) -> None:
        """Write one event."""


class SeatPeople:
    """Stands before `kb.catalogue.people.People`."""

    def __init__(self, base: KnowledgeBase, visitor: Visitor, note: Note) -> None:
        self._base = base
        self._people = base.people
        self._visitor = visitor
        self._note = note

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self._visitor.identity is not None:
            raise AccessDenied(f"没有开放的入口：{name}", reason=f"未登记的入口：{name}")
        return getattr(self._people, name)

    def save_pack(self, row: Mapping[str, Any]) -> None:
        """Keep a pack, with whom its parts are for."""
        self._people.save_pack(dict(row) | {"audience": self._whom(row["body"])})

    def packs(self) -> list[PackRow]:
        """Every pack that he may see, newest first; redacted where the setting says so."""
        return [shown for row in self._people.packs() if (shown := self._shown(row)) is not None]

    def pack(self, pack_id: str) -> PackRow:
        """One pack; redacted where he may not see all of it and the setting says so.

        Raises:
            NotFound: there is none of this id that he may see.
        """
        return self._opened(pack_id)[0]

    def _opened(self, pack_id: str) -> tuple[PackRow, bool]:
        """A pack as he may see it, and whether that is all of it."""
        try:
            row = self._people.pack(pack_id)
        except NotFound:
            self._note(Action.VIEW, f"材料 {pack_id}", Judgement(False, "没有这份材料"))
            raise
        found = self._judge(row)
        whole = found.allowed
        shown = row if whole else self._redacted(row)
        if shown is not None and not whole:
            found = Judgement(True, f"隐去无权查看的部分（{found.reason}）")
        self._note(Action.VIEW, f"材料 {pack_id}", found)
        if shown is None:
            raise NotFound(f"没有编号为 {pack_id} 的参阅材料")
        return shown, whole

    def pack_of(self, decision_id: str) -> PackRow | None:
        """The draft of a decision: the first made of those that he may see."""
        mine = (row for row in self._people.packs()[::-1] if row.decision_id == decision_id)
        return next((row for row in mine if self._judge(row).allowed), None)

    def tier_of(self, pack_id: str) -> str:
        """As `People.tier_of`, of a pack that he may see all of; empty for others."""
        try:
            seen = self._judge(self._people.pack(pack_id)).allowed
        except NotFound:
            return ""
        return self._people.tier_of(pack_id) if seen else ""

    @property
    def drafts(self) -> SeatDrafts:
        """Changes to drafts that he may see."""
        return SeatDrafts(self._people.drafts, self._whole)

    @property
    def editions(self) -> SeatEditions:
        """Frozen packs that he may see."""
        return SeatEditions(
            self._people.editions,
            allowed=lambda body, pack_id: self._judge_body(body, pack_id).allowed,
            shown=self._shown_edition,
            whole=self._whole,
        )

    @property
    def agenda(self) -> SeatAgenda:
        """Decisions of the tiers that he may read. What is quoted for them is in drafts and
        editions."""
        self._composes()
        return SeatAgenda(self._people.agenda, self._visitor, self._changing)

    @property
    def courses(self) -> SeatCourses:
        """What happens to decisions and tasks, as `agenda`."""
        self._composes()
        return SeatCourses(
            self._people.courses,
            self._visitor,
            self._changing,
            self.editions.tasks,
            self.agenda.every,
        )

    @property
    def feeds(self) -> SeatFeeds:
        """The address under which his calendar fetches his dates."""
        self._composes()
        return SeatFeeds(self._people.feeds, self._visitor, self._changing)

    def _composes(self) -> None:
        found = self._visitor.may(Action.COMPOSE)
        if not found.allowed:
            raise AccessDenied(found.reason, reason=found.reason)

    def _changing(self, subject: str, what: str) -> None:
        # Each time: the second opinion of a minute is another change, not the same one again.
        self._note(Action.COMPOSE, f"{subject} {what}", Judgement(True, ""), each=True)

    def basket(self, owner: str) -> list[BasketRow]:
        """His own, whoever is named."""
        return self._people.basket(self._visitor.reader)

    def put(self, owner: str, passage_id: str, digest: str, note: str = "") -> None:
        """Into his own."""
        self._people.put(self._visitor.reader, passage_id, digest, note)

    def take(self, owner: str, passage_id: str) -> None:
        """Out of his own."""
        self._people.take(self._visitor.reader, passage_id)

    def known(self) -> list[KnownRow]:
        """Known questions, for who keeps them."""
        self._keeper("列出")
        return self._people.known()

    def known_stamp(self) -> tuple[object, ...]:
        """Says nothing of what they are."""
        return self._people.known_stamp()

    def add_known(self, pairs: Iterable[tuple[str, str]], *, who: str = "") -> int:
        """By who keeps them."""
        self._keeper("加入")
        return self._people.add_known(pairs, who=who)

    def found_useful(self, question: str, passage_id: str) -> bool:
        """By anybody who may read the passage; False where it was known already.

        Raises:
            NotFound: he may not see such a passage.
        """
        seen = self._base.passages([passage_id], self._visitor.scope(None))
        if passage_id not in seen:
            raise NotFound(f"没有找到条文：{passage_id}")
        return self._people.add_known([(question, passage_id)], who=self._visitor.reader) > 0

    def switch_known(self, ids: Iterable[int], *, off: bool) -> int:
        """By who keeps them."""
        self._keeper("停用" if off else "启用")
        return self._people.switch_known(ids, off=off)

    def correct_known(self, id_: int, passage_id: str) -> bool:
        """By who keeps them."""
        self._keeper("改正")
        return self._people.correct_known(id_, passage_id)

    def remove_known(self, ids: Iterable[int] | None = None) -> int:
        """By who keeps them."""
        self._keeper("删去")
        return self._people.remove_known(ids)

    def _keeper(self, doing: str) -> None:
        found = self._visitor.may(Action.KNOWN)
        self._note(Action.KNOWN, doing, found)
        if not found.allowed:
            raise AccessDenied(found.reason, reason=found.reason)

    def _whole(self, pack_id: str) -> PackRow:
        """A pack that he may see all of: only such a one may be changed, frozen or read back.

        Raises:
            NotFound: as `pack`. AccessDenied: he sees it redacted.
        """
        row, whole = self._opened(pack_id)
        if not whole:
            why = "材料中有您无权查看的部分，只能阅看"
            raise AccessDenied(why, reason=why, hint="请能看全部来源的人修改、定稿")
        return row

    def _shown(self, row: PackRow) -> PackRow | None:
        return row if self._judge(row).allowed else self._redacted(row)

    def _redacted(self, row: PackRow) -> PackRow | None:
        if (hidden := self._hidden(row.body, row.id, row.audience)) is None:
            return None
        from kb.seat_redact import redacted_row  # what makes packs is slow to import

        return redacted_row(row, hidden)

    def _shown_edition(self, row: EditionRow) -> EditionRow | None:
        if self._judge_body(row.body, row.pack_id).allowed:
            return row
        if (hidden := self._hidden(row.body, row.pack_id, None)) is None:
            return None
        from kb.seat_redact import redacted_edition  # what makes packs is slow to import

        return redacted_edition(row, hidden)

    def _hidden(
        self, body: Mapping[str, Any], pack_id: str, then: list[list[str]] | None
    ) -> frozenset[str] | None:
        """Passages of a pack that are not for him; None where it is not shown at all."""
        if self._base.settings.hidden_parts != "redact":
            return None
        if not self._visitor.may(Action.VIEW).allowed:
            return None
        scope, rows = self._visitor.scope(None), self._rows(body)
        if self._matter_above(body, pack_id, scope) is not None:
            return None  # the matter itself is not for him
        hidden: set[str] = set()
        whose: set[tuple[str, str, str]] = set()
        for source in _sources(body):
            row = rows.get(source["passage_id"])
            marks = _marks_of(row) if row is not None else None
            if (
                marks is not None
                and judge(scope, marks).allowed
                and Tier(source["tier"]) in scope.tiers
            ):
                continue
            hidden.add(source["passage_id"])
            if marks is not None:
                whose.add(_key(marks))
        for kind, tier, whom in then or ():
            # Something was kept from him when this was made, and nobody can say any more what.
            if (kind, tier, whom) not in whose and not judge(
                scope, _marks(kind, tier, whom)
            ).allowed:
                return None
        return frozenset(hidden)

    def _judge(self, row: PackRow) -> Judgement:
        """A compilation is for who may see all its parts: as they were marked when it was made,
        and as they are marked now."""
        return self._judge_body(row.body, row.id, row.audience)

    def _judge_body(
        self, body: Mapping[str, Any], pack_id: str, audience: list[list[str]] | None = None
    ) -> Judgement:
        may = self._visitor.may(Action.VIEW)
        if self._visitor.identity is None or not may.allowed:
            return may
        scope = self._visitor.scope(None)
        above = self._matter_above(body, pack_id, scope)
        if above is not None:
            return Judgement(False, f"知悉范围：议题为{above.label}")
        now = self._whom(body)
        then = audience if audience is not None else now
        if audience is None and len(self._rows(body)) < len(_parts(body)):
            return Judgement(False, "材料中有已不在库中的文件，其知悉范围无从核对")
        for one in [*then, *now]:
            found = judge(scope, _marks(*one))
            if not found.allowed:
                return found
        for source in _sources(body):
            # A paper opened to all since was not when it was quoted.
            if Tier(source["tier"]) not in scope.tiers:
                return Judgement(False, f"知悉范围：引用时为{Tier(source['tier']).label}")
        return may

    def _matter_above(self, body: Mapping[str, Any], pack_id: str, scope: Scope) -> Tier | None:
        """The tier that the agenda gives the matter (when this was made, or now), where it is
        above what he may see."""
        own = (body.get("about", {}).get("tier", ""), self._people.tier_of(pack_id))
        return next((Tier(t) for t in own if t and Tier(t) not in scope.tiers), None)

    def _rows(self, body: Mapping[str, Any]) -> dict[str, PassageRow]:
        return self._base.passages(_parts(body), EVERYTHING)

    def _whom(self, body: Mapping[str, Any]) -> list[list[str]]:
        found = {_key(_marks_of(row)) for row in self._rows(body).values()}
        return [list(one) for one in sorted(found)]


def _sources(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [source for what in ("sources", "left_out") for source in body.get(what, ())]


def _parts(body: Mapping[str, Any]) -> list[str]:
    """Ids of every passage that a stored pack quotes or names."""
    return sorted({str(source["passage_id"]) for source in _sources(body)})


def _marks_of(row: PassageRow) -> Marks:
    one = row.version
    return Marks(one.kind, one.tier, one.department, one.persons)


def _marks(kind: str, tier: str, whom: str) -> Marks:
    department, *persons = whom.split(AUDIENCE_MARK)
    return Marks(Kind(kind), Tier(tier), department, tuple(persons))


def _key(marks: Marks) -> tuple[str, str, str]:
    return marks.kind.value, marks.tier.value, audience(marks.department, marks.persons)
