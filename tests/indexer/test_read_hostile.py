"""Files made to harm: entities, paths that climb out, macros, endless pages."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from support.mutations import TEXT, seeds
from support.office_files import docx_from_markdown

from indexer.readers import pdf, read_bytes
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
