"""A line on every page of a finished file: whose copy it is.

Added to the finished bytes, so that a pack stays the same for everybody and only its copies
differ. The text is data in all three formats.
"""

from __future__ import annotations

import html as markup
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from kb.decide.render.docx_page import face
from kb.decide.render.docx_zip import settled
from kb.decide.render.fonts import FANGSONG, stand_ins
from kb.errors import PackError

MAIN = Path(__file__).with_name("stamp.typ")


def stamped(data: bytes, form: str, text: str) -> bytes:
    """The file with ``text`` on each page.

    Raises:
        PackError: an unknown format, or a file that is not of it.
    """
    if form not in STAMPS:
        raise PackError(f"不能在 {form} 上加水印")
    return STAMPS[form](data, text)


def _html(data: bytes, text: str) -> bytes:
    line = f'<div style="{STYLE}">{markup.escape(text)}</div>'
    page = data.decode("utf-8")
    if "</body>" not in page:
        raise PackError("网页文件不完整，无法加水印", hint="请重新生成")
    head, tail = page.rsplit("</body>", 1)
    return f"{head}{line}</body>{tail}".encode()


STYLE = (
    "position:fixed;left:0;right:0;top:0;padding:.2em 1em;text-align:right;font-size:12px;"
    "color:#767b82;background:rgba(255,255,255,.85);pointer-events:none;z-index:9"
)


def _docx(data: bytes, text: str) -> bytes:
    document = Document(BytesIO(data))
    for section in document.sections:
        headers = [section.header, section.even_page_header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        for header in headers:
            header.is_linked_to_previous = False
            paragraph = header.paragraphs[0]
            for run in list(paragraph.runs):
                if run._r.find(qn("w:pict")) is None:  # the watermark stays
                    run._r.getparent().remove(run._r)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.first_line_indent = Pt(0)
            run = paragraph.add_run(text)
            run.font.size = Pt(9)
            run.font.color.rgb = RGBColor(0x76, 0x7B, 0x82)
            face(run, FANGSONG)
    raw = BytesIO()
    document.save(raw)
    return settled(raw.getvalue())


def _pdf(data: bytes, text: str) -> bytes:
    """Typst sets the line once as a page of its own; pdfium lays it on each page."""
    import pypdfium2  # type: ignore[import-untyped] # no types are published
    import typst

    try:
        over = typst.compile(
            MAIN, format="pdf", sys_inputs={"text": text, "font": stand_ins()[FANGSONG]}
        )
    except typst.TypstError as error:
        raise PackError(f"水印排版失败：{error.message}", hint="请改用 DOCX") from error
    paper = pypdfium2.PdfDocument(data)
    stamp = pypdfium2.PdfDocument(bytes(over))
    try:
        line = stamp.page_as_xobject(0, paper)
        for number in range(len(paper)):
            page = paper[number]
            page.insert_obj(line.as_pageobject())
            page.gen_content()
            page.close()
        line.close()
        raw = BytesIO()
        paper.save(raw)
        return raw.getvalue()
    finally:
        stamp.close()
        paper.close()


STAMPS = {"html": _html, "docx": _docx, "pdf": _pdf}
