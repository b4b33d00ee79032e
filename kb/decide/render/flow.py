"""A pack as a flow of plain elements: the one order and wording that all three formats print.

Elements are JSON values (typst reads them as data): headings, paragraphs, tables, each with runs
``{"t": text, "k": kind, "n": source number}``. ``k`` is one of quote, fact, words, person, blank,
fixed, label, entry and home (in front of an attached text), mark (``first``: the one that the
source list links back to).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    Table,
    day_in_words,
)
from kb.decide.render.marks import PLAIN, Marks
from kb.decide.render.tables import CELLS, Element, Run, centred, grid, splits
from kb.decide.render.titles import titled, width
from kb.decide.template import Template
from kb.text.numerals import to_chinese

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
HEAD_CHARS = 34
"""Characters in a line below the title: 12 pt in 156 mm, room left for programs that set space
between Han and digits whatever the file says (LibreOffice 7)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What a renderer needs: title lines, facts of the cover, the elements."""

    title: list[str]
    subtitle: str
    facts: list[tuple[str, str]]
    notice: str
    unsafe: str
    watermark: str
    elements: list[Element]

    @property
    def head(self) -> list[str]:
        """The facts as lines below a title: none is broken inside."""
        lines: list[str] = []
        for name, value in self.facts:
            told = f"{name}：{value}"
            if lines and width(lines[-1]) + 1 + width(told) <= HEAD_CHARS:
                lines[-1] += f"　{told}"
            else:
                lines.append(told)
        return lines

    @property
    def listed(self) -> list[int]:
        """Numbers of the sources that the flow lists: marks may link to these."""
        anchors = [e.get("anchors", [e.get("anchor", 0)]) for e in self.elements]
        return sorted({number for each in anchors for number in each if number})

    @property
    def originals(self) -> list[int]:
        """Numbers of the sources whose whole text is attached: marks lead there first."""
        return [e["original"] for e in self.elements if e.get("original")]

    @property
    def cited(self) -> list[int]:
        """Numbers of the sources that some mark cites: the list may link back to these."""
        runs = [run for e in self.elements for run in _runs_of(e)]
        return sorted({run["n"] for run in runs if run["k"] == "mark"})


def flow(pack: Pack, template: Template, marks: Marks = PLAIN) -> Flow:
    """Lay the pack out in order, headings numbered, source marks set."""
    elements: list[Element] = []
    laying = _Laying(pack)
    annexes = sum(1 for section in pack.sections if section.annex)
    body = annex = 0
    for place, section in enumerate(pack.sections):
        if section.annex:
            annex += 1
            label = f"附件{annex}" if annexes > 1 else "附件"
            elements.append(
                {
                    "is": "annex",
                    "label": label,
                    "runs": [_fixed(section.title)],
                    "id": f"sec{place}",
                }
            )
        else:
            body += 1
            head = f"{to_chinese(body)}、"
            elements.append(
                {"is": "heading", "level": 1, "number": head, "runs": [_fixed(section.title)],
                 "id": f"sec{place}"}
            )  # fmt: skip
        for element in laying.blocks(section.blocks):
            if element["is"] == "table" and elements[-1].get("style") == "body":
                elements[-1]["keep"] = True  # what introduces a table stands on its page
            elements.append(element)
    return Flow(
        title=title(pack, template),
        subtitle=template.subtitle,
        facts=facts(pack, template, marks),
        watermark=printable(marks.watermark),
        notice=template.notice,
        unsafe=template.labels.get("unsafe", ""),
        elements=elements,
    )


def _runs_of(element: Element) -> list[Run]:
    if element["is"] != "table":
        runs: list[Run] = element["runs"]
        return runs
    return [run for row in element["rows"] for cell in row for p in cell for run in p]


def title(pack: Pack, template: Template) -> list[str]:
    """The title in lines."""
    return titled(printable(pack.topic), template.title)


def facts(pack: Pack, template: Template, marks: Marks = PLAIN) -> list[tuple[str, str]]:
    """What stands on the cover or below the title: names and values."""
    labels = template.labels
    told = [
        (labels.get("number", ""), pack.number or pack.id),
        (labels.get("as_of", ""), day_in_words(pack.as_of) if pack.as_of else ""),
        (labels.get("made", ""), day_in_words(pack.made.date())),
        (labels.get("maker", ""), printable(pack.maker)),
        (labels.get("tier", "") if marks.tier else "", labels.get(pack.tier, "")),
        (labels.get("copy", "份号"), marks.number),
    ]
    return [(name, value) for name, value in told if name and value]


def printable(text: str) -> str:
    """Without what XML and fonts cannot hold (lone surrogates, control characters)."""
    return _UNPRINTABLE.sub("", text)


class _Laying:
    """Turns blocks into elements; knows which source has been cited already."""

    def __init__(self, pack: Pack) -> None:
        self._numbers = {source.passage_id: source.number for source in pack.sources}
        self._cited: set[int] = set()

    def blocks(self, blocks: Sequence[Block]) -> Iterator[Element]:
        """Elements of one section."""
        second = third = 0
        for block in blocks:
            match block:
                case Heading(level=2):
                    second, third = second + 1, 0
                    yield _heading(block, f"（{to_chinese(second)}）")
                case Heading():
                    third += 1
                    yield _heading(block, f"{third}．")
                case Para():
                    yield from self._para(block)
                case Table():
                    yield self._table(block)

    def _para(self, block: Para) -> Iterator[Element]:
        style = block.style
        marked = self._mentioned(block.lines) if style not in UNMARKED else set()
        paragraphs = self._paragraphs(block.lines, marked, label=style == "article")
        original = 0
        if style == "original":
            original = _home(paragraphs[0])
        number = next((r["n"] for p in paragraphs for r in p if "n" in r), 0)
        rows: list[list[Run]] = []
        for place, runs in enumerate(paragraphs):
            if style in ("article", "original") and any(CELLS in run["t"] for run in runs):
                heads = [run for run in runs if run["k"] != "mark" and CELLS not in run["t"]]
                if rows and heads:
                    yield grid(rows)
                    rows = []
                if heads:
                    yield _paragraph(style, heads, original=original)
                    original = 0
                rows.append([run for run in runs if run not in heads])
                continue
            if rows:
                yield grid(rows)
                rows = []
            anchor = number if style in SOURCES and place == 0 else 0
            yield _paragraph(style, runs, anchor=anchor, original=original)
            original = 0
        if rows:
            yield grid(rows)

    def _table(self, block: Table) -> Element:
        rows = []
        for row in block.rows:
            cells = []
            for place, cell in enumerate(row):
                marked = self._mentioned(cell) if not block.anchors else set()
                # A source that several cells of a row are cut from is marked in the last.
                for later in row[place + 1 :]:
                    marked -= self._mentioned(later)
                cells.append(self._paragraphs(cell, marked, label=False))
            rows.append(cells)
        return {
            "is": "table",
            "columns": list(block.columns),
            "widths": list(block.widths),
            "rows": rows,
            "anchors": list(block.anchors),
            "centred": centred(rows),
            "splits": splits(rows, block.widths),
            # A form: room to write by hand.
            "roomy": all(isinstance(c[0], Blank) for row in block.rows for c in row[1:] if c),
        }

    def _number(self, line: Line) -> int:
        """The source that a line is of; 0 for none (or one that is not in the list)."""
        if isinstance(line, Quote):
            return line.number
        return self._numbers.get(line.passage_id, 0) if isinstance(line, Fact) else 0

    def _mentioned(self, lines: Sequence[Line]) -> set[int]:
        return {number for line in lines if (number := self._number(line))}

    def _paragraphs(
        self, lines: Sequence[Line], marked: set[int], *, label: bool
    ) -> list[list[Run]]:
        """Runs, cut at line ends. A mark stands after all that is of one source: its pieces
        and, in brackets, its place."""
        runs: list[Run] = []
        current = 0
        for place, line in enumerate(lines):
            number = self._number(line)
            after = lines[place + 1] if place + 1 < len(lines) else None
            goes_on = line.text == "\n" and after is not None and self._number(after) == current
            joins = isinstance(line, Fixed) and (line.text in _JOINTS or goes_on)
            if current and number != current and not joins:
                runs += self._mark(current, marked)
                current = 0
            current = number or current
            new = _runs(line)
            if label and place == 0 and isinstance(line, Fact):
                new = [run | {"k": "label"} for run in new]
            runs += new
        return _cut(runs + self._mark(current, marked))

    def _mark(self, number: int, marked: set[int]) -> list[Run]:
        if number not in marked:
            return []
        first = number not in self._cited
        self._cited.add(number)
        return [{"t": f"[{number}]", "k": "mark", "n": number, "first": first}]


SOURCES = ("source", "source-small")
UNMARKED = (*SOURCES, "caption", "original")
"""Paragraphs that are about a source themselves."""


def _paragraph(style: str, runs: list[Run], *, anchor: int = 0, original: int = 0) -> Element:
    return {"is": "para", "style": style, "runs": runs, "anchor": anchor, "original": original}


def _home(runs: list[Run]) -> int:
    """Make the number in front of an attached text the way back, and its place (a label) the way to
    its entry in the source list."""
    number = int(runs[0]["n"])
    runs[0] = {"t": f"[{number}]", "k": "home", "n": number}
    if len(runs) > 1 and runs[1]["k"] == "fact":
        runs[1] = runs[1] | {"k": "entry", "n": number}
    return number


_JOINTS = frozenset(("……", "（", "《", "》", "）", "　"))


def _heading(block: Heading, number: str) -> Element:
    return {
        "is": "heading",
        "level": block.level,
        "number": number,
        "runs": [run for line in block.lines for run in _runs(line)],
        "id": "",
    }


def _cut(runs: Sequence[Run]) -> list[list[Run]]:
    paragraphs: list[list[Run]] = [[]]
    for run in runs:
        for place, piece in enumerate(run["t"].split("\n")):
            if place:
                paragraphs.append([])
            if piece.strip() or (piece and paragraphs[-1]):
                paragraphs[-1].append(run | {"t": piece if paragraphs[-1] else piece.lstrip()})
    kept = [p for p in paragraphs if p]
    # A mark that a closing line end has pushed onto a line of its own goes back.
    for place in range(len(kept) - 1, 0, -1):
        if all(run["k"] == "mark" for run in kept[place]):
            kept[place - 1] += kept.pop(place)
    return kept


def _runs(line: Line) -> list[Run]:
    text = printable(line.text)
    match line:
        case Quote():
            return [{"t": text, "k": "quote", "n": line.number}]
        case Fact(field="number"):
            return [{"t": text, "k": "fact", "n": int(line.text)}]
        case Fact():
            return [{"t": text, "k": "fact"}]
        case Blank():
            return [{"t": text, "k": "blank"}]
        case Fixed():
            return [_fixed(text)]
    said: list[Run] = [{"t": text, "k": "words"}]
    if line.person:
        said.append({"t": f"（{printable(line.person)}）", "k": "person"})
    return said


def _fixed(text: str) -> Run:
    return {"t": text, "k": "fixed"}
