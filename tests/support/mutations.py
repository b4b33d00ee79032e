"""Office files broken on purpose, by a seed: bytes flipped, cut, doubled, members swapped."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from PIL import Image
from support.office_files import docx_from_markdown, ofd_from_markdown, pdf_from_markdown

TEXT = """# 某局用印办法

（2024年2月1日某局办公会议通过）

第一条　为规范用印，根据《某市档案管理办法》第三条，制定本办法。

第二条　下列事项须经批准：

（一）对外出具证明；

（二）签订合同：

1. 一万元以上的；

2. 涉外的。

| 事项 | 批准人 |
|---|---|
| 证明 | 主任 |
| 合同 | 局长 |

第三条　本办法自2024年3月1日起施行。
"""
INTERESTING = (b"\x00", b"\xff", b"<", b">", b"&", b'"', b"\x7f\xff\xff\xff", b"-1", b"9" * 12)


def seeds(folder: Path) -> dict[str, bytes]:
    """One small sound file of each format that is no plain text."""
    made: dict[str, bytes] = {}
    makers: dict[str, Callable[[str, Path], None]] = {
        "docx": docx_from_markdown, "pdf": pdf_from_markdown, "ofd": ofd_from_markdown,
    }  # fmt: skip
    for ending, make in makers.items():
        path = folder / f"a.{ending}"
        make(TEXT, path)
        made[path.name] = path.read_bytes()
    made["a.xlsx"] = _xlsx()
    made["a.pptx"] = _pptx()
    made["a.eml"] = (
        b"From: a@example.org\r\nSubject: =?utf-8?b?6YCa55+l?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; '
        b"charset=utf-8\r\n\r\n" + TEXT.encode() + b"\r\n--x\r\nContent-Type: application/octet-"
        b'stream\r\nContent-Disposition: attachment; filename="b.md"\r\n\r\n# b\r\n--x--\r\n'
    )
    made["b.eml"] = _mail(made["a.docx"], made["a.xlsx"])
    made["a.png"] = _png()
    made["b.ofd"] = _drawn()
    made["a.html"] = f"<html><body><h1>办法</h1><p>{TEXT}</p></body></html>".encode()
    made["a.md"] = TEXT.encode()
    made["a.txt"] = TEXT.encode("gb18030")
    return made


def _mail(*attached: bytes) -> bytes:
    message = EmailMessage()
    message["Subject"] = "转发：用印办法"
    message.set_content("见附件。", charset="gb18030")
    for number, data in enumerate(attached):
        name = f"附件{number}.docx"
        message.add_attachment(data, maintype="application", subtype="x", filename=name)
    return bytes(message)


def _png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(stream, "PNG")
    return stream.getvalue()


def _drawn() -> bytes:
    """An OFD whose page is a picture, outlines and glyphs of a font that is none."""
    ofd = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    parts = {
        "OFD.xml": f"<ofd:OFD {ofd}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "D/Document.xml": f"<ofd:Document {ofd}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>"
        "0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>R.xml</ofd:PublicRes>"
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>',
        "D/R.xml": f'<ofd:Res {ofd}><ofd:Fonts><ofd:Font ID="1"><ofd:FontFile>f.ttf</ofd:FontFile>'
        '</ofd:Font></ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID="2"><ofd:MediaFile>a.png'
        "</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
        "D/P.xml": f"<ofd:Page {ofd}><ofd:Content><ofd:Layer><ofd:ImageObject "
        'Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="2"/><ofd:PathObject '
        'Boundary="20 20 99 99" Fill="true" CTM="1 0 0 1 0 0" LineWidth="0.3">'
        '<ofd:FillColor Value="0 0 0"/><ofd:AbbreviatedData>'
        "M 0 0 L 9 9 Q 1 2 3 4 B 1 2 3 4 5 6 A 1 1 0 0 1 7 7 C</ofd:AbbreviatedData>"
        '</ofd:PathObject><ofd:TextObject Boundary="20 40 99 9" Font="1" Size="5"><ofd:CGTransform '
        'CodePosition="0" CodeCount="2" GlyphCount="2"><ofd:Glyphs>5 6</ofd:Glyphs>'
        '</ofd:CGTransform><ofd:TextCode X="0" Y="4" DeltaX="g 1 5">\ue000\ue001</ofd:TextCode>'
        "</ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>",
    }
    members = {name: xml.encode() for name, xml in parts.items()}
    return zipped(members | {"D/f.ttf": b"\x00\x01\x00\x00" + bytes(60), "D/a.png": _png()})


def _xlsx() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["事项", "批准人"])
    book.active.append(["证明", "主任"])
    book.active.merge_cells("A3:B4")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _pptx() -> bytes:
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{p}" xmlns:r="{r}"><p:sldIdLst>'
        '<p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{rels}"><Relationship '
        f'Id="rId1" Type="{r}/slide" Target="slides/slide1.xml"/></Relationships>',
        "ppt/slides/slide1.xml": f'<p:sld xmlns:p="{p}" xmlns:a="{a}"><p:cSld><p:spTree><p:sp>'
        "<p:txBody><a:p><a:r><a:t>用印须经批准</a:t></a:r></a:p></p:txBody></p:sp></p:spTree>"
        "</p:cSld></p:sld>",
    }
    return zipped({name: xml.encode() for name, xml in parts.items()})


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A broken copy; of a zip more often one member than the container."""
    if data.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(sorted(members))
        kind = chance.random()
        if kind < 0.1:
            del members[name]
        elif kind < 0.2:
            members[name] = members[chance.choice(sorted(members))]
        else:
            members[name] = _broken(members[name], chance)
        return zipped(members)
    return _broken(data, chance)


def _broken(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if not found:
            break
        at = chance.randrange(len(found))
        to = min(len(found), at + chance.choice((1, 4, 40, 400)))
        kind = chance.randrange(6)
        if kind == 0:
            found[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del found[at:to]
        elif kind == 2:
            found[at:at] = found[at:to] * chance.choice((1, 3, 50))
        elif kind == 3:
            found[at : at + 1] = chance.choice(INTERESTING)
        elif kind == 4:
            begin = chance.randrange(len(found))
            found[at:to] = found[begin : begin + to - at]
        else:
            del found[at:]
    return bytes(found)
