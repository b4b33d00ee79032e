"""Addresses inside the page. Every place that a person can send somebody has one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import quote, urlencode

from kb.ui import state

SEARCH = ""
READ = "read"
PACK = "pack"
READING = "reading"
LEDGER = "ledger"
ABOUT = "about"
ADMIN = "admin"
EXPERIENCE = "experience"
AUDIT = "audit"
ACCOUNTS = "accounts"
AGENDA = "agenda"
TASKS = "tasks"
TODAY = "today"
DUTIES = "duties"
SYSTEM = "system"
PATHS = (
    READ, PACK, READING, LEDGER, ABOUT, ADMIN, EXPERIENCE, AUDIT, ACCOUNTS, AGENDA, TASKS, TODAY,
    DUTIES, SYSTEM,
)  # fmt: skip
"""Below the root; the search page is the root itself."""


def link(page: str, params: Mapping[str, str] | None = None) -> str:
    """``/read?doc=…``; empty values are left out."""
    given = {name: value for name, value in (params or {}).items() if value}
    return f"/{page}" + (f"?{urlencode(given, quote_via=quote)}" if given else "")


def search(
    query: str,
    *,
    kind: str = "",
    day: date | None = None,
    more: Mapping[str, str] | None = None,
) -> str:
    """A search, to be sent to somebody; ``more`` are its filters by their names there."""
    given = {state.QUERY: query, state.KIND: kind, state.AS_OF: _iso(day)}
    return link(SEARCH, given | dict(more or {}))


def read(path: str, *, at: str = "", query: str = "", day: date | None = None) -> str:
    """A document, open at the article called ``at``, with the words of ``query`` marked."""
    return link(
        READ,
        {
            state.DOCUMENT: path,
            state.PLACE: at,
            state.WORDS: query,
            state.DAY: _iso(day),
        },
    )


def side(path: str, name: str, *, page: int = 0) -> str:
    """A document with another of its sides open, at a page where that is of its pages."""
    shown = str(page) if page else ""
    return link(READ, {state.DOCUMENT: path, state.TAB: name, state.PAGE: shown})


def original(path: str) -> str:
    """The file itself."""
    return f"/files/original?{urlencode({state.DOCUMENT: path}, quote_via=quote)}"


def page_picture(path: str, page: int) -> str:
    """A page of it as a picture."""
    given = {state.DOCUMENT: path, state.PAGE: str(page)}
    return f"/files/page?{urlencode(given, quote_via=quote)}"


def reading_file(reader: str) -> str:
    """What was handed to somebody, as one file."""
    given = {state.READER: reader}
    return f"/files/reading/{quote('阅件')}.html?{urlencode(given, quote_via=quote)}"


def place_of(passage_id: str) -> tuple[str, str]:
    """Path and label of a passage id: ``制度/甲.md#第三条~2`` → (``制度/甲.md``, ``第三条~2``)."""
    path, _, label = passage_id.rpartition("#")
    return path, label


def pack_file(pack_id: str, name: str) -> str:
    """A file of a pack, or its preview."""
    return f"/files/pack/{quote(pack_id, safe='')}/{quote(name, safe='')}"


def edition(edition_id: int) -> str:
    """A frozen pack's page."""
    return link(PACK, {state.EDITION: str(edition_id)})


def decision(decision_id: str) -> str:
    """A decision's page."""
    return link(AGENDA, {state.DECISION: decision_id})


def task(task_id: str | int) -> str:
    """A task's page."""
    return link(TASKS, {state.TASK: str(task_id)})


def _iso(day: date | None) -> str:
    return day.isoformat() if day and day != date.today() else ""
