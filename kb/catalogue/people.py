"""People's work: packs, baskets, known questions. Refers to passages by id and digest only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, Integer, RowMapping, cast, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kb.catalogue.agenda import Agenda
from kb.catalogue.courses import Courses
from kb.catalogue.dialect import exclusive
from kb.catalogue.drafts import Drafts
from kb.catalogue.editions import Editions
from kb.catalogue.feeds import Feeds
from kb.catalogue.moments import utc, utc_or_none
from kb.catalogue.tables import basket, known, pack
from kb.catalogue.tables_decide import decision
from kb.catalogue.verdicts import Verdicts
from kb.errors import CatalogueError, NotFound


@dataclass(frozen=True, slots=True)
class PackRow:
    """A draft of a briefing pack; ``body`` is its content as kb.decide composed it, ``edits``
    what people did to it since, ``version`` how many changes that were."""

    id: str
    topic: str
    made: datetime
    maker: str
    as_of: date | None
    template: str
    generation: int
    digest: str
    body: dict[str, Any]
    decision_id: str | None = None
    edits: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    changed: datetime | None = None
    changed_by: str = ""
    tier: str = "internal"
    audience: list[list[str]] | None = None


@dataclass(frozen=True, slots=True)
class BasketRow:
    """A passage somebody put aside, with his note."""

    passage_id: str
    digest: str
    note: str
    position: int


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A question that people asked, and an article that answered it. ``who`` found it useful in
    the page (empty: a command added it); ``off``: it is kept, but no longer counts."""

    id: int
    question: str
    passage_id: str
    who: str = ""
    off: bool = False


