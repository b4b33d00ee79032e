"""Pages of an OFD that show text and give none are found, drawn and read by OCR."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from support.ofd_drawn import ofd_of_glyphs, ofd_of_outlines, ofd_of_scan, package
from support.office_files import ofd_from_markdown, pdf_from_markdown

from indexer.readers import ocr, read_bytes
from indexer.readers.limits import Archive
from indexer.readers.ofd_draw import picture_of
from indexer.readers.ofd_package import documents
from kb.errors import ReadError

LINES = ["某局用印办法", "第一条　外借印章须经局长批准。", "第二条　本办法自2024年3月1日起施行。"]
needs_ocr = pytest.mark.skipif(not ocr.available(), reason="the extra «ocr» is not installed")


def scan(tmp_path: Path) -> bytes:
    path = tmp_path / "a.pdf"
    pdf_from_markdown(f"# {LINES[0]}\n\n{LINES[1]}\n\n{LINES[2]}\n", path)
    document = pdfium.PdfDocument(path)
    picture = document[0].render(scale=2).to_pil().convert("RGB")
    document.close()
    return ofd_of_scan([picture])


def made(kind: str, tmp_path: Path) -> bytes:
    if kind == "scan":
        return scan(tmp_path)
    return ofd_of_glyphs(LINES) if kind == "glyphs" else ofd_of_outlines(LINES)


KINDS = ["glyphs", "outlines", "scan"]


@needs_ocr
@pytest.mark.parametrize("kind", KINDS)
def test_drawn_text_is_read(kind: str, tmp_path: Path) -> None:
    reading = read_bytes(made(kind, tmp_path), "a.ofd")
    text = "".join("".join(block.text for block in reading.blocks).split())
    assert "外借印章须经局长批准" in text
    assert "2024年3月1日起施行" in text
    assert reading.pages == 1
    assert reading.confidence is not None
    assert reading.confidence > 0.9
    assert reading.notes[0] == "经文字识别（OCR）：第1页"
    assert {block.page for block in reading.blocks} == {1}


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_extra_it_says_so_and_what_to_install(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made(kind, tmp_path)
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(ReadError, match="页面只有图形，没有文字") as raised:
        read_bytes(data, "a.ofd")
    assert ".[ocr]" in raised.value.hint


def test_a_drawn_page_among_others_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    text = (
        '<ofd:TextObject ID="1" Boundary="20 40 160 6" Font="1" Size="6"><ofd:TextCode X="0" Y="5" '
        'DeltaX="g 16 6">第一条　外借印章须经局长批准。</ofd:TextCode></ofd:TextObject>'
    )
    strokes = '<ofd:PathObject ID="2" Boundary="0 0 9 9"/>' * 30
    reading = read_bytes(package([text, strokes, ""]), "a.ofd")
    assert [block.text for block in reading.blocks] == ["第一条　外借印章须经局长批准。"]
    assert reading.notes[0].startswith("第2页只有图形，没有文字，未识别")
    assert ".[ocr]" in reading.notes[0]
    assert reading.notes[1] == "第3页没有文字"


def test_text_with_rules_and_a_seal_is_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("OCR was asked for")

    monkeypatch.setattr(ocr, "lines_of", never)
    path = tmp_path / "a.ofd"
    ofd_from_markdown("# 某局用印办法\n\n第一条　外借印章须经局长批准。\n", path)
    assert read_bytes(path.read_bytes(), path.name).confidence is None


def test_paths_colours_and_transforms() -> None:
    square = (
        '<ofd:PathObject ID="1" Boundary="50 100 20 20" CTM="2 0 0 2 0 0" Fill="true" '
        'Stroke="false"><ofd:FillColor Value="255 0 0"/>'
        "<ofd:AbbreviatedData>M 0 0 L 10 0 L 10 10 L 0 10 C</ofd:AbbreviatedData></ofd:PathObject>"
    )
    (document,) = documents(Archive(package([square]), "a.ofd"), "a.ofd")
    picture = picture_of(document, document.page(0), [])

    def at(x: float, y: float) -> list[int]:
        return list(picture[int(y / 297 * picture.shape[0]), int(x / 210 * picture.shape[1])])

    assert at(60, 110) == [255, 0, 0]
    assert [at(48, 110), at(72, 110), at(60, 98), at(60, 122)] == [[255, 255, 255]] * 4


def test_what_cannot_be_drawn_is_said() -> None:
    objects = (
        '<ofd:ImageObject ID="1" Boundary="0 0 210 297" ResourceID="5"/>'
        '<ofd:TextObject ID="2" Boundary="0 0 9 9" Font="7" Size="4"><ofd:TextCode>a'
        "</ofd:TextCode></ofd:TextObject>"
    )
    media = (
        '<ofd:MultiMedias><ofd:MultiMedia ID="5"><ofd:MediaFile>a.jb2</ofd:MediaFile>'
        "</ofd:MultiMedia></ofd:MultiMedias>"
    )
    data = package([objects], media, {"a.jb2": b"\x97JB2"})
    (document,) = documents(Archive(data, "a.ofd"), "a.ofd")
    notes: list[str] = []
    picture_of(document, document.page(0), notes)
    assert notes == ["第1页有图片无法打开，没有识别", "第1页的字体不在文件中，部分文字没有识别"]
