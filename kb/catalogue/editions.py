"""Frozen packs, whom they were handed to (呈送), what was written on them, tasks made of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kb.catalogue.dialect import exclusive
from kb.catalogue.moments import utc, utc_or_none
from kb.catalogue.purge import entries, purge, swept
from kb.catalogue.tables_decide import delivery, edition, remark, task
from kb.errors import CatalogueError, NotFound


@dataclass(frozen=True, slots=True)
class EditionRow:
    """A frozen pack. ``quotes``: passage id → digest; ``words``: what people wrote in it;
    ``form``: the template's text; ``changes``: against the edition before."""

    id: int
    pack_id: str
    number: str
    edition: int
    at: datetime
    who: str
    topic: str
    template: str
    as_of: date | None
    generation: int
    tier: str
    digest: str
    quotes: dict[str, str]
    body: dict[str, Any]
    words: list[str]
    form: str
    reason: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A pack handed to one person: copy number, when he read (已阅) and circled (圈阅) it."""

    id: int
    edition_id: int
    recipient: str
    copy: int
    sent: datetime
    sent_by: str
    read: datetime | None
    circled: datetime | None


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """A 批示: its text and day, and who typed it in."""

    id: int
    delivery_id: int
    at: datetime
    day: date
    typed_by: str
    text: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something to be done, of a 批示 where ``remark_id`` names one."""

    id: int
    remark_id: int | None
    what: str
    lead: str
    due: date | None
    state: str
    created: datetime
    creator: str
    closed: datetime | None


class Editions:
    """Reads and writes frozen packs. An edition is written once; the database refuses more."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, row: Mapping[str, Any]) -> EditionRow:
        """Keep a frozen pack (columns of ``edition`` less ``id``).

        Raises:
            CatalogueError: the number with this edition is taken.
        """
        try:
            with self._engine.begin() as connection:
                key = connection.execute(insert(edition).values(dict(row))).inserted_primary_key
        except IntegrityError as error:
            raise CatalogueError(
                f"编号 {row['number']} 第{row['edition']}版已有", hint="换一个编号，或再试一次"
            ) from error
        return self.by_id(int(key[0]) if key else 0)

    def by_id(self, edition_id: int) -> EditionRow:
        """One edition.

        Raises:
            NotFound: there is none.
        """
        found = self._rows(select(edition).where(edition.c.id == edition_id))
        if not found:
            raise NotFound(f"没有第 {edition_id} 号定稿")
        return found[0]

    def every(self, *, pack_id: str | None = None, number: str | None = None) -> list[EditionRow]:
        """Editions, oldest first: all, of one draft, or of one number."""
        query = select(edition).order_by(edition.c.id)
        if pack_id is not None:
            query = query.where(edition.c.pack_id == pack_id)
        if number is not None:
            query = query.where(edition.c.number == number)
        return self._rows(query)

    def purge(
        self, editions: Mapping[int, Mapping[str, Any]], values: Mapping[int, Mapping[str, Any]]
    ) -> None:
        """Take out what must not be kept, here and (written over before) anywhere in this
        database; see `kb.catalogue.purge`."""
        purge(self._engine, editions, values)
        swept(self._engine)

    def refreshed(self) -> dict[int, Any]:
        """What each bringing up to date of a draft changed, by the entry's id."""
        return entries(self._engine, "refresh")

    def numbers(self) -> list[str]:
        """Every number given so far."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(edition.c.number).distinct()).scalars())

    def _rows(self, query: Select[Any]) -> list[EditionRow]:
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [EditionRow(**(dict(row) | {"at": utc(row["at"])})) for row in rows]

    def deliver(self, edition_id: int, recipients: Sequence[str], who: str) -> list[DeliveryRow]:
        """Hand an edition to people; who has it already keeps his copy number."""
        now = datetime.now(UTC)
        mine = delivery.c.edition_id == edition_id
        with exclusive(self._engine, "delivery") as connection:
            held = set(connection.execute(select(delivery.c.recipient).where(mine)).scalars())
            last = connection.execute(select(func.max(delivery.c.copy)).where(mine)).scalar() or 0
            for name in dict.fromkeys(recipients):
                if name not in held:
                    last += 1
                    connection.execute(
                        insert(delivery).values(
                            edition_id=edition_id, recipient=name, copy=last, sent=now, sent_by=who
                        )
                    )
        return self.deliveries(edition_id=edition_id)

    def deliveries(
        self, *, edition_id: int | None = None, recipient: str | None = None
    ) -> list[DeliveryRow]:
        """Deliveries of one edition, or to one person, or all; oldest first."""
        query = select(delivery).order_by(delivery.c.edition_id, delivery.c.copy)
        if edition_id is not None:
            query = query.where(delivery.c.edition_id == edition_id)
        if recipient is not None:
            query = query.where(delivery.c.recipient == recipient)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        times = ("read", "circled")
        return [
            DeliveryRow(
                **(
                    dict(row)
                    | {"sent": utc(row["sent"])}
                    | {name: utc_or_none(row[name]) for name in times}
                )
            )
            for row in rows
        ]

    def mark(self, delivery_id: int, *, circled: bool) -> None:
        """已阅, or 圈阅 (which is read, too). The first time counts: it is never moved."""
        now = datetime.now(UTC)
        names = ("read", "circled") if circled else ("read",)
        with self._engine.begin() as connection:
            for name in names:
                connection.execute(
                    update(delivery)
                    .where(delivery.c.id == delivery_id, delivery.c[name].is_(None))
                    .values({name: now})
                )

    def write(self, delivery_id: int, text: str, day: date, typed_by: str) -> int:
        """A 批示; whoever writes one has read the paper. Its id comes back."""
        with self._engine.begin() as connection:
            key = connection.execute(
                insert(remark).values(
                    delivery_id=delivery_id,
                    at=datetime.now(UTC),
                    day=day,
                    typed_by=typed_by,
                    text=text,
                )
            ).inserted_primary_key
        self.mark(delivery_id, circled=False)
        return int(key[0]) if key else 0

    def remarks(self, delivery_ids: Sequence[int] | None = None) -> list[RemarkRow]:
        """批示 on these deliveries (all: None), oldest first."""
        query = select(remark).order_by(remark.c.id)
        if delivery_ids is not None:
            query = query.where(remark.c.delivery_id.in_(list(delivery_ids)))
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [RemarkRow(**(dict(row) | {"at": utc(row["at"])})) for row in rows]

    def tasks(self) -> list[TaskRow]:
        """Every task, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(task).order_by(task.c.id)).mappings().all()
        return [
            TaskRow(
                **(
                    dict(row)
                    | {"created": utc(row["created"]), "closed": utc_or_none(row["closed"])}
                )
            )
            for row in rows
        ]
