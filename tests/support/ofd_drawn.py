"""OFDs that show text and give none: glyphs by number, outlines of letters, the picture of a page.

Made from what typst embeds in a PDF: a font cut down to the glyphs used, without a map from
characters, and the glyphs' numbers in the order of the text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

import pypdf
import typst
from PIL import Image
from support.mutations import zipped
from support.office_files import OFD_NS

SIZE = 6.0
"""Of the letters, in millimetres."""
LEFT, TOP, PITCH = 25.0, 40.0, 12.0


def package(
    pages: Sequence[str], resources: str = "", files: dict[str, bytes] | None = None
) -> bytes:
    """An OFD of A4 pages with these objects."""
    refs = "".join(f'<ofd:Page ID="{n}" BaseLoc="P{n}.xml"/>' for n in range(len(pages)))
    parts = {
        "OFD.xml": f"<ofd:OFD {OFD_NS}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "D/Document.xml": f"<ofd:Document {OFD_NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>"
        "0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>R.xml</ofd:PublicRes>"
        f"</ofd:CommonData><ofd:Pages>{refs}</ofd:Pages></ofd:Document>",
        "D/R.xml": f'<ofd:Res {OFD_NS} BaseLoc="Res">{resources}</ofd:Res>',
    }
    for n, objects in enumerate(pages):
        parts[f"D/P{n}.xml"] = (
            f'<ofd:Page {OFD_NS}><ofd:Content><ofd:Layer ID="9">{objects}</ofd:Layer>'
            "</ofd:Content></ofd:Page>"
        )
    members = {name: xml.encode() for name, xml in parts.items()}
    return zipped(members | {f"D/Res/{name}": data for name, data in (files or {}).items()})


def glyphs_of(lines: Sequence[str]) -> tuple[bytes, list[list[int]]]:
    """A font that has the letters of these lines and no more, and the numbers of their glyphs."""
    words = "\n\n".join("".join(f"\\u{{{ord(c):x}}}" for c in line) for line in lines)
    made = typst.compile(
        f'#set page(width: 60cm)\n#set text(font: "LXGW WenKai")\n{words}'.encode()
    )
    page = pypdf.PdfReader(io.BytesIO(made)).pages[0]
    (font,) = page["/Resources"]["/Font"].values()
    described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
    data = described.get_object()["/FontFile2"].get_object().get_data()
    numbers: list[list[int]] = []
    for operands, operator in pypdf.generic.ContentStream(page["/Contents"], None).operations:
        if operator in (b"Tj", b"TJ"):
            parts = operands[0] if operator == b"TJ" else operands
            codes = b"".join(p.original_bytes for p in parts if hasattr(p, "original_bytes"))
            numbers.append([int.from_bytes(codes[i : i + 2]) for i in range(0, len(codes), 2)])
    return data, numbers


def ofd_of_glyphs(lines: Sequence[str]) -> bytes:
    """Text objects whose codes are blanks or private characters; glyph numbers carry the text."""
    font, numbers = glyphs_of(lines)
    objects = ""
    for row, (line, glyphs) in enumerate(zip(lines, numbers, strict=True)):
        objects += (
            f'<ofd:TextObject ID="{row + 10}" Boundary="{LEFT} {TOP + row * PITCH} 160 {SIZE}" '
            f'Font="1" Size="{SIZE}"><ofd:CGTransform CodePosition="0" CodeCount="{len(line)}" '
            f'GlyphCount="{len(line)}"><ofd:Glyphs>{" ".join(map(str, glyphs))}</ofd:Glyphs>'
            f'</ofd:CGTransform><ofd:TextCode X="0" Y="{SIZE * 0.9}" '
            f'DeltaX="{" ".join(_advances(line))}">{chr(0xE000 + row) * len(line)}</ofd:TextCode>'
            "</ofd:TextObject>"
        )
    fonts = '<ofd:Fonts><ofd:Font ID="1" FontName="X"><ofd:FontFile>f.ttf</ofd:FontFile></ofd:Font>'
    return package([objects], f"{fonts}</ofd:Fonts>", {"f.ttf": font})


def _advances(line: str) -> Iterator[str]:
    for char in line[:-1]:
        yield str(SIZE if char > "\x7f" else SIZE / 2)


def ofd_of_outlines(lines: Sequence[str]) -> bytes:
    """Every letter a path, from the drawing that typst makes of the text."""
    words = "\n\n".join("".join(f"\\u{{{ord(c):x}}}" for c in line) for line in lines)
    setting = '#set page(width: 60cm)\n#set text(font: "LXGW WenKai", size: 17pt)\n'
    made = typst.compile(f"{setting}{words}".encode(), format="svg")
    drawing = (made if isinstance(made, bytes) else made[0]).decode()
    letters = {
        found[1]: " ".join(_absolute(found[2]))
        for found in re.finditer(r'<symbol id="(\w+)"[^>]*><path d="([^"]*)"', drawing)
    }
    scale = SIZE / 17
    objects = ""
    for row, group in enumerate(re.findall(r"<g transform=.*?</g>", drawing)):
        for ident, x in re.findall(r'href="#(\w+)" x="([\d.]+)"', group):
            objects += (
                f'<ofd:PathObject ID="9" Fill="true" Stroke="false" Boundary="{LEFT} '
                f'{TOP + row * PITCH} {SIZE} {SIZE}" CTM="{scale} 0 0 {-scale} '
                f'{float(x) * scale} {SIZE * 0.9}">'
                f"<ofd:AbbreviatedData>{letters[ident]}</ofd:AbbreviatedData></ofd:PathObject>"
            )
    return package([objects])


def _absolute(path: str) -> Iterator[str]:
    """The steps of an SVG path, which are relative, as those of an OFD, which are not."""
    x = y = 0.0
    for command, numbers in re.findall(r"([MmlqhvZ])([^MmlqhvZ]*)", path):
        at = [float(n) for n in numbers.split()]
        if command == "Z":
            yield "C"
            continue
        if command in "hv":
            at = [at[0], 0.0] if command == "h" else [0.0, at[0]]
        moved = [n + (y if i % 2 else x) for i, n in enumerate(at)]
        x, y = moved[-2:]
        name = {"M": "M", "m": "M", "q": "Q"}.get(command, "L")
        yield f"{name} {' '.join(f'{n:.4f}' for n in moved)}"


def ofd_of_scan(pages: Sequence[Image.Image]) -> bytes:
    """Each page a picture that fills it."""
    media = objects = ""
    bodies: list[str] = []
    files: dict[str, bytes] = {}
    for n, page in enumerate(pages):
        stream = io.BytesIO()
        page.save(stream, "JPEG", quality=85)
        files[f"{n}.jpg"] = stream.getvalue()
        media += (
            f'<ofd:MultiMedia ID="{n + 50}" Type="Image"><ofd:MediaFile>{n}.jpg</ofd:MediaFile>'
            "</ofd:MultiMedia>"
        )
        objects = (
            f'<ofd:ImageObject ID="{n + 90}" Boundary="0 0 210 297" CTM="210 0 0 297 0 0" '
            f'ResourceID="{n + 50}"/>'
        )
        bodies.append(objects)
    return package(bodies, f"<ofd:MultiMedias>{media}</ofd:MultiMedias>", files)
