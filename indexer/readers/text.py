"""Plain text: each line is a paragraph, unless the file is wrapped at a column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from indexer.readers.encoding import decode
from indexer.readers.markdown import ENDS, FRESH
from indexer.reading import Block, Reading, table
from kb.errors import ReadError

WRAPPED = 0.6
"""Share of lines of nearly one length, not ending a sentence, from which a file is «wrapped»."""


def read(data: bytes, name: str) -> Reading:
    """Read plain text in any of the usual encodings."""
    text, encoding = decode(data, name)
    lines = text.split("\n")
    blocks = tuple(_joined(lines) if _wrapped(lines) else _separate(lines))
    return Reading("text", blocks, notes=(f"编码 {encoding}",))


def read_csv(data: bytes, name: str) -> Reading:
    """Read comma-separated values as one table."""
    text, encoding = decode(data, name)
    try:
        rows = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text))]
    except csv.Error as error:
        raise ReadError(name, "CSV 格式有误", hint="用表格软件打开并另存一份") from error
    made = table(rows)
    return Reading("csv", (made,) if made else (), notes=(f"编码 {encoding}",))


def _separate(lines: list[str]) -> Iterator[Block]:
    for line in lines:
        if text := line.strip():
            yield Block("paragraph", text)


def _wrapped(lines: list[str]) -> bool:
    full = [line.rstrip() for line in lines if line.strip()]
    if len(full) < 8:
        return False
    widest = sorted(map(len, full))[len(full) * 9 // 10]
    if not 20 <= widest <= 90:
        return False
    broken = [
        line for line in full if widest - 4 <= len(line) <= widest + 2 and line[-1] not in ENDS
    ]
    return len(broken) / len(full) >= WRAPPED


def _joined(lines: list[str]) -> Iterator[Block]:
    whole = ""
    for raw in [*lines, ""]:
        line = raw.strip()
        if whole and (not line or FRESH.match(raw) or raw.startswith(("  ", "\t"))):
            yield Block("paragraph", whole)
            whole = ""
        whole += line
