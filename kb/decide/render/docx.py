"""DOCX by GB/T 9704-2012's body rules, for an office to go on editing."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from kb.decide.model import Pack
from kb.decide.render.docx_page import foot, grid, marks_stay, measure, watermark
from kb.decide.render.docx_runs import Writer
from kb.decide.render.docx_styles import dress
from kb.decide.render.docx_zip import settled
from kb.decide.render.flow import Flow, flow, printable
from kb.decide.render.marks import PLAIN, Marks
from kb.decide.render.pdf import pages
from kb.decide.template import Template
from kb.errors import PackError


def docx(pack: Pack, template: Template, marks: Marks = PLAIN) -> bytes:
    """The pack as DOCX: styles, grid, page numbers, links between quotations and sources."""
    laid = flow(pack, template, marks)
    document = Document()
    dress(document, template)
    measure(document.sections[0])
    grid(document.sections[0], template)
    writer = Writer(document, template, laid)
    if template.cover:
        _cover(writer, laid)
    if template.contents:
        _contents(writer, laid, template, _numbers(pack, template, marks))
    if template.cover or template.contents:
        section = document.add_section()
        measure(section)
        grid(section, template)
        foot(document, section, restart=True)
    else:
        foot(document, document.sections[0], restart=False)
        _head(writer, laid)
    for element in laid.elements:
        writer.element(element)
    writer.close()
    if not template.cover:
        _notes(writer, laid)
    if laid.watermark:
        for section in document.sections:
            watermark(section, laid.watermark)
    marks_stay(document)
    _describe(document, pack, laid)
    raw = BytesIO()
    document.save(raw)
    return settled(raw.getvalue())


def _cover(writer: Writer, laid: Flow) -> None:
    # Space by paragraph spacing, not by empty lines: an edited title must not push the rest.
    for place, line in enumerate(laid.title):
        style = "枢纽副题" if line.startswith("（") else "Title"
        added = writer.plain(line, style)
        if place == 0:
            added.paragraph_format.space_before = writer.points(150)
    if laid.subtitle:
        writer.plain(laid.subtitle, "枢纽副题")
    for place, (name, value) in enumerate(laid.facts):
        added = writer.fact(name, value)
        if place == 0:
            added.paragraph_format.space_before = writer.points(150)
    for place, text in enumerate(t for t in (laid.notice, laid.unsafe) if t):
        added = writer.plain(text, "枢纽附注")
        if place == 0:
            added.paragraph_format.space_before = writer.points(90)


def _numbers(pack: Pack, template: Template, marks: Marks) -> list[int]:
    """Page numbers for the contents, as the PDF has them: what is shown until Word or LibreOffice
    has worked out its own. None where no PDF can be made here."""
    try:
        return pages(pack, template, marks)
    except PackError:
        return []


def _contents(writer: Writer, laid: Flow, template: Template, numbers: Sequence[int]) -> None:
    writer.plain(template.labels.get("contents", "目录"), "枢纽目录题", page_break=template.cover)
    listed = [
        e for e in laid.elements if e["is"] == "annex" or (e["is"] == "heading" and e["level"] == 1)
    ]
    for place, element in enumerate(listed):
        writer.contents_line(element, str(numbers[place]) if place < len(numbers) else "")


def _head(writer: Writer, laid: Flow) -> None:
    for line in laid.title:
        writer.plain(line, "枢纽副题" if line.startswith("（") else "Title")
    for place, line in enumerate(laid.head):
        added = writer.plain(line, "枢纽题注")
        if place < len(laid.head) - 1:
            added.paragraph_format.space_after = writer.points(0)
        if place:
            added.paragraph_format.space_before = writer.points(0)


def _notes(writer: Writer, laid: Flow) -> None:
    for text in (laid.notice, laid.unsafe):
        if text:
            # On the cover they stand in the middle; here below the list of sources, at its edge.
            writer.plain(text, "枢纽附注").alignment = WD_ALIGN_PARAGRAPH.LEFT


def _describe(document: Any, pack: Pack, laid: Flow) -> None:
    core = document.core_properties
    moment = pack.made.replace(tzinfo=None, microsecond=0)
    core.title = "".join(laid.title)[:250]
    core.author = core.last_modified_by = printable(pack.maker)[:100]
    core.comments = ""
    core.created = core.modified = moment
    core.language = "zh-CN"
    core.revision = 1
