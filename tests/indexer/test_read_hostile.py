"""Files made to harm: entities, paths that climb out, macros, endless pages."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage
from functools import partialmethod
from pathlib import Path

import pytest
from support.mutations import TEXT, seeds
from support.ofd_drawn import package
from support.office_files import docx_from_markdown

from indexer.readers import eml, ocr, ofd_draw, ofd_package, pdf, pptx, read_bytes
from indexer.readers.limits import Archive
from indexer.readers.ofd_draw import picture_of
from kb.errors import ReadError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def changed(data: bytes, replaced: dict[str, bytes]) -> bytes:
    """A zip with some members replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, content in replaced.items():
            new.writestr(name, content)
    return stream.getvalue()


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    bomb = changed(seeds(tmp_path)["a.xlsx"], {"xl/worksheets/sheet1.xml": laughs})
    with pytest.raises(ReadError, match="文档类型声明"):
        read_bytes(bomb, "a.xlsx")


def test_an_outside_file_is_not_read_by_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("不应读到", encoding="utf-8")
    document = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>正文&a;</w:t></w:r></w:p></w:body>'
        "</w:document>"
    ).encode()
    made = changed(seeds(tmp_path)["a.docx"], {"word/document.xml": document})
    text = "".join(block.text for block in read_bytes(made, "a.docx").blocks)
    assert text == "正文"


@pytest.mark.parametrize("climb", ["../../../../secret.txt", "/secret.txt", "..\\..\\secret.txt"])
def test_a_path_that_climbs_out_stays_in_the_archive(
    climb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.txt").write_text("不应读到", encoding="utf-8")
    work = tmp_path / "a" / "b"
    work.mkdir(parents=True)
    files = seeds(work)
    before = sorted(path for path in tmp_path.rglob("*"))
    monkeypatch.chdir(work)
    docx = changed(files["a.docx"], {climb: b"x", f"word/{climb}": b"x"})
    assert "用印" in "".join(block.text for block in read_bytes(docx, "a.docx").blocks)
    ofd = files["a.ofd"]
    with zipfile.ZipFile(io.BytesIO(ofd)) as archive:
        root = archive.read("OFD.xml").replace(b"Doc_0/Document.xml", climb.encode())
    with pytest.raises(ReadError):
        read_bytes(changed(ofd, {"OFD.xml": root}), "a.ofd")
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_macros_are_ignored(tmp_path: Path) -> None:
    plain = tmp_path / "a.docx"
    docx_from_markdown(TEXT, plain)
    macros = changed(plain.read_bytes(), {"word/vbaProject.bin": b'Shell("x")' * 99})
    assert read_bytes(macros, "a.docm").blocks == read_bytes(plain.read_bytes(), "a.docx").blocks


def test_endless_pages_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 0)
    with pytest.raises(ReadError, match="页数过多"):
        read_bytes(seeds(tmp_path)["a.pdf"], "a.pdf")


def test_endless_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 20)
    with pytest.raises(ReadError, match="文字过多"):
        read_bytes(seeds(tmp_path)["a.pdf"], "a.pdf")


SMALL = {
    "a.docx": "word/document.xml", "a.xlsx": "xl/workbook.xml", "a.pptx": "ppt/presentation.xml",
    "a.ofd": "OFD.xml",
}  # fmt: skip
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><x>&d;</x>'
)


@pytest.mark.parametrize(("name", "member"), SMALL.items())
def test_zip_bombs_and_entities_in_every_office_format(
    name: str, member: str, tmp_path: Path
) -> None:
    sound = seeds(tmp_path)[name]
    with pytest.raises(ReadError, match="压缩比异常"):
        read_bytes(changed(sound, {member: b" " * 40_000_000}), name)
    with pytest.raises(ReadError) as raised:
        read_bytes(changed(sound, {member: LAUGHS}), name)
    assert "haha" not in str(raised.value)


