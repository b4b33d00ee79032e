"""Fonts without a map to characters: what is read is not what is seen, and that is noticed."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from support.office_files import pdf_from_markdown

from indexer.readers import ocr, read_bytes
from indexer.readers.encoding import garbled
from kb.errors import ReadError

TEXT = "# 某局用印办法\n\n第一条　外借印章须经局长批准。\n\n第二条　印章由办公室统一保管。\n"
needs_ocr = pytest.mark.skipif(not ocr.available(), reason="the extra «ocr» is not installed")


def without_maps(tmp_path: Path, sound_pages: int = 0) -> bytes:
    """A PDF whose letters show the text and whose codes do not; before it, pages that are sound."""
    path = tmp_path / "a.pdf"
    pdf_from_markdown(TEXT, path)
    broken = pypdf.PdfWriter(clone_from=path)
    for held in broken._objects:
        held = None if held is None else held.get_object()
        if isinstance(held, pypdf.generic.DictionaryObject) and "/ToUnicode" in held:
            del held["/ToUnicode"]
    stream = io.BytesIO()
    broken.write(stream)
    whole = pypdf.PdfWriter()
    for _ in range(sound_pages):
        whole.append(path)
    whole.append(io.BytesIO(stream.getvalue()))
    stream = io.BytesIO()
    whole.write(stream)
    return stream.getvalue()


def test_without_ocr_the_file_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(ReadError, match="字体没有文字编码") as raised:
        read_bytes(without_maps(tmp_path), "a.pdf")
    assert ".[ocr]" in raised.value.hint


def test_one_garbled_page_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    reading = read_bytes(without_maps(tmp_path, sound_pages=1), "a.pdf")
    assert {block.page for block in reading.blocks} == {1}
    assert "外借印章须经局长批准" in "".join(block.text for block in reading.blocks)
    assert reading.notes[0].startswith("第2页的字体没有文字编码，未识别")


@needs_ocr
def test_a_garbled_page_is_read_by_ocr(tmp_path: Path) -> None:
    reading = read_bytes(without_maps(tmp_path), "a.pdf")
    assert "外借印章须经局长批准" in "".join(block.text for block in reading.blocks)
    assert reading.notes == ("经文字识别（OCR）：第1页",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一条　外借印章须经局长批准。" * 5, False),
        ("Regulations on the use of seals, section 4.2. " * 3, False),
        ("བོད་རང་སྐྱོང་ལྗོངས་ཀྱི་མི་དམངས་སྲིད་གཞུང་གི་ཡིག་ཆ་འདི་ནི་གསར་དུ་བཏོན་པ་ཡིན།", False),
        ("\ue001\ue002\ue003\ue004印章\ue005", True),
        ("ÔÚ×é֯ʵʩ¹ý³ÌÖÐ£¬Ó¦µ±ÑϸñÖ´Ðи÷ÏîÖƶȡ£" * 2, True),
        ("鎴戜滑鐨勫姙鍏鐢ㄥ搧绠＄悊鍒跺害锛岀敱鍔炲叕瀹よ礋璐ｃ€" * 3, True),
        ("Ô", False),
    ],
)
def test_what_counts_as_garbled(text: str, expected: bool) -> None:
    assert garbled(text) is expected
