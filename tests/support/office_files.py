"""Office files made from one small Markdown text: DOCX, PDF, OFD, HTML.

The Markdown is a regulation or a note: ``# title``, ``## 第一章　总则`` and other headings,
``第一条　…``, paragraphs, ``（一）…``, ``1. …`` and pipe tables, each set off by a blank line or on
a line of its own. Used by the tests and by the script that makes the binary files of ``corpus/``.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import typst
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

DIGITS = "零一二三四五六七八九"
LABEL = re.compile(r"第([一二三四五六七八九十百]+)(编|章|节|条)[\s　]+")
ITEM = re.compile(r"（([一二三四五六七八九十]+)）")
POINT = re.compile(r"(\d+)[.．]\s*")
FIXED_DATE = (2024, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Piece:
    """One line of the Markdown: ``kind`` is title, heading, paragraph or table."""

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def pieces(text: str) -> list[Piece]:
    """The lines of a small Markdown text, front matter left out."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return list(_pieces(text.splitlines()))


def _pieces(lines: list[str]) -> Iterator[Piece]:
    rows: list[tuple[str, ...]] = []
    for line in [*(line.strip() for line in lines), ""]:
        if line.startswith("|"):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                rows.append(cells)
            continue
        if rows:
            yield Piece("table", rows=tuple(rows))
            rows = []
        if heading := re.match(r"(#+)\s*(.+)", line):
            level = len(heading[1])
            yield Piece("title" if level == 1 else "heading", heading[2], level)
        elif line and not line.startswith("<!--"):
            yield Piece("paragraph", re.sub(r"\*\*(.+?)\*\*", r"\1", line))


# ── DOCX ────────────────────────────────────────────────────────────────────────────────────────


class _Numbering:
    """Word's automatic numbering: chapters and articles run on, items and points restart."""

    FORMATS: ClassVar = {
        "章": ("第%1章", "chineseCountingThousand"),
        "节": ("第%1节", "chineseCountingThousand"),
        "条": ("第%1条", "chineseCountingThousand"),
        "项": ("（%1）", "chineseCounting"),
        "目": ("%1.", "decimal"),
    }

    def __init__(self, document: Any, automatic: str) -> None:
        self.automatic = automatic
        self.root = document.part.numbering_part.element
        for old in list(self.root):
            self.root.remove(old)
        self.abstract = {name: number for number, name in enumerate(self.FORMATS, start=1)}
        for name, (shown, number_format) in self.FORMATS.items():
            self.root.append(
                parse_xml(
                    f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{self.abstract[name]}">'
                    '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                    f'<w:numFmt w:val="{number_format}"/><w:suff w:val="space"/>'
                    f'<w:lvlText w:val="{shown}"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
                )
            )
        self.count = 0
        self.running: dict[str, int] = {}
        self.next: dict[str, int] = {}

    def apply(self, paragraph: Any, name: str, value: int) -> bool:
        """Number ``paragraph`` automatically; False where the list cannot give this value."""
        if name not in self.automatic:
            return False
        if name in ("项", "目", "节") and value == 1:
            self.running[name] = self._num(name, restart=True)
            self.next[name] = 1
        elif name not in self.running:
            self.running[name] = self._num(name, restart=False)
            self.next[name] = 1
        if self.next[name] != value:
            return False
        self.next[name] += 1
        properties = paragraph._p.get_or_add_pPr()
        num = OxmlElement("w:numPr")
        for tag, number in (("w:ilvl", 0), ("w:numId", self.running[name])):
            element = OxmlElement(tag)
            element.set(qn("w:val"), str(number))
            num.append(element)
        properties.append(num)
        return True

    def _num(self, name: str, *, restart: bool) -> int:
        self.count += 1
        override = (
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
            if restart
            else ""
        )
        self.root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{self.count}">'
                f'<w:abstractNumId w:val="{self.abstract[name]}"/>{override}</w:num>'
            )
        )
        return self.count


