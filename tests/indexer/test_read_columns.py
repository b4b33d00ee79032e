"""A page in two columns gives the same articles as one in one."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst
from support.office_files import PREAMBLE

from indexer.readers import read
from indexer.readers.columns import in_columns
from indexer.readers.lines import Line
from indexer.structure import outline

ARTICLES = [
    f"第{number}条　为了规范第{number}种印章的管理和使用，"
    "明确各科室的职责，防止用印中的风险，各科室应当认真执行本办法的规定。"
    for number in "一二三四五六七八九十"
]


@pytest.mark.parametrize("columns", [1, 2])
def test_articles(columns: int, tmp_path: Path) -> None:
    head = PREAMBLE.replace("{title}", "办法")
    body = "\n\n".join(ARTICLES)
    page = (
        f"#set text(size: 12pt)\n#centre([某局印章管理办法], 18pt)\n#columns({columns})[\n{body}\n]"
    )
    path = tmp_path / "a.pdf"
    path.write_bytes(typst.compile(f"{head}\n{page}".encode()))
    (part,) = outline(read(path, name="a.pdf", max_bytes=10**7))
    assert [f"{n.label}　{n.text}" for n in part.nodes if n.label] == ARTICLES
    assert part.title == "某局印章管理办法"


def test_short_cells_beside_each_other_are_no_columns() -> None:
    lines = [
        Line(1, "甲", x, x + (72.0 if row == 0 else 12.0), 40.0 + 20 * row, 12, 800)
        for row in range(8)
        for x in (50.0, 300.0)
    ]  # fmt: skip
    assert in_columns(lines) == lines
