"""Pictures and scans: read where the extra is installed, refused with a hint where it is not."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
import typst
from PIL import Image
from support.office_files import pdf_from_markdown

from indexer.papers import papers
from indexer.readers import ocr, ocr_pages, read_bytes
from indexer.readers.lines import Line
from indexer.readers.ocr_lost import collapsed, lost
from kb.errors import ReadError

needs_ocr = pytest.mark.skipif(not ocr.available(), reason="the extra «ocr» is not installed")
TEXT = "# 某局用印办法\n\n第一条　外借印章须经局长批准。\n\n第二条　本办法自2024年3月1日起施行。\n"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """A page of the text above as a scanner would give it."""
    path = tmp_path_factory.mktemp("scan") / "a.pdf"
    pdf_from_markdown(TEXT, path)
    document = pdfium.PdfDocument(path)
    drawn = document[0].render(scale=2).to_pil().convert("RGB")
    document.close()
    return drawn


def saved(picture: Image.Image, kind: str) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind)
    return stream.getvalue()


def test_without_the_extra_it_says_what_to_install(
    page: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    for name, kind in (("a.png", "PNG"), ("a.pdf", "PDF")):
        with pytest.raises(ReadError) as raised:
            read_bytes(saved(page, kind), name)
        assert ".[ocr]" in raised.value.hint


@needs_ocr
def test_a_huge_picture_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "MAX_PIXELS", 1000)
    with pytest.raises(ReadError, match="图片过大"):
        read_bytes(saved(Image.new("RGB", (100, 100)), "PNG"), "a.png")


@needs_ocr
@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.pdf", "PDF")])
def test_a_scan_gives_its_articles(page: Image.Image, name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(saved(page, kind))
    (paper,) = papers(path, name=name, source="", overrides={}, max_bytes=10**8)
    assert [(n.label, n.text) for n in paper.nodes if n.label] == [
        ("第一条", "外借印章须经局长批准。"),
        ("第二条", "本办法自2024年3月1日起施行。"),
    ]
    confidence = paper.report["confidence"]
    assert isinstance(confidence, float)
    assert confidence > 0.9
    assert "文字识别" in str(paper.report["notes"])


@needs_ocr
def test_a_blank_page_has_no_text() -> None:
    with pytest.raises(ReadError, match="没有认出文字"):
        read_bytes(saved(Image.new("RGB", (400, 560), "white"), "PDF"), "a.pdf")


def test_what_takes_too_long_is_left_out_by_name_and_the_rest_kept(
    page: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(ocr_pages.time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(ocr, "available", lambda: True)
    line = Line(1, "第一条　外借印章须经局长批准。", 60, 500, 400, 12, 800)
    monkeypatch.setattr(ocr, "lines_of", lambda _, page: ([replace(line, page=page)], [0.9] * 9))
    asked: list[float] = []
    # Each page takes 10 seconds of a clock of our own, and 25 may be taken.
    ocr_pages.allow(ocr_pages.Allowance(5.0, 25.0, asked.append))
    try:
        stream = io.BytesIO()
        page.save(stream, "PDF", save_all=True, append_images=[page] * 6)
        reading = read_bytes(stream.getvalue(), "a.pdf")
    finally:
        ocr_pages.allow(ocr_pages.Allowance())
    assert [block.page for block in reading.blocks] == [1, 2, 3]
    assert reading.notes == (
        "经文字识别（OCR）：第1—3页",
        "文字识别用时已到上限，第4—7页未识别；"
        "调大设置 ocr_page_seconds 或 ocr_file_seconds 后重新入库",
    )
    # Whoever waits was asked for what it took, and for nothing more.
    assert sum(asked) == pytest.approx(30.0)


def test_page_numbers_in_words() -> None:
    assert ocr_pages.spans([5, 1, 2, 3, 9, 10]) == "1—3、5、9—10"
    assert ocr_pages.spans([]) == ""


@needs_ocr
def test_a_long_screenshot_is_read_in_pieces(page: Image.Image) -> None:
    strip = page.crop((0, 60, page.width, 420)).resize((page.width // 2, 180))
    tall = Image.new("RGB", (strip.width, strip.height * 10), "white")
    for n in range(10):
        tall.paste(strip, (0, n * strip.height))
    text = "".join(b.text for b in read_bytes(saved(tall, "PNG"), "a.png").blocks)
    assert text.count("外借印章须经局长批准") == 10


@needs_ocr
def test_a_scan_with_the_mark_of_its_program_is_read(page: Image.Image, tmp_path: Path) -> None:
    page.save(tmp_path / "a.png")
    source = tmp_path / "a.typ"
    source.write_text(
        '#set page(paper: "a4", margin: 0pt)\n#place(image("a.png", width: 100%))\n'
        "#place(bottom, dx: 40pt)[Scanned by CamScanner]"
    )
    reading = read_bytes(typst.compile(source), "a.pdf")
    assert "外借印章须经局长批准" in "".join(block.text for block in reading.blocks)
    assert reading.confidence is not None


def drawn_lines(*rows: int) -> Any:
    """A white picture with dashes like a line of letters, 30 high, at these rows."""
    picture = np.full((1000, 800, 3), 255, np.uint8)
    for row in rows:
        for column in range(100, 700, 30):
            picture[row : row + 30, column : column + 24] = 0
    return picture


def box(row: int, text: str = "二十个字") -> tuple[float, float, float, float, str, float]:
    return float(row), 100.0, 700.0, row + 30.0, text * 5, 0.99


def test_a_line_that_was_passed_over_is_found() -> None:
    picture = drawn_lines(100, 200, 300, 400)
    picture[:, 50:52] = 0  # a rule beside the text
    picture[600:800, 100:300] = 0  # a seal
    (place,) = lost(picture, [box(100), box(200), box(400)])
    assert place == (296, 96, 698, 334)
    assert list(lost(picture, [box(n) for n in (100, 200, 300, 400)])) == []


def test_what_is_no_page_of_text_is_not_searched() -> None:
    assert list(lost(255 - drawn_lines(100, 200, 300, 400), [box(100), box(200), box(400)])) == []
    assert list(lost(drawn_lines(100, 200), [box(100)])) == []


def test_a_line_of_which_too_little_was_read() -> None:
    assert collapsed((0, 0, 600, 30, "《采关》", 0.9))
    assert not collapsed((0, 0, 600, 30, "某　局　文　件", 0.9))
    assert not collapsed((0, 0, 60, 30, "一", 0.9))


def test_a_few_unsure_letters_are_none(page: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: True)
    line = Line(1, "一口", 60, 500, 400, 12, 800)
    for sure, read in ((0.7, False), (0.97, True)):
        monkeypatch.setattr(ocr, "lines_of", lambda *_, sure=sure: ([line], [sure, sure]))
        if read:
            assert read_bytes(saved(page, "PNG"), "a.png").blocks[0].text == "一口"
        else:
            with pytest.raises(ReadError, match="没有认出文字"):
                read_bytes(saved(page, "PNG"), "a.png")