def docx_from_markdown(text: str, path: Path, *, automatic: str = "章节条项目") -> None:
    """Write a DOCX whose 章, 节, 条, （一） and 1. are automatic: their numbers are in no text."""
    document = Document()
    numbering = _Numbering(document, automatic)
    for piece in pieces(text):
        if piece.kind == "table":
            table = document.add_table(len(piece.rows), max(map(len, piece.rows)), "Table Grid")
            for r, row in enumerate(piece.rows):
                for c, cell in enumerate(row):
                    table.cell(r, c).text = cell
            continue
        paragraph = document.add_paragraph()
        body = _numbered_body(numbering, paragraph, piece.text)
        run = paragraph.add_run(body)
        if piece.kind == "title":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run.bold = True
        elif piece.kind == "heading":
            paragraph.style = document.styles[f"Heading {min(piece.level - 1, 9)}"]
        elif re.fullmatch(r"[（(].*[)）]", piece.text):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.sections[0].header.paragraphs[0].text = "云澜市公共事务管理局"
    document.save(str(path))
    _fix_times(path)


def _numbered_body(numbering: _Numbering, paragraph: Any, text: str) -> str:
    if label := LABEL.match(text):
        name, value = label[2], _number(label[1])
    elif label := ITEM.match(text):
        name, value = "项", _number(label[1])
    elif label := POINT.match(text):
        name, value = "目", int(label[1])
    else:
        return text
    if name not in numbering.FORMATS or not numbering.apply(paragraph, name, value):
        return text
    return text[label.end() :]


def _number(chinese: str) -> int:
    total, digit = 0, 0
    for char in chinese:
        if char in "十百":
            total += (digit or 1) * {"十": 10, "百": 100}[char]
            digit = 0
        else:
            digit = DIGITS.index(char)
    return total + digit


def _fix_times(path: Path) -> None:
    """Rewrite the zip with one fixed time, so that the same text gives the same bytes."""
    with zipfile.ZipFile(path) as old:
        parts = [(name, old.read(name)) for name in old.namelist()]
    _write_zip(path, parts)


def _write_zip(path: Path, parts: list[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts:
            info = zipfile.ZipInfo(name, FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)


# ── PDF ─────────────────────────────────────────────────────────────────────────────────────────

PREAMBLE = """
#set document(title: "{title}", date: datetime(year: 2024, month: 1, day: 1))
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm),
  header: align(center, text(size: 9pt)[云澜市公共事务管理局制度汇编]),
  footer: context align(center, text(size: 14pt)[— #counter(page).display() —]))
#set text(font: ("FandolFang R", "Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC"),
  size: 16pt, lang: "zh", region: "cn")
#set par(first-line-indent: (amount: 2em, all: true), justify: true, leading: 0.8em,
  spacing: 0.8em)
#let centre(body, size) = align(center, block(text(size: size, weight: "bold", body)))
"""


def pdf_from_markdown(text: str, path: Path) -> None:
    """Write an A4 PDF with a running head and page numbers, through typst."""
    title = next((p.text for p in pieces(text) if p.kind == "title"), "")
    parts = [PREAMBLE.replace("{title}", title.replace('"', ""))]
    for piece in pieces(text):
        if piece.kind == "table":
            cells = ", ".join(f"[{_typst(cell)}]" for row in piece.rows for cell in row)
            columns = max(map(len, piece.rows))
            parts.append(f"#table(columns: {columns}, {cells})")
        elif piece.kind == "title":
            parts.append(f"#centre([{_typst(piece.text)}], 22pt)")
        elif piece.kind == "heading":
            parts.append(f"#centre([{_typst(piece.text)}], 16pt)")
        elif re.fullmatch(r"[（(].*[)）]", piece.text):
            parts.append(f"#align(center)[{_typst(piece.text)}]")
        else:
            parts.append(_typst(piece.text))
    path.write_bytes(typst.compile("\n\n".join(parts).encode("utf-8")))


def _typst(text: str) -> str:
    return re.sub(r"([\\#*_`$<>@\[\]~=+\-./])", r"\\\1", text)


# ── OFD ─────────────────────────────────────────────────────────────────────────────────────────

OFD_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
MM_A_CHARACTER = 5.6
COLUMNS, LINES = 27, 22
LEFT, TOP, PITCH = 28.0, 42.0, 10.2


def ofd_from_markdown(text: str, path: Path) -> None:
    """Write an OFD (GB/T 33190): one TextObject a line, the first of a paragraph indented."""
    lines = [line for piece in pieces(text) for line in _ofd_lines(piece)]
    pages = [lines[start : start + LINES] for start in range(0, len(lines), LINES)] or [[]]
    refs = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages))
    )
    parts = {
        "OFD.xml": f'<ofd:OFD {OFD_NS} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo>'
        "<ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD_NS}><ofd:CommonData><ofd:MaxUnitID>9999"
        "</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        "</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
        f"<ofd:Pages>{refs}</ofd:Pages></ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {OFD_NS} BaseLoc="Res"><ofd:Fonts>'
        '<ofd:Font ID="1" FontName="宋体" FamilyName="宋体"/></ofd:Fonts></ofd:Res>',
    }
    for number, page in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _ofd_page(page, number)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    _write_zip(path, [(name, (head + xml).encode("utf-8")) for name, xml in parts.items()])


