"""What a file is, by its content first and its ending second."""

from __future__ import annotations

import re
from pathlib import PurePath

from indexer.readers.limits import Archive
from kb.errors import ReadError

SUPPORTED: dict[str, str] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".csv": "csv",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".docm": "docx",
    ".doc": "legacy",
    ".wps": "legacy",
    ".rtf": "legacy",
    ".pdf": "pdf",
    ".ofd": "ofd",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".et": "xls",
    ".pptx": "pptx",
    ".ppt": "legacy",
    ".dps": "legacy",
    ".eml": "eml",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".bmp": "image",
    ".tif": "image",
    ".tiff": "image",
}
"""Ending → format, for the formats that are read."""
TEXTUAL = frozenset(("markdown", "text", "csv", "html", "eml"))
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
PARTS = (
    ("word/document", "docx"),
    ("xl/workbook", "xlsx"),
    ("ppt/presentation", "pptx"),
    ("OFD.xml", "ofd"),
)
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
NAMES = {"docx": "DOCX", "xlsx": "XLSX", "pptx": "PPTX", "ofd": "OFD", "pdf": "PDF"}


def sniff(data: bytes, name: str) -> str:
    """The format of a file.

    Raises:
        ReadError: empty, of no known kind, or not what its ending says.
    """
    if not data:
        raise ReadError(name, "文件是空的（0 字节）", hint="检查文件是否复制完整")
    suffix = PurePath(name).suffix.lower()
    named = SUPPORTED.get(suffix)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(ZIP):
        return _zipped(data, name)
    if data.startswith(OLE2):
        return _ole2(data, name)
    if data.startswith(b"{\\rtf"):
        return "legacy"
    if data.startswith(IMAGES) and named not in TEXTUAL:
        return "image"
    if named is None:
        shown = "、".join(sorted(ending.lstrip(".") for ending in SUPPORTED))
        kind = f"不认识的文件类型（{suffix}）" if suffix else "文件没有扩展名，无法判断类型"
        raise ReadError(name, kind, hint=f"可读取：{shown}")
    if named not in TEXTUAL and re.search(rb"<html[\s>]", data[:2048], re.IGNORECASE):
        return "html"  # web systems export «Word» and «Excel» files that are pages
    if named not in TEXTUAL:
        what = NAMES.get(named, suffix.lstrip(".").upper())
        raise ReadError(name, f"{what} 文件已损坏（内容不是该格式）", hint="重新获取或另存一份")
    return named


def _zipped(data: bytes, name: str) -> str:
    archive = Archive(data, name)
    for part, found in PARTS:
        if any(member.startswith(part) for member in archive.names()):
            return found
    raise ReadError(name, "压缩包中没有可识别的文档", hint="先解压，再放入其中的文件")


def _ole2(data: bytes, name: str) -> str:
    """Old Office files are told apart by the streams in their directory (names in UTF-16)."""
    if _stream("EncryptedPackage") in data:
        raise ReadError(name, "文件已加密", hint="去除密码后另存一份")
    if _stream("Workbook") in data or _stream("Book") in data:
        return "xls"
    return "legacy"


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\x00\x00"
