"""Redaction by rule: a pack for somebody who may not see all of its parts.

The rule is the same everywhere and leaves nothing to taste. A paragraph, heading or table row that
quotes a hidden paper or tells a fact of it goes as a whole, and one sentence of fixed text stands
in its place. So do people's words beside it, people's words that repeat it, and what counts it.
Where topic, questions, background or maker repeat it, nothing is shown at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.decide.model import (
    REDACTED,
    Block,
    Fact,
    Fixed,
    Heading,
    Line,
    Pack,
    Para,
    Quote,
    Section,
    Source,
    Table,
    Words,
)

HEAD = "隐去说明"
TOLD = "本份材料有{}处引自您无权查看的文件，按规定隐去；人写的字中与之相关的，一并隐去。"
HERE = "此处引用了一份您无权查看的文件，按规定隐去。"
"""Title and texts of what stands in place of what is hidden; `kb.decide.check` lets them pass."""

REPEATS = 8
"""Characters in a row, blanks left out, from which words repeat a hidden paper. Shorter pieces
(办公室主任审批) stand in many papers and tell of none."""

_COUNTING = frozenset(("plan", "search", "kept"))
"""Sections that tell what was searched and found, or hold words that lost their place."""


def redacted(pack: Pack, hidden: Collection[str]) -> Pack | None:
    """The pack without anything of the passages in ``hidden``; None where it cannot be told
    without them.

    Args:
        pack: as people left it (`kb.decide.overlay`).
        hidden: passage ids among its sources and near misses.
    """
    all_sources = (*pack.sources, *pack.left_out)
    gone = frozenset(hidden)
    if not gone & {s.passage_id for s in all_sources}:
        return pack
    secret = Secret.of(all_sources, gone)
    if any(map(secret.in_text, (pack.topic, pack.background, pack.maker, *pack.questions))):
        return None
    places = 0
    sections: list[Section] = []
    for section in pack.sections:
        if section.key in _COUNTING:
            continue
        blocks, count = _blocks(section.blocks, secret)
        places += count
        if blocks:
            sections.append(replace(section, blocks=blocks))
    told = Section(REDACTED, HEAD, (Para((Fixed(TOLD, (places,)),)),))
    return replace(
        pack,
        sections=(told, *sections),
        sources=tuple(s for s in pack.sources if s.passage_id not in gone),
        left_out=tuple(s for s in pack.left_out if s.passage_id not in gone),
        plan=(),
    )


@dataclass(frozen=True, slots=True)
class Secret:
    """What must not come through: ids of passages, and pieces of their text and names."""

    ids: frozenset[str]
    pieces: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, sources: Iterable[Source], gone: frozenset[str]) -> Secret:
        """Pieces that a paper which stays has too are no secret."""
        hidden = [s for s in sources if s.passage_id in gone]
        open_ = [s for s in sources if s.passage_id not in gone]
        pieces = _all_pieces(hidden) - _all_pieces(open_)
        names = {n for s in hidden for n in _names(s)} - {n for s in open_ for n in _names(s)}
        return cls(gone, frozenset(pieces), frozenset(names))

    def in_text(self, text: str) -> bool:
        """Whether words repeat a hidden paper."""
        flat = _flat(text)
        return any(name in flat for name in self.names) or not self.pieces.isdisjoint(_pieces(flat))

    def in_lines(self, lines: Iterable[Line]) -> bool:
        """Whether a line is of a hidden paper, or a person's and repeats one."""
        return any(
            line.passage_id in self.ids
            if isinstance(line, Quote | Fact)
            else isinstance(line, Words) and self.in_text(line.text)
            for line in lines
        )


def _all_pieces(sources: Iterable[Source]) -> set[str]:
    return {p for s in sources for t in (s.text, s.title, *s.heading) for p in _pieces(_flat(t))}


def _pieces(flat: str) -> Iterator[str]:
    return (flat[at : at + REPEATS] for at in range(len(flat) - REPEATS + 1))


def _names(source: Source) -> Iterator[str]:
    """By which one would know the paper, too short to be a piece or not."""
    return (_flat(n) for n in (source.title, source.short, source.reference, source.path) if n)


def _flat(text: str) -> str:
    return "".join(text.split())


def _blocks(blocks: Sequence[Block], secret: Secret) -> tuple[tuple[Block, ...], int]:
    """What stays, and in how many places something went. One sentence a place."""
    left: list[Block] = []
    places = 0
    after = False  # directly after what went: people's notes on it go too
    for block in blocks:
        if isinstance(block, Table):
            kept = [n for n, row in enumerate(block.rows) if not any(map(secret.in_lines, row))]
            if kept:
                rows = tuple(block.rows[n] for n in kept)
                anchors = tuple(block.anchors[n] for n in kept) if block.anchors else ()
                left.append(replace(block, rows=rows, anchors=anchors))
            after = len(kept) < len(block.rows)
        elif _counts(block):
            continue
        else:
            after = secret.in_lines(block.lines) or (after and _is_note(block))
            if not after:
                left.append(block)
        if after and (not left or left[-1] != _PLACE):
            left.append(_PLACE)
            places += 1
    return tuple(left), places


_PLACE = Para((Fixed(HERE),), "note")


def _counts(block: Para | Heading) -> bool:
    return all(isinstance(line, Fixed) for line in block.lines) and any(
        isinstance(line, Fixed) and line.counts for line in block.lines
    )


def _is_note(block: Para | Heading) -> bool:
    return (
        isinstance(block, Para)
        and block.style == "note"
        and all(isinstance(x, Words) for x in block.lines)
    )
