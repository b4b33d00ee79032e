"""Text made fit for typst: lines may end inside long runs, and no character is lost for want of a
font."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kb.decide.template import TEXT_WIDTH

if TYPE_CHECKING:
    import typst

UNBROKEN = 18
"""Characters of a Latin run after which a line may end inside it, and every so often again."""

CELL, NARROWEST = (10.0, 10.8), 4
"""In a table: points at the sides of a cell, and of its widest letter (12 pt W); characters after
which a line may end at the earliest."""

_JOINER = re.compile(r"[\u200d\ufe0f]")
_RUN = r"[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]"
_USUAL = re.compile(
    r"[\x00-\u024f\u0300-\u036f\u2000-\u206f\u2460-\u24ff\u3000-\u33ff\u4e00-\u9fa5\ufe0f\uff00-\uffef]"
)
"""What every font that may stand in has, or what is not drawn: not looked for."""


def settable(flow: Mapping[str, Any]) -> dict[str, Any]:
    """A flow as typst gets it: long runs breakable to the width of where they stand, and for a
    character that no font here has its code, 〔U+1F9E7〕: nothing that a person wrote is lost."""
    gone = lacking(frozenset(c for c in _text(flow) if not _USUAL.match(c)))
    return {key: _set(value, UNBROKEN, gone) for key, value in flow.items()}


def _set(value: Any, most: int, gone: frozenset[str]) -> Any:
    if isinstance(value, str):
        if gone:
            value = _coded(value, gone)
        return _breakable(value, most)
    if isinstance(value, list | tuple):
        return [_set(item, most, gone) for item in value]
    if isinstance(value, dict) and value.get("is") == "table":
        rows = [
            [
                _set(cell, _room(width), gone)
                for cell, width in zip(row, value["widths"], strict=True)
            ]
            for row in value["rows"]
        ]
        heads = [
            _set(head, _room(width), gone)
            for head, width in zip(value["columns"], value["widths"], strict=True)
        ]
        return value | {"rows": rows, "columns": heads}
    if isinstance(value, dict):
        return {k: _set(v, most, gone) for k, v in value.items()}
    return value


def _room(width: float) -> int:
    sides, letter = CELL
    return min(max(int((TEXT_WIDTH * width - sides) / letter), NARROWEST), UNBROKEN)


def _breakable(text: str, most: int) -> str:
    long = re.compile(f"{_RUN}{{{most + 1},}}")
    return long.sub(
        lambda m: "\u200b".join(m[0][at : at + most] for at in range(0, len(m[0]), most)), text
    )


def _coded(text: str, gone: frozenset[str]) -> str:
    if gone.isdisjoint(text):
        return text
    # What joins pictures joins nothing where their codes stand.
    return "".join(f"〔U+{ord(c):X}〕" if c in gone else c for c in _JOINER.sub("", text))


def _text(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(value)
    items = value.values() if isinstance(value, Mapping) else value
    if isinstance(items, str | int | float | bool) or items is None:
        return set()
    return set().union(*map(_text, items))


MOST = 200
"""Characters looked for in one paper; further ones are given by their codes unseen."""

_SEEN: dict[str, bool] = {}
"""Character → whether a font has it; fonts are read once a process (`kb.decide.render.fonts`)."""

_UNDRAWN = frozenset(("Cf", "Cc", "Zs", "Zl", "Zp"))


def lacking(chars: frozenset[str]) -> frozenset[str]:
    """Those of the characters that no installed font draws. Asked of a page that typst sets, one a
    page (20 ms): where a font has the character, its text can be read back."""
    new = sorted(c for c in chars - _SEEN.keys() if unicodedata.category(c) not in _UNDRAWN)
    for char in new[:MOST]:
        _SEEN[char] = char in _read_back(char)
    return frozenset(c for c in chars if not _SEEN.get(c, c not in new[MOST:]))


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts()


def _read_back(text: str) -> str:
    import pypdfium2  # type: ignore[import-untyped] # no types are published
    import typst

    # The fonts are looked for once: it takes ten times as long as the page.
    page = typst.compile(
        b"#sys.inputs.text", format="pdf", sys_inputs={"text": text}, font_paths=_fonts()
    )
    paper = pypdfium2.PdfDocument(bytes(page))
    sheet = paper[0]
    told = sheet.get_textpage()
    try:
        return str(told.get_text_range())
    finally:
        told.close()
        sheet.close()
        paper.close()
