"""PDF by typst. The pack reaches it as JSON data; nothing of it is ever read as markup."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kb.decide.model import Pack
from kb.decide.render.flow import flow, printable
from kb.decide.render.fonts import (
    FANGSONG,
    HEITI,
    KAITI,
    SONGTI,
    XIAOBIAOSONG,
    stand_ins,
)
from kb.decide.render.marks import PLAIN, Marks
from kb.decide.render.typeset import settable
from kb.decide.template import Template
from kb.errors import PackError

if TYPE_CHECKING:
    import typst

MAIN = Path(__file__).with_name("pack.typ")


def pdf(pack: Pack, template: Template, marks: Marks = PLAIN) -> bytes:
    """The pack as PDF, with bookmarks, links between quotations and sources, searchable text.

    Raises:
        PackError: a font is missing, or typst refused (its words are in the message).
    """
    import typst

    data, moment = _data(pack, template, marks)
    try:
        content = typst.compile(MAIN, format="pdf", sys_inputs={"pack": data}, timestamp=moment)
    except typst.TypstError as error:
        raise _refused(error) from error
    return bytes(content)


def pages(pack: Pack, template: Template, marks: Marks = PLAIN) -> list[int]:
    """The printed page number of each section of the PDF, in order: what its contents say.

    Raises:
        PackError: as `pdf`.
    """
    import typst

    data, _ = _data(pack, template, marks)
    try:
        told = typst.query(MAIN, "<pages>", field="value", one=True, sys_inputs={"pack": data})
    except typst.TypstError as error:
        raise _refused(error) from error
    return [int(number) for number in json.loads(told)]


def _refused(error: typst.TypstError) -> PackError:
    return PackError(f"PDF 排版失败：{error.message}", hint="请改用 DOCX，并报告此问题")


def _data(pack: Pack, template: Template, marks: Marks) -> tuple[str, datetime]:
    """What the typst file reads, as JSON, and the moment that the PDF names."""
    fonts = stand_ins()
    laid = flow(pack, template, marks)
    data = json.dumps(
        {
            "flow": settable(asdict(laid)),
            "listed": laid.listed,
            "cited": laid.cited,
            "originals": laid.originals,
            "head": settable({"head": laid.head})["head"],
            "cover": template.cover,
            "contents": template.contents,
            "contents-title": template.labels.get("contents", ""),
            "size": template.size,
            "pitch": template.pitch,
            "tracking": template.tracking,
            "title": "".join(laid.title),
            "author": printable(pack.maker),
            "date": [pack.made.year, pack.made.month, pack.made.day],
            "fonts": {
                "fangsong": fonts[FANGSONG],
                "kaiti": fonts[KAITI],
                "heiti": fonts[HEITI],
                "title": fonts[XIAOBIAOSONG],
                "songti": fonts[SONGTI],
            },
        },
        ensure_ascii=True,
    )
    return data, pack.made.astimezone(UTC).replace(microsecond=0)
