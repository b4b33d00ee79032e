"""Tables of a DOCX: merged cells filled once; tables that only frame text are opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from indexer.readers.docx_numbering import W
from indexer.reading import Block, table

LONG_CELL = 1500
"""A cell longer than this frames running text; it is no entry of a table."""
Walk = Callable[[etree._Element], Iterator[Block]]


def table_blocks(element: etree._Element, walk: Walk) -> Iterator[Block]:
    """The blocks of a ``w:tbl``: one table, or what it frames.

    Args:
        element: the table.
        walk: gives the blocks inside a cell, in reading order (it counts automatic numbers).
    """
    rows: list[tuple[str, ...]] = []
    inner: list[Block] = []
    framed = True
    for tr in _children(element, "tr"):
        if tr.find(f"{W}trPr/{W}del") is not None:
            continue
        cells: list[str] = [""] * _integer(tr, "trPr", "gridBefore", 0)
        filled = 0
        for tc in _children(tr, "tc"):
            if tc.find(f"{W}tcPr/{W}cellDel") is not None:
                continue
            blocks = list(walk(tc))
            inner.extend(blocks)
            text = "\n".join(block.text for block in blocks)
            filled += bool(text)
            merge = tc.find(f"{W}tcPr/{W}vMerge")
            continued = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            cells.append("" if continued else text)
            cells.extend([""] * (min(_integer(tc, "tcPr", "gridSpan", 1), 200) - 1))
        framed &= filled <= 1
        rows.append(tuple(cells))
    if framed or any(len(cell) > LONG_CELL for row in rows for cell in row):
        yield from inner
    elif made := table(rows):
        yield made


def _children(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows or cells, also inside content controls and accepted insertions."""
    for child in parent:
        if child.tag == f"{W}{tag}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            yield from _children(child, tag)


def _integer(element: etree._Element, group: str, tag: str, otherwise: int) -> int:
    found = element.find(f"{W}{group}/{W}{tag}")
    value = "" if found is None else found.get(f"{W}val", "")
    return min(int(value), 200) if value.isdigit() else otherwise