@pytest.mark.parametrize(("name", "member"), SMALL.items())
def test_deep_xml_in_every_office_format(name: str, member: str, tmp_path: Path) -> None:
    deep = b"<x>" * 5000 + b"</x>" * 5000
    with pytest.raises(ReadError):
        read_bytes(changed(seeds(tmp_path)[name], {member: deep}), name)


def test_an_attachment_that_is_a_bomb_costs_only_itself(tmp_path: Path) -> None:
    bomb = changed(seeds(tmp_path)["a.docx"], {"word/document.xml": b" " * 40_000_000})
    message = EmailMessage()
    message["Subject"] = "通知"
    message.set_content("见附件。")
    message.add_attachment(bomb, maintype="application", subtype="x", filename="a.docx")
    message.add_attachment(b"<x>", maintype="application", subtype="x", filename="../../b.docx")
    reading = read_bytes(bytes(message), "a.eml")
    assert [block.text for block in reading.blocks] == ["通知", "见附件。"]
    assert "压缩比异常" in reading.notes[0]
    assert reading.notes[1].startswith("附件“b.docx”未读取")


def test_attachments_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eml, "MOST_ATTACHMENTS", 2)
    monkeypatch.setattr(eml._Mail, "__init__", partialmethod(eml._Mail.__init__, left=2))
    message = EmailMessage()
    message.set_content("正文。")
    for number in range(5):
        message.add_attachment("文".encode(), maintype="text", subtype="x", filename=f"{number}.md")
    reading = read_bytes(bytes(message), "a.eml")
    assert [b.text for b in reading.blocks if b.kind == "heading"] == ["附件　0.md", "附件　1.md"]
    assert reading.notes == ("附件超过 2 个，其余未读取",)


def test_endless_pages_of_ofd_and_slides_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = seeds(tmp_path)
    monkeypatch.setattr(ofd_package, "MAX_PAGES", 0)
    monkeypatch.setattr(pptx, "MAX_PAGES", 0)
    for name in ("a.ofd", "a.pptx"):
        with pytest.raises(ReadError, match="页数过多"):
            read_bytes(files[name], name)


def test_a_page_of_any_stated_size_is_drawn_within_bounds(tmp_path: Path) -> None:
    huge = changed(
        seeds(tmp_path)["b.ofd"],
        {
            "D/Document.xml": (
                b'<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:PhysicalBox>'
                b'0 0 900000 900000</ofd:PhysicalBox><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/>'
                b"</ofd:Pages></ofd:Document>"
            )
        },
    )
    (document,) = ofd_package.documents(Archive(huge, "b.ofd"), "b.ofd")
    assert picture_of(document, document.page(0), []).size <= 3 * ocr.MAX_PIXELS * 1.01


def test_drawings_without_end_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ofd_draw, "MOST_OBJECTS", 5)
    path = (
        '<ofd:PathObject Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 9</ofd:AbbreviatedData>'
        "</ofd:PathObject>"
    )
    # A drawing that uses itself nine times, to any depth.
    within = '<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="7"/>'
    unit = f'<ofd:CompositeGraphicUnit ID="7"><ofd:Content>{within * 9}</ofd:Content>'
    resources = f"<ofd:CompositeGraphicUnits>{unit}</ofd:CompositeGraphicUnit>"
    data = package([path * 9 + within], f"{resources}</ofd:CompositeGraphicUnits>")
    (document,) = ofd_package.documents(Archive(data, "a.ofd"), "a.ofd")
    notes: list[str] = []
    picture_of(document, document.page(0), notes)
    assert notes == ["第1页图形过多，没有全部识别"]


def test_a_picture_that_states_a_huge_size_is_refused() -> None:
    data = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    for chunk in (b"IHDR" + header, b"IDAT" + zlib.compress(b"\x00" * 99)):
        data += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(ReadError) as raised:
        read_bytes(data, "a.png")
    assert raised.value.why.startswith(("图片过大", "这是图片"))