def _ofd_lines(piece: Piece) -> Iterator[tuple[float, str]]:
    """(x in mm, text) of each line of a piece."""
    if piece.kind == "table":
        for row in piece.rows:
            yield LEFT, "　".join(row)
        return
    centred = piece.kind != "paragraph" or bool(re.fullmatch(r"[（(].*[)）]", piece.text))
    if centred:
        for start in range(0, len(piece.text), COLUMNS - 4):
            line = piece.text[start : start + COLUMNS - 4]
            yield LEFT + (COLUMNS - len(line)) / 2 * MM_A_CHARACTER, line
        return
    yield LEFT + 2 * MM_A_CHARACTER, piece.text[: COLUMNS - 2]
    for start in range(COLUMNS - 2, len(piece.text), COLUMNS):
        yield LEFT, piece.text[start : start + COLUMNS]


def _ofd_page(lines: list[tuple[float, str]], number: int) -> str:
    objects: list[str] = []
    foot = (LEFT + 10 * MM_A_CHARACTER, 275.0, f"— {number + 1} —")
    placed = [(x, TOP + n * PITCH, line) for n, (x, line) in enumerate(lines)]
    for ident, (x, y, line) in enumerate([*placed, foot], start=100):
        delta = f"g {len(line) - 1} {MM_A_CHARACTER}" if len(line) > 1 else ""
        objects.append(
            f'<ofd:TextObject ID="{ident}" Boundary="{x:.2f} {y:.2f} '
            f'{len(line) * MM_A_CHARACTER:.2f} {MM_A_CHARACTER}" Font="1" Size="{MM_A_CHARACTER}">'
            f'<ofd:TextCode X="0" Y="{MM_A_CHARACTER - 0.6:.1f}" DeltaX="{delta}">'
            f"{html.escape(line, quote=False)}</ofd:TextCode></ofd:TextObject>"
        )
    return (
        f'<ofd:Page {OFD_NS}><ofd:Content><ofd:Layer ID="50" Type="Body">'
        f"{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"
    )


# ── HTML ────────────────────────────────────────────────────────────────────────────────────────


def html_from_markdown(text: str, path: Path, *, encoding: str = "utf-8") -> None:
    """Write a web page with navigation and footer around the text, as sites have them."""
    body: list[str] = []
    for piece in pieces(text):
        if piece.kind == "table":
            rows = "".join(
                "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
                for row in piece.rows
            )
            body.append(f"<table>{rows}</table>")
        elif piece.kind in ("title", "heading"):
            body.append(f"<h{piece.level}>{html.escape(piece.text)}</h{piece.level}>")
        else:
            body.append(f"<p>{html.escape(piece.text)}</p>")
    title = next((p.text for p in pieces(text) if p.kind == "title"), "")
    page = (
        f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="{encoding}">'
        f"<title>{html.escape(title)}</title><style>p {{ text-indent: 2em }}</style></head><body>"
        f"<nav><a href='#'>首页</a></nav><article>{''.join(body)}</article>"
        f"<footer>版权所有</footer><script>var x = 1;</script></body></html>\n"
    )
    path.write_bytes(page.encode(encoding))
