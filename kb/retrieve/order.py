"""What ranking gives: articles in order, and what was read on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.catalogue.rows import PassageRow

if TYPE_CHECKING:
    from kb.retrieve.candidates import Found


@dataclass(frozen=True, slots=True)
class Stages:
    """Which parts of the search are on; all of them, but in an ablation (``kb eval --without``)."""

    synonyms: bool = True
    ranker: bool = True
    known: bool = True


EVERY_STAGE = Stages()


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article, its best passage, and what each half gave that passage.

    ``score`` decides the order: above 1 where the ranker looked, the fused score below that.
    ``exact``: the question names the article; ``named``: its paper (文件名, 文号).
    """

    id: str
    passage: str
    score: float
    keyword: float | None
    vector: float | None
    exact: bool = False
    fused: float = 0.0
    named: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What `Retriever.order` gives: ``rows`` by passage and ``near`` are what the ranker looked at,
    ``known`` how like a known question of each article the question is."""

    ranked: list[Ranked]
    rows: dict[str, PassageRow]
    near: Sequence[Found]
    known: dict[str, float]
