"""Tables with drawn lines in a PDF, by pdfplumber."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

from indexer.readers.lines import tidy

MOST_PAGES = 200
"""Finding tables takes about 0.1 s a page; beyond this many ruled pages it is not tried."""
TOP, BOTTOM = 0.25, 0.75
"""Where on a page a table must end and begin again to be one that runs over."""
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Found:
    """A table and where it stands: ``box`` is x0, top, x1, bottom in points.

    ``carried`` are the boxes, by page, of what a break of the page set apart from it.
    """

    page: int
    box: Box
    rows: list[tuple[str, ...]]
    carried: list[tuple[int, Box]] = field(default_factory=list)

    @property
    def columns(self) -> int:
        """Cells of the widest row."""
        return max(map(len, self.rows))


def tables_of(data: bytes, pages: list[int], notes: list[str]) -> list[Found]:
    """The tables on the given pages; one that runs over a page's end is made whole.

    A page whose tables cannot be found is read as text; ``notes`` then says so.
    """
    import pdfplumber

    if len(pages) > MOST_PAGES:
        notes.append(f"第{pages[MOST_PAGES]}页以后的表格按文字读取")
    try:
        document = pdfplumber.open(BytesIO(data))
    except Exception as error:  # pdfminer raises many kinds for odd files that pdfium reads
        notes.append(f"表格无法识别（{type(error).__name__}），按文字读取")
        return []
    found: list[Found] = []
    with document:
        for number in pages[:MOST_PAGES]:
            page = document.pages[number - 1]
            try:
                for grid in page.find_tables():
                    rows = [tuple(_cell(cell) for cell in row) for row in grid.extract()]
                    _add(found, Found(number, grid.bbox, rows), float(page.height))
            except Exception as error:  # one odd page must not lose the file
                notes.append(f"第{number}页的表格无法识别（{type(error).__name__}），按文字读取")
            finally:
                page.close()
    return [t for t in found if len(t.rows) > 1 and sum(map(bool, sum(t.rows, ()))) > 2]


def _add(found: list[Found], new: Found, height: float) -> None:
    """Keep a table of two columns or more, or hand its rows to the one it goes on with."""
    if new.columns < 2:
        return
    last = found[-1] if found else None
    if last is not None and last.columns == new.columns:
        page, box = last.carried[-1] if last.carried else (last.page, last.box)
        at_edges = box[3] > BOTTOM * height and new.box[1] < TOP * height
        if page == new.page - 1 and at_edges:
            repeated = new.rows[0] == last.rows[0]
            last.rows.extend(new.rows[1:] if repeated else new.rows)
            last.carried.append((new.page, new.box))
            return
    found.append(new)


def _cell(cell: str | None) -> str:
    return tidy("".join((cell or "").splitlines()))
