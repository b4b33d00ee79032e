"""Bytes of unknown encoding to text: UTF-8, UTF-16, GB18030, Big5, whatever is declared."""

from __future__ import annotations

import codecs
import re

from kb.errors import ReadError

SAMPLE = 20_000
TOLERATED = 0.002
"""Share of undecodable characters that is noted rather than refused."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GARBLED, STRANGE = 0.3, 0.5
"""Shares of a page's characters from which it counts as garbled: unreadable ones, rare ones."""
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd\ue000-\uf8ff]")
HINT = "用记事本或 WPS 打开，另存为 UTF-8 编码"


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The text of ``data`` and the encoding it was read with; line ends become ``\\n``.

    A declared charset is not asked for: it is wrong often enough, and UTF-8 and GB18030 tell
    themselves apart.

    Raises:
        ReadError: no encoding gives plausible text.
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            body = data[len(bom) :] if encoding == "utf-8" else data
            return _unified(_strictly(body, encoding, name)), encoding
    if b"\x00" in data:
        return _unified(_utf16(data, name)), "utf-16"
    try:
        return _unified(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if plausible(text):
            return _unified(text), encoding
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, errors="replace")
        if text.count("\ufffd") <= len(text) * TOLERATED and plausible(text):
            return _unified(text), encoding
    raise ReadError(name, "无法识别文字编码", hint=HINT)


def unreadable(text: str) -> int:
    """Characters that no reader of Chinese could make out: replacements, private use, controls."""
    return len(UNREADABLE.findall(text))


def plausible(text: str) -> bool:
    """Whether text looks like Chinese or English rather than bytes read in a wrong encoding.

    Of running Chinese text over 97 % are in the 6,763 characters of GB 2312 (or their traditional
    forms in Big5); wrongly decoded bytes spread over rare ones.
    """
    sample = "".join(text[:SAMPLE].split())
    if not sample:
        return True
    good = sum(1 for char in sample if _common(char))
    return good / len(sample) >= 0.85


def garbled(text: str) -> bool:
    """Whether the text of a page is not what its letters show: fonts without a map to characters
    give private ones, controls, or letters that no Chinese or English paper has many of."""
    bare = "".join(text.split())
    if unreadable(bare) > GARBLED * len(bare):
        return True
    return len(bare) >= 50 and sum(map(_strange, bare)) > STRANGE * len(bare)


def _strange(char: str) -> bool:
    """Accented Latin letters and rare Han ones; other scripts are somebody's language."""
    odd = "\x7f" <= char < "\u0250" or "\u3400" <= char <= "\u9fff" or char >= "\U00020000"
    return odd and not _common(char)


def _common(char: str) -> bool:
    if char < "\x7f":
        return char >= " "
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" or char in "“”‘’—…·":
        return True
    try:
        pair = char.encode("gb2312")
    except UnicodeEncodeError:
        try:
            pair = char.encode("big5")
        except UnicodeEncodeError:
            return False
        # Big5 sorts its 5,401 common characters before 0xC6A1.
        return 0xA4 <= pair[0] <= 0xC6
    # GB 2312 sorts its 3,755 common characters into rows 16-55 (first byte B0-D7).
    return pair[0] <= 0xD7


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, errors="replace")
        if text.count("\ufffd") <= len(text) * TOLERATED:
            return text
        raise ReadError(name, f"不是完整的 {encoding.upper()} 文本", hint=HINT) from error


def _utf16(data: bytes, name: str) -> str:
    """UTF-16 without a mark: the zero bytes of ASCII and line ends give the order away."""
    order = "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
    try:
        text = data.decode(order)
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text or not plausible(text):
        raise ReadError(name, "不是文本文件", hint="检查文件是否损坏，或扩展名是否写错")
    return text


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
