"""The log as a table that can be carried away: CSV for people, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC

from kb.catalogue.audit import EventRow

COLUMNS = tuple(EventRow.__dataclass_fields__)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[EventRow]) -> bytes:
    """With a mark of UTF-8, so that office programs read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([cell(value) for value in _values(row)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def as_jsonl(rows: Iterable[EventRow]) -> bytes:
    """One object a line, in the order of the columns."""
    lines = (
        json.dumps(dict(zip(COLUMNS, _values(row), strict=True)), ensure_ascii=False) + "\n"
        for row in rows
    )
    return "".join(lines).encode("utf-8", "replace")


def cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets a quotation mark before it (OWASP,
    CSV injection): a question may be «=HYPERLINK(…)»."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return "'" + value
    return value


def _values(row: EventRow) -> list[object]:
    at = row.at.replace(tzinfo=UTC).isoformat()
    return [at if name == "at" else getattr(row, name) for name in COLUMNS]
