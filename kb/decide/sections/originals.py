"""附件原文: the whole text of what the body quotes in part; a citation leads here, and back."""

from __future__ import annotations

from collections.abc import Iterable

from kb.decide.model import Block, Fact, Fixed, Para, Quote, Section, Source, Table
from kb.decide.sections.articles import head
from kb.decide.sections.context import Context
from kb.decide.template import Spec


def originals(spec: Spec, context: Context) -> list[Block]:
    """By document, in the order of the source list; nothing of what the body quotes whole."""
    whole = _whole(context.built)
    groups: dict[str, list[Source]] = {}
    for source in sorted(context.sources.values(), key=lambda s: s.number):
        if source.passage_id not in whole and source.text.strip():
            groups.setdefault(source.path, []).append(source)
    blocks: list[Block] = []
    for group in groups.values():
        blocks += head(group[0])
        for source in group:
            place = (Fact.of(source, "place"), Fixed("　")) if source.place else ()
            lines = (Fact.of(source, "number"), *place, Quote.of(source))
            blocks.append(Para(lines, "original"))
    return blocks


def _whole(sections: Iterable[Section]) -> set[str]:
    """Passages that some paragraph quotes from end to end."""
    found: set[str] = set()
    for section in sections:
        for block in section.blocks:
            if not isinstance(block, Table):
                found |= {
                    line.passage_id
                    for line in block.lines
                    if isinstance(line, Quote) and _all_of(line)
                }
    return found


def _all_of(line: Quote) -> bool:
    from kb.decide.model import digest_of

    return digest_of(line.text) == line.digest
