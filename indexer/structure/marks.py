"""What a rule says of a block, and what it may know of the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indexer.reading import Block
from kb.model import Level


@dataclass(frozen=True, slots=True)
class Mark:
    """A block's place in the outline.

    ``depth`` orders headings: a smaller one closes all that are equal or greater. ``ends`` says
    that a text stands outside the article above it (a signature, a list of attachments).
    """

    level: Level
    label: str = ""
    title: str = ""
    text: str = ""
    depth: int = 0
    ends: bool = False


@dataclass(slots=True)
class Context:
    """The document, as far as rules need it, and where in it we are."""

    loose: bool
    """Whether an article may lack the white space after its label."""
    articles: bool
    """Whether the document has articles at all; without them numbers make headings."""
    decimals: bool = False
    """Whether headings are numbered 1.2.3."""
    number: int = 0
    """Number of the article that we are in; 0 before the first."""


Rule = Callable[[Block, Context], Mark | None]
