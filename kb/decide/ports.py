"""What packs need of a knowledge base: `kb.base.KnowledgeBase` fits, and so does a small fake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kb.catalogue.rows import PassageRow, VersionRow
    from kb.model import Scope
    from kb.retrieve import SearchResult


class Opened(Protocol):
    """A document laid open."""

    @property
    def version(self) -> VersionRow:
        """The version shown."""

    @property
    def passages(self) -> list[PassageRow]:
        """Its passages, in order."""


class Base(Protocol):
    """Search and reading within a scope."""

    @property
    def generation(self) -> int:
        """The generation that answers."""

    def search(self, query: str, scope: Scope, *, limit: int = ...) -> SearchResult:
        """The best articles for a query."""

    def passages(self, ids: Sequence[str], scope: Scope) -> dict[str, PassageRow]:
        """Passages by id; what is absent or outside the scope is left out."""

    def document(self, path: str, scope: Scope) -> Opened:
        """A document by its path."""
