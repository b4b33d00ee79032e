"""Pages of originals as pictures: which formats have them, what they show, what stays inside."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PIL import Image

from indexer import fonts, pages
from indexer.papers import papers
from indexer.readers import legacy
from kb.errors import NotFound, ReadError

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "制度"
OFD, DOCX = CORPUS / "信访工作办法.ofd", CORPUS / "网络安全管理办法.docx"


def ink(data: bytes) -> float:
    """Share of dark pixels."""
    grey = Image.open(io.BytesIO(data)).convert("L")
    return sum(grey.histogram()[:100]) / (grey.width * grey.height)


@pytest.fixture
def office() -> str:
    if (found := legacy.program()) is None:
        pytest.skip("LibreOffice is not installed")
    return found


def test_an_ofd_is_drawn_its_text_in_a_font_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if fonts.stand_in() is None:
        pytest.skip("no Chinese font is installed")
    data, kind = pages.picture(OFD, 1)
    assert kind == "image/png"
    assert 0.02 < ink(data) < 0.2
    monkeypatch.setattr(fonts, "stand_in", lambda: None)
    assert ink(pages.picture(OFD, 1)[0]) < 0.001
    for number in (0, 99):
        with pytest.raises(NotFound, match="没有第"):
            pages.picture(OFD, number)
    assert "下载原件" in pages.caveat(OFD)


def test_a_docx_is_laid_out_and_its_articles_are_found_on_its_pages(office: str) -> None:
    laid_out = pages.lay_out(DOCX)
    assert laid_out is not None
    assert pages.lay_out(DOCX) is laid_out  # from memory
    (paper,) = papers(DOCX, name="a.docx", source="", overrides={}, max_bytes=10**8)
    nodes = paper.nodes
    at, last = pages.places(laid_out, [f"{n.label}{n.title}{n.text}" for n in nodes])
    where = {n.label: page for n, page in zip(nodes, at, strict=True)}
    assert last >= 3
    assert at == sorted(at)
    assert where["第一条"] == 1
    assert where["第二十九条"] == last
    assert 0.02 < ink(pages.picture(DOCX, last)[0]) < 0.2
    with pytest.raises(NotFound, match="没有第"):
        pages.picture(DOCX, last + 1)


def test_without_libreoffice_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(legacy, "program", lambda: None)
    path = tmp_path / "a.docx"
    path.write_bytes(b"PK")
    assert pages.has_pages(path)
    assert "本机没有安装" in pages.missing(path)
    assert "下载原件" in pages.missing(path)
    with pytest.raises(ReadError, match="LibreOffice"):
        pages.picture(path, 1)
    assert pages.missing(tmp_path / "a.pdf") == ""


@pytest.mark.parametrize("name", ["a.pdf", "a.ofd", "a.docx"])
def test_a_torn_file_is_told_in_words(name: str, tmp_path: Path, office: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(ReadError):
        pages.picture(path, 1)


def test_a_text_has_no_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("字", "utf-8")
    assert not pages.has_pages(path)
    with pytest.raises(NotFound):
        pages.picture(path, 1)


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes who asks."""
    paths: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Noting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


SPACE = "http://schemas.openxmlformats.org"
RELATED = f"{SPACE}/officeDocument/2006/relationships"
DRAWING = f"{SPACE}/drawingml/2006"


def linked(address: str) -> bytes:
    """A DOCX whose picture lies at an address."""
    picture = (
        '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="990000" cy="990000"/>'
        '<wp:docPr id="1" name="a"/><a:graphic><a:graphicData '
        f'uri="{DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="a"/><pic:cNvPicPr/>'
        '</pic:nvPicPr><pic:blipFill><a:blip r:link="rId9"/><a:stretch><a:fillRect/></a:stretch>'
        '</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="990000" cy="990000"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    package = f"{SPACE}/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        made.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATED}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        made.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId9" '
            f'Type="{RELATED}/image" Target="{address}/a.png" TargetMode="External"/>'
            "</Relationships>",
        )
        made.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{SPACE}/wordprocessingml/2006/main" xmlns:r="{RELATED}" '
            f'xmlns:wp="{DRAWING}/wordprocessingDrawing" xmlns:a="{DRAWING}/main" '
            f'xmlns:pic="{DRAWING}/picture"><w:body><w:p><w:r><w:t>第一条　略。</w:t></w:r></w:p>'
            f"{picture}</w:body></w:document>",
        )
    return out.getvalue()


def test_a_paper_that_is_laid_out_asks_nobody_outside(
    office: str, asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    """LibreOffice by itself fetches such pictures (three requests, when this was written)."""
    address, paths = asked
    path = tmp_path / "a.docx"
    path.write_bytes(linked(address))
    assert pages.lay_out(path)
    assert paths == []
