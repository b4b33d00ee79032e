"""Blocks to an outline, by an ordered list of small rules.

First the blocks are cleaned (contents removed, glued articles split), then cut into documents
(a notice and what it issues), then each block is marked by the first of `rules.RULES` that knows
it, and last the marked blocks are built into nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.reading import Reading
from indexer.structure.build import build
from indexer.structure.glued import split_glued
from indexer.structure.notices import split_notice
from indexer.structure.patterns import squeezed
from indexer.structure.title import take_title
from indexer.structure.toc import without_contents
from kb.model import Node


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a file. ``suffix`` is "" for the first, ``!2`` for the second, and so on."""

    suffix: str
    title: str
    nodes: tuple[Node, ...]


def outline(reading: Reading) -> list[Part]:
    """The documents of a file, each with its title ("" where none is found) and its nodes."""
    typed = reading.format == "markdown"
    blocks = without_contents(reading.blocks)
    if not typed:
        blocks = list(split_glued(blocks))
    parts: list[Part] = []
    for number, section in enumerate(split_notice(blocks), start=1):
        title, rest = take_title(section)
        named = squeezed(title)
        rest = [b for b in rest if b.kind != "caption" or squeezed(b.text) != named]
        suffix = "" if number == 1 else f"!{number}"
        parts.append(Part(suffix, title, build(rest, typed=typed)))
    return parts


__all__ = ["Part", "outline"]
