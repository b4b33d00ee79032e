"""Every bad file is refused by name, with a reason and what to do."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from support.office_files import docx_from_markdown, ofd_from_markdown, pdf_from_markdown

from indexer.readers import limits, read, read_bytes
from indexer.readers.limits import Archive
from kb.errors import ReadError

MARKDOWN = "# 办法\n\n第一条　为规范管理，制定本办法。\n\n第二条　本办法自发布之日起施行。\n"


def ole2(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + stream.encode("utf-16-le") + b"\0" * 99


def refused(data: bytes, name: str) -> ReadError:
    with pytest.raises(ReadError) as raised:
        read_bytes(data, name)
    assert raised.value.path == name
    assert name in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("空.md", b"", "空的"),
        ("空白.txt", "  \n　\n".encode(), "没有文字"),
        ("程序.exe", b"MZ\x90\x00", "不认识的文件类型"),
        ("无扩展名", "一段文字".encode(), "没有扩展名"),
        ("假.docx", "这不是压缩包".encode(), "DOCX 文件已损坏"),
        ("假.pdf", "这不是 PDF".encode(), "PDF 文件已损坏"),
        ("断.pdf", b"%PDF-1.7\n%%EOF", "已损坏"),
        ("断.docx", b"PK\x03\x04" + b"\x00" * 40, "不是完整的压缩包"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 30, "图片"),
        ("断.xls", ole2("Workbook"), "损坏"),
        ("密.docx", ole2("EncryptedPackage"), "加密"),
        ("断.eml", b"\n\n\n", "邮件"),
    ],
)  # fmt: skip
def test_refused(name: str, data: bytes, why: str) -> None:
    error = refused(data, name)
    assert why in error.why
    assert error.hint


def test_too_big(tmp_path: Path) -> None:
    path = tmp_path / "大.md"
    path.write_bytes(b"a" * 2000)
    with pytest.raises(ReadError, match="过大"):
        read(path, name="大.md", max_bytes=1000)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions bind no root")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(ReadError, match="权限"):
        read(path, name="a.md", max_bytes=1000)


def test_permission_error_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_text(MARKDOWN, encoding="utf-8")

    def denied(self: Path) -> bytes:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(ReadError, match="没有读取权限"):
        read(path, name="a.md", max_bytes=10**6)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="不存在"):
        read(tmp_path / "no.md", name="no.md", max_bytes=10)


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_zip_without_a_document() -> None:
    assert "没有可识别的文档" in refused(zipped({"a.txt": b"x"}), "a.docx").why


def test_zip_bomb() -> None:
    bomb = zipped({"word/document.xml": b" " * 50_000_000})
    assert "压缩比" in refused(bomb, "bomb.docx").why


def test_unpacked_size_is_bounded_whatever_the_header_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_MEMBER_BYTES", 1000)
    archive = Archive(zipped({"a.xml": os.urandom(3000)}), "a.docx")
    with pytest.raises(ReadError, match="过大"):
        archive.read("a.xml")


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MEMBERS", 3)
    with pytest.raises(ReadError, match="过多"):
        Archive(zipped({f"{n}.xml": b"" for n in range(4)}), "a.docx")


def test_entities_are_not_expanded() -> None:
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'">'
        b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert "没有文字" in refused(zipped({"word/document.xml": laughs}), "a.docx").why


def test_deep_xml() -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    deep = f'<w:document xmlns:w="{word}"><w:body>' + "<w:p>" * 5000 + "</w:p>" * 5000
    document = f"{deep}</w:body></w:document>".encode()
    assert refused(zipped({"word/document.xml": document}), "a.docx").why


@pytest.mark.parametrize("make", [docx_from_markdown, pdf_from_markdown, ofd_from_markdown])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_torn_file_never_raises_anything_else(make, share: float, tmp_path: Path) -> None:
    path = tmp_path / f"a.{make.__name__.partition('_')[0]}"
    make(MARKDOWN, path)
    data = path.read_bytes()
    try:
        reading = read_bytes(data[: int(len(data) * share)], path.name)
    except ReadError as error:
        assert error.path == path.name  # noqa: PT017 - a torn PDF may still be mended and read
    else:
        assert reading.format == "pdf"


def test_a_page_of_pictures_is_called_a_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    monkeypatch.setattr("indexer.readers.ocr.available", lambda: False)

    path = tmp_path / "扫描.pdf"
    Image.new("RGB", (200, 280), "white").save(path)
    error = refused(path.read_bytes(), path.name)
    assert "扫描件" in error.why
    assert "ocr" in error.hint


def test_locked_pdf(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    plain = tmp_path / "a.pdf"
    pdf_from_markdown(MARKDOWN, plain)
    writer = pypdf.PdfWriter(clone_from=plain)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "b.pdf")
    writer.close()
    assert "加密" in refused((tmp_path / "b.pdf").read_bytes(), "b.pdf").why
