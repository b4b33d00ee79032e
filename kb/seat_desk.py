"""Searches kept and asked, and reports of faults: each person's are his own."""

from __future__ import annotations

from typing import Any

from kb.access.policy import Action
from kb.access.visitor import Visitor
from kb.catalogue.desk import AskedRow, Desk, FeedbackRow, SavedRow
from kb.errors import AccessDenied


class SeatDesk:
    """Stands before `kb.catalogue.desk.Desk`; ``owner`` is the visitor, whoever is named."""

    def __init__(self, desk: Desk, visitor: Visitor) -> None:
        self._desk = desk
        self._visitor = visitor

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self._visitor.identity is not None:
            raise AccessDenied(f"没有开放的入口：{name}", reason=f"未登记的入口：{name}")
        return getattr(self._desk, name)

    def save(self, owner: str, name: str, address: str) -> None:
        """As `Desk.save`."""
        self._desk.save(self._visitor.reader, name, address)

    def unsave(self, owner: str, address: str) -> None:
        """As `Desk.unsave`."""
        self._desk.unsave(self._visitor.reader, address)

    def saved(self, owner: str) -> list[SavedRow]:
        """As `Desk.saved`."""
        return self._desk.saved(self._visitor.reader)

    def looked(self, owner: str, address: str, **what: Any) -> None:
        """As `Desk.looked`."""
        self._desk.looked(self._visitor.reader, address, **what)

    def ask(self, owner: str, query: str, *, hits: int, weak: bool) -> None:
        """As `Desk.ask`."""
        self._desk.ask(self._visitor.reader, query, hits=hits, weak=weak)

    def asked(self, owner: str, limit: int = 200) -> list[AskedRow]:
        """As `Desk.asked`."""
        return self._desk.asked(self._visitor.reader, limit)

    def forget_asked(self, owner: str) -> None:
        """As `Desk.forget_asked`."""
        self._desk.forget_asked(self._visitor.reader)

    def tell(self, who: str, what: str, **said: Any) -> None:
        """As `Desk.tell`."""
        self._desk.tell(self._visitor.reader, what, **said)

    def unanswered(self, limit: int = 200) -> list[AskedRow]:
        """Everybody's, for who keeps the known questions."""
        self._keeper()
        return self._desk.unanswered(limit)

    def told(self) -> list[FeedbackRow]:
        """Everybody's, for who keeps the known questions."""
        self._keeper()
        return self._desk.told()

    def settle(self, id_: int, who: str) -> None:
        """For who keeps the known questions."""
        self._keeper()
        self._desk.settle(id_, self._visitor.reader or who)

    def _keeper(self) -> None:
        found = self._visitor.may(Action.KNOWN)
        if not found.allowed:
            raise AccessDenied(found.reason, reason=found.reason)
