"""Pictures and scans: read where the extra is installed, refused with a hint where it is not."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image
from support.office_files import pdf_from_markdown

from indexer.papers import papers
from indexer.readers import ocr, read_bytes
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
        assert "shuniu[ocr]" in raised.value.hint


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


@needs_ocr
def test_what_takes_too_long_is_left_out_and_noted(
    page: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "seconds", lambda: -1.0)
    with pytest.raises(ReadError, match="没有认出文字"):
        read_bytes(saved(page, "PDF"), "a.pdf")
