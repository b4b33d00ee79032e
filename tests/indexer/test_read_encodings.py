from __future__ import annotations

import pytest

from indexer.readers import read_bytes
from indexer.readers.encoding import decode
from kb.errors import ReadError

TEXT = "印章管理办法\n第一条　为规范印章管理，制定本办法。\n第二条　本办法自2024年1月1日起施行。\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_text_in_the_usual_encodings(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), "a.txt")[0] == TEXT


def test_big5() -> None:
    text = "印章管理辦法\n第一條　為規範印章管理，制定本辦法。本辦法自發布之日起施行。\n" * 3
    assert decode(text.encode("big5"), "a.txt") == (text, "big5hkscs")


def test_line_ends_are_unified() -> None:
    assert decode(b"a\r\nb\rc\n", "a.txt")[0] == "a\nb\nc\n"


def test_a_wrong_declaration_is_not_believed() -> None:
    page = f'<html><head><meta charset="utf-8"></head><body><p>{TEXT}</p></body></html>'
    reading = read_bytes(page.encode("gb18030"), "a.html")
    assert "为规范印章管理" in reading.blocks[0].text


def test_few_broken_bytes_in_a_long_file_are_tolerated() -> None:
    data = (TEXT * 60).encode("utf-8")
    broken = data[:1000] + b"\xff" + data[1000:]
    text, encoding = decode(broken, "a.txt")
    assert encoding == "utf-8"
    assert 1 <= text.count("\ufffd") <= 3


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bytes(range(128, 256)) * 20, id="bytes of no encoding"),
        pytest.param(b"\x00\x01\x02\x03\xff\xfe\x80" * 50, id="binary"),
        pytest.param("è à ü ö ß ñ ç".encode("latin-1") * 30, id="latin-1"),
        pytest.param(b"\xff\xfe\x00", id="half a UTF-16 character"),
        pytest.param(b"\xef\xbb\xbf\xff\xff", id="UTF-8 mark, other bytes"),
    ],
)
def test_undecodable_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ReadError) as raised:
        decode(data, "a.txt")
    assert raised.value.path == "a.txt"
    assert raised.value.hint
