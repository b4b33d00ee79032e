"""What a person keeps on his desk: searches saved, questions asked, what he found to be wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select, update

from kb.catalogue.dialect import exclusive
from kb.catalogue.tables import asked, feedback, saved_search


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A search that somebody keeps; ``address`` is its place in the page, filters and all.

    ``found`` (id → digest) is what it found in ``generation``, when it was last looked at; ``news``
    what was different then from what its owner had seen.
    """

    id: int
    name: str
    address: str
    generation: int | None = None
    found: dict[str, str] | None = None
    news: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question and how often it was asked; ``weak``: last time no direct basis was found."""

    query: str
    times: int
    hits: int
    weak: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """Something that was not found (``passage_id`` empty) or is wrong; ``done`` when settled."""

    id: int
    who: str
    at: datetime
    what: str
    query: str
    passage_id: str
    says: str
    generation: int
    done: datetime | None
    done_by: str


class Desk:
    """Searches and feedback. Safe for several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, owner: str, name: str, address: str) -> None:
        """Keep a search; one that is kept already takes the new name."""
        mine = (saved_search.c.owner == owner) & (saved_search.c.address == address)
        with exclusive(self._engine, "saved_search") as connection:
            if connection.execute(update(saved_search).where(mine).values(name=name)).rowcount:
                return
            values = {"owner": owner, "name": name, "address": address, "added": datetime.now(UTC)}
            connection.execute(insert(saved_search).values(values))

    def unsave(self, owner: str, address: str) -> None:
        """Keep it no longer."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(saved_search).where(
                    saved_search.c.owner == owner, saved_search.c.address == address
                )
            )

    def saved(self, owner: str) -> list[SavedRow]:
        """Searches that ``owner`` keeps, the newest first."""
        columns = [saved_search.c[name] for name in SavedRow.__dataclass_fields__]
        query = (
            select(*columns)
            .where(saved_search.c.owner == owner)
            .order_by(saved_search.c.added.desc(), saved_search.c.id.desc())
        )
        with self._engine.connect() as connection:
            return [SavedRow(**row) for row in connection.execute(query).mappings()]

    def looked(
        self,
        owner: str,
        address: str,
        *,
        generation: int,
        found: Mapping[str, str],
        news: Sequence[Mapping[str, str]],
    ) -> None:
        """Note what a kept search found in a generation, and what is new to its owner."""
        mine = (saved_search.c.owner == owner) & (saved_search.c.address == address)
        values = {"generation": generation, "found": dict(found), "news": [dict(n) for n in news]}
        with self._engine.begin() as connection:
            connection.execute(update(saved_search).where(mine).values(values))

    def ask(self, owner: str, query: str, *, hits: int, weak: bool) -> None:
        """Note that ``owner`` asked this, and what came of it."""
        mine = (asked.c.owner == owner) & (asked.c.query == query)
        now = {"hits": hits, "weak": weak, "at": datetime.now(UTC)}
        with exclusive(self._engine, "asked") as connection:
            changed = connection.execute(
                update(asked).where(mine).values(times=asked.c.times + 1, **now)
            ).rowcount
            if not changed:
                connection.execute(insert(asked).values(owner=owner, query=query, times=1, **now))

    def asked(self, owner: str, limit: int = 200) -> list[AskedRow]:
        """What ``owner`` asked, the latest first."""
        columns = [asked.c[name] for name in AskedRow.__dataclass_fields__]
        query = (
            select(*columns)
            .where(asked.c.owner == owner)
            .order_by(asked.c.at.desc(), asked.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [AskedRow(**row) for row in connection.execute(query).mappings()]

    def unanswered(self, limit: int = 200) -> list[AskedRow]:
        """Questions of anybody for which no direct basis was found, most often asked first. Whose
        they are is not told."""
        columns = [asked.c[name] for name in AskedRow.__dataclass_fields__]
        query = (
            select(*columns)
            .where(asked.c.weak | (asked.c.hits == 0))
            .order_by(asked.c.times.desc(), asked.c.at.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [AskedRow(**row) for row in connection.execute(query).mappings()]

    def forget_asked(self, owner: str) -> None:
        """Clear what ``owner`` asked."""
        with self._engine.begin() as connection:
            connection.execute(delete(asked).where(asked.c.owner == owner))

    def tell(
        self,
        who: str,
        what: str,
        *,
        query: str,
        says: str,
        generation: int,
        passage_id: str = "",
        digest: str = "",
    ) -> None:
        """Keep that something was not found or is wrong.

        Args:
            who: the person; what: one of `kb.ui.feedback.KINDS`.
            query: what he had asked; says: his words.
            generation: the one he saw; passage_id, digest: the passage, as he saw it.
        """
        values = {
            "who": who,
            "at": datetime.now(UTC),
            "what": what,
            "query": query,
            "passage_id": passage_id,
            "digest": digest,
            "says": says,
            "generation": generation,
            "done_by": "",
        }
        with self._engine.begin() as connection:
            connection.execute(insert(feedback).values(values))

    def told(self) -> list[FeedbackRow]:
        """All of it: open ones first, each half the latest first."""
        columns = [feedback.c[name] for name in FeedbackRow.__dataclass_fields__]
        query = select(*columns).order_by(
            feedback.c.done.is_not(None), feedback.c.at.desc(), feedback.c.id.desc()
        )
        with self._engine.connect() as connection:
            return [FeedbackRow(**row) for row in connection.execute(query).mappings()]

    def settle(self, id_: int, who: str) -> None:
        """Mark one as dealt with."""
        with self._engine.begin() as connection:
            connection.execute(
                update(feedback)
                .where(feedback.c.id == id_)
                .values(done=datetime.now(UTC), done_by=who)
            )
