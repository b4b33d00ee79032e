"""Who, with which number, when: the words that stand on what is shown and on what is handed out."""

from __future__ import annotations

from datetime import datetime

from kb.access.visitor import Visitor
from kb.catalogue.accounts import ExportRow


def viewed(who: Visitor, now: datetime | None = None) -> str:
    """For the screen: «张三 1001 2026-11-24 22:10»."""
    at = (now or datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M")
    return " ".join(part for part in (who.shown, who.number or who.reader, at) if part)


def copied(who: Visitor, copy: ExportRow) -> str:
    """For a file: the same, with the number of the copy and the export's id, by which
    ``kb audit copy`` finds who took it."""
    return f"{viewed(who)} 第{copy.copy}份 {copy.id}"