class People:
    """Reads and writes people's work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def drafts(self) -> Drafts:
        """Changes to drafts."""
        return Drafts(self._engine)

    @property
    def editions(self) -> Editions:
        """Frozen packs, and to whom they went."""
        return Editions(self._engine)

    @property
    def agenda(self) -> Agenda:
        """Decisions."""
        return Agenda(self._engine)

    @property
    def courses(self) -> Courses:
        """What happens to decisions and tasks."""
        return Courses(self._engine)

    @property
    def feeds(self) -> Feeds:
        """Addresses that calendars fetch."""
        return Feeds(self._engine)

    @property
    def verdicts(self) -> Verdicts:
        """What people say of duties that were read."""
        return Verdicts(self._engine)

    def save_pack(self, row: Mapping[str, Any]) -> None:
        """Keep a pack (columns of ``pack`` less ``made``)."""
        with self._engine.begin() as connection:
            connection.execute(insert(pack).values(dict(row) | {"made": datetime.now(UTC)}))

    def packs(self) -> list[PackRow]:
        """Every pack, newest first."""
        query = select(pack).order_by(pack.c.made.desc(), pack.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [_pack(row) for row in rows]

    def pack(self, pack_id: str) -> PackRow:
        """One pack.

        Raises:
            NotFound: there is none of this id.
        """
        with self._engine.connect() as connection:
            row = connection.execute(select(pack).where(pack.c.id == pack_id)).mappings().first()
        if row is None:
            raise NotFound(f"没有编号为 {pack_id} 的参阅材料")
        return _pack(row)

    def pack_of(self, decision_id: str) -> PackRow | None:
        """The draft for a decision, if there is one: the first that was made. Who may not see it
        has one of his own, which does not take its place."""
        return next((row for row in self.packs()[::-1] if row.decision_id == decision_id), None)

    def tier_of(self, pack_id: str) -> str:
        """The tier that the agenda gives now to the decision a draft is for; empty for none."""
        query = select(decision.c.tier).join(pack, pack.c.decision_id == decision.c.id)
        with self._engine.connect() as connection:
            return connection.execute(query.where(pack.c.id == pack_id)).scalar() or ""

    def basket(self, owner: str) -> list[BasketRow]:
        """What ``owner`` put aside, in his order."""
        columns = [basket.c[name] for name in BasketRow.__dataclass_fields__]
        query = select(*columns).where(basket.c.owner == owner).order_by(basket.c.position)
        with self._engine.connect() as connection:
            return [BasketRow(**row) for row in connection.execute(query).mappings()]

    def put(self, owner: str, passage_id: str, digest: str, note: str = "") -> None:
        """Put a passage aside; one that is there already keeps its place and takes the note."""
        mine = basket.c.owner == owner
        with exclusive(self._engine, "basket") as connection:
            changed = connection.execute(
                update(basket)
                .where(mine, basket.c.passage_id == passage_id)
                .values(digest=digest, note=note)
            ).rowcount
            if changed:
                return
            last = connection.execute(select(func.max(basket.c.position)).where(mine)).scalar()
            connection.execute(
                insert(basket).values(
                    owner=owner,
                    passage_id=passage_id,
                    digest=digest,
                    note=note,
                    position=(last or 0) + 1,
                    added=datetime.now(UTC),
                )
            )

    def take(self, owner: str, passage_id: str) -> None:
        """Take a passage out again; nothing happens where it is not there."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(basket).where(basket.c.owner == owner, basket.c.passage_id == passage_id)
            )

    def add_known(self, pairs: Iterable[tuple[str, str]], *, who: str = "") -> int:
        """Keep (question, article) pairs; how many were not known yet comes back."""
        now = datetime.now(UTC)
        with exclusive(self._engine, "known") as connection:
            held = {
                tuple(r) for r in connection.execute(select(known.c.question, known.c.passage_id))
            }
            new = [pair for pair in dict.fromkeys(pairs) if pair not in held]
            if new:
                rows = [{"question": q, "passage_id": p, "added": now, "who": who} for q, p in new]
                connection.execute(insert(known), rows)
        return len(new)

    def known(self) -> list[KnownRow]:
        """Every known question with each of its articles, in the order they were added."""
        columns = [known.c[name] for name in KnownRow.__dataclass_fields__]
        query = select(*columns).order_by(known.c.id)
        with self._engine.connect() as connection:
            return [KnownRow(**row) for row in connection.execute(query).mappings()]

    def known_pairs(self) -> list[tuple[str, str]]:
        """(question, article) of those that count. What was switched off was found wrong: it
        neither lifts anything nor is learned from."""
        return [(row.question, row.passage_id) for row in self.known() if not row.off]

    def known_stamp(self) -> tuple[object, ...]:
        """Changes whenever `known` does; cheap. (An id is given again once its pair is gone.)"""
        query = select(
            func.count(),
            func.max(known.c.id),
            func.max(known.c.added),
            func.sum(cast(known.c.off, Integer)),
        ).select_from(known)
        with self._engine.connect() as connection:
            return tuple(connection.execute(query).one())

    def found_useful(self, question: str, passage_id: str) -> bool:
        """Somebody found that this answers his question; False where it was known already."""
        return self.add_known([(question, passage_id)]) > 0

    def switch_known(self, ids: Iterable[int], *, off: bool) -> int:
        """Let pairs no longer count, or count again; how many there were comes back."""
        statement = update(known).where(known.c.id.in_(list(ids)))
        # The time marks the change, for `known_stamp`.
        values = {"off": off, "added": datetime.now(UTC)}
        with self._engine.begin() as connection:
            return int(connection.execute(statement.values(values)).rowcount)

    def correct_known(self, id_: int, passage_id: str) -> bool:
        """Say which article answers a known question; False where there is no such pair.

        Raises:
            CatalogueError: that article stands beside that question already.
        """
        values = {"passage_id": passage_id, "added": datetime.now(UTC)}
        try:
            with self._engine.begin() as connection:
                statement = update(known).where(known.c.id == id_).values(values)
                return bool(connection.execute(statement).rowcount)
        except IntegrityError as error:
            raise CatalogueError(
                "这个问题已有这一条条文", hint="用 kb questions remove 删去多余的"
            ) from error

    def remove_known(self, ids: Iterable[int] | None = None) -> int:
        """Forget pairs by their ids, or all of them; how many there were comes back."""
        statement = delete(known)
        if ids is not None:
            statement = statement.where(known.c.id.in_(list(ids)))
        with self._engine.begin() as connection:
            return int(connection.execute(statement).rowcount)


def _pack(row: RowMapping) -> PackRow:
    times = {"made": utc(row["made"]), "changed": utc_or_none(row["changed"])}
    return PackRow(**(dict(row) | times))
