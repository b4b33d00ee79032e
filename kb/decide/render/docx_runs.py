"""Elements of the flow as paragraphs, runs, tables, bookmarks and links of a DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import _Cell

from kb.decide.render.docx_page import add_field, face
from kb.decide.render.docx_styles import BLUE, GREY
from kb.decide.render.flow import SOURCES, Flow
from kb.decide.render.fonts import HEITI, KAITI, SONGTI
from kb.decide.render.tables import Element, Run
from kb.decide.template import TEXT_WIDTH, Template

STYLES = {"caption": "枢纽出处", "note": "枢纽说明", "source": "枢纽来源",
          "source-small": "枢纽来源小"}  # fmt: skip
"""Style of a paragraph of the flow; 枢纽正文 for all others."""

FACES = {"words": KAITI, "person": KAITI, "blank": KAITI, "label": HEITI}
SHADE = "FFF1B8"


class Writer:
    """Appends to one document."""

    def __init__(self, document: Any, template: Template, laid: Flow) -> None:
        self._document = document
        self._template = template
        self._listed = set(laid.listed)
        self._cited = set(laid.cited)
        self._originals = set(laid.originals)
        self._bookmarks = 0
        self._after_table = False
        # Looked up once: python-docx searches all styles at every paragraph.
        self._styles = {style.name: style.style_id for style in document.styles}

    @staticmethod
    def points(value: float) -> Any:
        """A length."""
        return Pt(value)

    def _paragraph_of(self, style: str) -> Any:
        paragraph = self._document.add_paragraph()
        paragraph._p.style = self._styles[style]
        return paragraph

    def plain(self, text: str, style: str, *, page_break: bool = False) -> Any:
        """A paragraph of plain text."""
        paragraph = self._paragraph_of(style)
        if page_break:
            paragraph.paragraph_format.page_break_before = True
        paragraph.add_run(text)
        return paragraph

    def fact(self, name: str, value: str) -> Any:
        """A line of the cover: name, tab, value."""
        paragraph = self._paragraph_of("枢纽封面项")
        layout = paragraph.paragraph_format
        layout.left_indent, layout.first_line_indent = Pt(180), Pt(-120)
        layout.tab_stops.add_tab_stop(Pt(180))
        face(paragraph.add_run(name), HEITI)
        paragraph.add_run("\t" + value)
        return paragraph

    def contents_line(self, element: Element, page: str) -> None:
        """A line of the contents: heading, dots, page number as a field that shows ``page`` until
        it is worked out anew on opening."""
        paragraph = self._paragraph_of("枢纽目录")
        paragraph.paragraph_format.tab_stops.add_tab_stop(
            Pt(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
        words = "".join(run["t"] for run in element["runs"])
        head = f"{element['label']}　" if element["is"] == "annex" else element["number"]
        link = _link(paragraph, element["id"])
        link.append(paragraph.add_run(f"{head}{words}\t")._r)
        for run in add_field(paragraph, f"PAGEREF {element['id']} \\h", page, dirty=True):
            face(run, SONGTI)

    def element(self, element: Element) -> None:
        """One element of the flow."""
        # Not before an annex, which begins a page: below a table that fills one, the line between
        # would make a page of its own.
        if self._after_table and element["is"] != "annex":
            self._paragraph_of("枢纽附注")
        self._after_table = element["is"] == "table"
        match element["is"]:
            case "heading":
                paragraph = self._paragraph_of(f"Heading {element['level']}")
                words = element["number"] + "".join(run["t"] for run in element["runs"])
                self._bookmarked(paragraph, element["id"], [paragraph.add_run(words)])
            case "annex":
                label = self.plain(element["label"], "枢纽附件号", page_break=True)
                self._bookmarked(label, element["id"], label.runs)
                self.plain("".join(run["t"] for run in element["runs"]), "枢纽附件题")
            case "para":
                self._paragraph(element)
            case "table":
                self._table(element)

    def close(self) -> None:
        """After the last element: a document does not end in a table."""
        if self._after_table:
            self._paragraph_of("枢纽附注")

    def _paragraph(self, element: Element) -> None:
        style = STYLES.get(element["style"], "枢纽正文")
        paragraph = self._paragraph_of(style)
        if element["style"] in SOURCES:
            layout = paragraph.paragraph_format
            layout.left_indent, layout.first_line_indent = Pt(18), Pt(-18)
        if element.get("keep"):
            paragraph.paragraph_format.keep_with_next = True
        self._runs(paragraph, element["runs"])
        if element["anchor"]:
            self._bookmarked(paragraph, f"source_{element['anchor']}", paragraph.runs[:1])

    def _runs(self, paragraph: Any, runs: Sequence[Run]) -> None:
        for item in runs:
            run = paragraph.add_run(item["t"])
            kind = item["k"]
            if kind == "mark":
                run.font.superscript = True
                run.font.color.rgb = BLUE
                face(run, SONGTI)
                if item["n"] in self._originals:
                    _link(paragraph, f"original_{item['n']}").append(run._r)
                elif item["n"] in self._listed:
                    _link(paragraph, f"source_{item['n']}").append(run._r)
                if item.get("first"):
                    self._bookmarked(paragraph, f"cited_{item['n']}", [run])
            elif kind == "home":
                run.font.color.rgb = BLUE
                face(run, SONGTI)
                if item["n"] in self._cited:
                    _link(paragraph, f"cited_{item['n']}").append(run._r)
                self._bookmarked(paragraph, f"original_{item['n']}", [run])
            elif kind == "entry":
                face(run, HEITI)
                if item["n"] in self._listed:
                    _link(paragraph, f"source_{item['n']}").append(run._r)
            elif kind in FACES:
                face(run, FACES[kind])
                if kind == "blank":
                    _shade(run._r.get_or_add_rPr(), SHADE)

    def _table(self, element: Element) -> None:
        columns, widths, anchors = element["columns"], element["widths"], element["anchors"]
        table = self._document.add_table(rows=1, cols=len(columns), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        sizes = [Pt(TEXT_WIDTH * width) for width in widths]
        for column, size in zip(table.columns, sizes, strict=True):
            column.width = size
        head = table.rows[0]
        _flag(head, "w:cantSplit")
        _flag(head, "w:tblHeader")
        for cell, name, size in zip(head.cells, columns, sizes, strict=True):
            cell.width = size
            _shade(cell._tc.get_or_add_tcPr(), "EEEEEE")
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            cell.paragraphs[0]._p.style = self._styles["枢纽表头"]
            cell.paragraphs[0].add_run(name)
        for place, row in enumerate(element["rows"]):
            added = table.add_row()
            if not element["splits"][place]:
                _flag(added, "w:cantSplit")
            for at, (cell, paragraphs, size) in enumerate(
                zip(_cells(added), row, sizes, strict=True)
            ):
                cell.width = size
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                self._cell(cell, paragraphs, listed=bool(anchors), last=at == len(row) - 1)
                if element["centred"][place][at]:
                    for paragraph in cell.paragraphs:
                        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                if anchors and at == 0:
                    self._source_number(cell.paragraphs[0], anchors[place])
        _margins(table, top=180 if element["roomy"] else 60 if anchors else 80)

    def _cell(
        self, cell: Any, paragraphs: Sequence[list[Run]], *, listed: bool, last: bool
    ) -> None:
        style = self._styles["枢纽来源表" if listed else "枢纽表格"]
        for place, runs in enumerate(paragraphs or [[]]):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            paragraph._p.style = style
            self._runs(paragraph, runs)
            if listed and last:
                for run in paragraph.runs:
                    run.font.size, run.font.color.rgb = Pt(7.5), GREY

    def _source_number(self, paragraph: Any, number: int) -> None:
        runs = list(paragraph.runs)
        self._bookmarked(paragraph, f"source_{number}", runs)
        if number in self._cited:
            link = _link(paragraph, f"cited_{number}")
            for run in runs:
                run.font.color.rgb = BLUE
                link.append(run._r)

    def _bookmarked(self, paragraph: Any, name: str, runs: Sequence[Any]) -> None:
        if not name or not runs:
            return
        self._bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(self._bookmarks))
        start.set(qn("w:name"), name)
        runs[0]._r.addprevious(start)
        runs[-1]._r.addnext(end)


def _cells(row: Any) -> list[Any]:
    # `row.cells` looks for merged cells at every call; these tables have none.
    return [_Cell(tc, row) for tc in row._tr.tc_lst]


def _link(paragraph: Any, anchor: str) -> Any:
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), anchor)
    link.set(qn("w:history"), "1")
    paragraph._p.append(link)
    return link


def _shade(properties: Any, fill: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), fill)
    properties.append(shade)


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _margins(table: Any, top: int) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", top), ("left", 100), ("bottom", top), ("right", 100)):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), str(twips))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.addprevious(margins)
    else:
        table._tbl.tblPr.append(margins)
