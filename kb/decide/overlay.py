"""People's words laid over a composed pack: fields filled, notes added, sections moved or hidden.

Nothing they wrote is lost: what finds no place any more stands in a section of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kb.decide.edits import Edits, Said, reordered
from kb.decide.model import (
    Blank,
    Block,
    Fact,
    Fixed,
    Heading,
    Line,
    Pack,
    Para,
    Quote,
    Section,
    Table,
    Words,
)

KEPT = "其他说明"
"""Title of the section of words that lost their place; a template may have another (``kept``)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A blank that a person may fill: its key, the section it stands in, what is asked."""

    key: str
    section: str
    prompt: str


def fields_of(pack: Pack) -> list[Field]:
    """Every blank of a composed pack, in order."""
    found: list[Field] = []

    def note(blank: Blank, key: str) -> Line:
        title, _, rest = key.partition("/")
        found.append(Field(key, title, rest.replace("/", " · ") or blank.text))
        return blank

    for section in pack.sections:
        _each_blank(section, note, {})
    return found


def overlaid(pack: Pack, edits: Edits, kept_title: str = KEPT) -> Pack:
    """The pack as people left it; ``kept_title`` heads words that lost their place."""
    used: set[str] = set()

    def fill(blank: Blank, key: str) -> Line:
        said = edits.fields.get(key)
        if said is None:
            return blank
        used.add(key)
        return _words(said)

    keys: dict[str, int] = {}
    sections = [_each_blank(section, fill, keys) for section in pack.sections]
    lost = [said for key, said in edits.fields.items() if key not in used]
    for note in edits.notes.values():
        at = _place(sections, note.place)
        if at is None:
            lost.append(note)
        else:
            section, block = at
            blocks = sections[section].blocks
            while block < len(blocks) and _is_note(blocks[block]):
                block += 1
            para = Para((_words(note),), "note")
            sections[section] = replace(
                sections[section], blocks=(*blocks[:block], para, *blocks[block:])
            )
    hidden = set(edits.hidden)
    # Hiding a section does not throw away what people wrote in it: it comes back with it.
    left = [section for section in sections if section.title not in hidden]
    by_title = {section.title: section for section in left}
    if len(by_title) == len(left):
        left = [by_title[title] for title in reordered(list(by_title), edits.sections)]
    body = [section for section in left if not section.annex]
    annexes = [section for section in left if section.annex]
    if lost:
        blocks = tuple(Para((_words(said),), "note") for said in lost)
        body.append(Section("kept", kept_title, blocks))
    return replace(pack, sections=(*body, *annexes))


def unplaced(pack: Pack, edits: Edits) -> list[Said]:
    """Words whose place is no longer in the composed pack."""
    keys = {field.key for field in fields_of(pack)}
    lost = [said for key, said in edits.fields.items() if key not in keys]
    return lost + [n for n in edits.notes.values() if _place(pack.sections, n.place) is None]


def _is_note(block: Block) -> bool:
    return isinstance(block, Para) and block.style == "note" and isinstance(block.lines[0], Words)


def _words(said: Said) -> Words:
    return Words(said.text, said.who, datetime.fromisoformat(said.at))


Fill = Callable[[Blank, str], Line]


def _each_blank(section: Section, fill: Fill, seen: dict[str, int]) -> Section:
    blocks: list[Block] = []
    for block in section.blocks:
        if isinstance(block, Table):
            rows = []
            for number, row in enumerate(block.rows, start=1):
                anchor = _row_anchor(row, number)
                rows.append(
                    tuple(
                        _cell(cell, f"{section.title}/{anchor}/{column}", fill, seen)
                        for cell, column in zip(row, block.columns, strict=True)
                    )
                )
            blocks.append(replace(block, rows=tuple(rows)))
        elif isinstance(block, Para) and any(isinstance(line, Blank) for line in block.lines):
            anchor = _anchor(block.lines)
            head = f"{section.title}/{anchor}" if anchor else section.title
            blocks.append(replace(block, lines=_cell(block.lines, head, fill, seen)))
        else:
            blocks.append(block)
    return replace(section, blocks=tuple(blocks))


def _cell(lines: Sequence[Line], head: str, fill: Fill, seen: dict[str, int]) -> tuple[Line, ...]:
    made: list[Line] = []
    for line in lines:
        if not isinstance(line, Blank):
            made.append(line)
            continue
        key = f"{head}/{line.prompt}" if line.prompt else head
        seen[key] = seen.get(key, 0) + 1
        made.append(fill(line, key if seen[key] == 1 else f"{key}#{seen[key]}"))
    return tuple(made)


def _row_anchor(row: Sequence[Sequence[Line]], number: int) -> str:
    first = row[0]
    if first and isinstance(first[0], Fixed | Words) and first[0].text.strip():
        return first[0].text.strip()
    return _anchor([line for cell in row for line in cell]) or str(number)


def _anchor(lines: Sequence[Line]) -> str:
    """What the blank is about: a person's question, or the passages quoted beside it."""
    words = next((line.text for line in lines if isinstance(line, Words)), "")
    ids = dict.fromkeys(line.passage_id for line in lines if isinstance(line, Quote))
    return words or "×".join(sorted(ids))


def _place(sections: Sequence[Section], place: str) -> tuple[int, int] | None:
    """Section and block before which a note belongs: after what quotes the passage, or at the
    end of the section of this title."""
    for at, section in enumerate(sections):
        if section.title == place:
            return at, len(section.blocks)
    for style in ("article", ""):
        for at, section in enumerate(sections):
            ends = list(_ends(section, place, style)) if not section.annex else []
            if ends:
                return at, ends[0]
    return None


def _ends(section: Section, passage_id: str, style: str) -> Iterator[int]:
    for number, block in enumerate(section.blocks, start=1):
        if isinstance(block, Heading):
            continue
        if style and not (isinstance(block, Para) and block.style == style):
            continue
        lines = (
            [line for row in block.rows for cell in row for line in cell]
            if isinstance(block, Table)
            else block.lines
        )
        if any(isinstance(x, Quote | Fact) and x.passage_id == passage_id for x in lines):
            yield number
