"""Files that people take away: what they may be called and how they are made."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from kb import decide
from kb.access.policy import Action
from kb.access.watermark import copied, viewed
from kb.config import Settings
from kb.decide.reading import large_print
from kb.decide.render.marks import marks
from kb.decide.render.stamp import stamped
from kb.seat import Seat

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
"""Suffix → media type of a pack's files."""

NAMES = {"docx": " Word 文档", "pdf": " PDF 文档", "html": "网页文件"}
"""As they follow a Chinese verb: «下载 PDF 文档»."""

FROZEN, LARGE = "E", "R"
"""Before an edition's number, where a draft's id might stand (these begin with their day); the
second in large letters."""

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


def safe_name(name: str) -> str | None:
    """The name that a browser saves a file under: no folders, nothing Windows forbids.

    None where the suffix is not one that packs have.
    """
    name = unicodedata.normalize("NFC", name)
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix[1:].lower()
    if suffix not in TYPES:
        return None
    stem = _FORBIDDEN.sub("", stem).strip(" .")[:80]
    return f"{stem or '参阅材料'}.{suffix}"


def file_name(topic: str, as_of: date | None, form: str) -> str:
    """«topic-2024-05-01.docx», fit for any file system."""
    stem = _FORBIDDEN.sub("", " ".join(topic.split())).strip(" .")[:40] or "参阅材料"
    return f"{stem}-{as_of.isoformat()}.{form}" if as_of else f"{stem}.{form}"


def own_templates(settings: Settings) -> Path:
    """Where an office keeps templates of its own; `kb pack` looks there too."""
    return settings.home / "templates"


def copy_of(seat: Seat, data: bytes, form: str, what: str, subject: str = "") -> bytes:
    """A document that is no pack as a numbered copy, with whose it is on each page where there are
    accounts.

    Raises:
        AccessDenied, AuditUnwritable: as `Seat.number`.
    """
    copy = seat.number(what, form, subject or f"{what} {form}")
    return stamped(data, form, copied(seat.visitor, copy)) if seat.marks_copies else data


def mark_of(seat: Seat, what: str, form: str, subject: str) -> str:
    """The line that a table bears: whose copy it is, and which; "" where there are no accounts.

    Raises:
        AccessDenied, AuditUnwritable: as `Seat.number`.
    """
    copy = seat.number(what, form, subject)
    return copied(seat.visitor, copy) if seat.marks_copies else ""


def original_name(seat: Seat, path: str, name: str) -> str:
    """What a browser saves an original under: the copy's number stands in the name, as the file's
    bytes are those that were read.

    Raises:
        AccessDenied, AuditUnwritable: as `Seat.number`.
    """
    copy = seat.number(path, "original", f"原件 {path[-200:]}", Action.DOWNLOAD)
    if not seat.marks_copies:
        return name
    file = PurePosixPath(name)
    return f"{file.stem} 第{copy.copy}份 {copy.id}{file.suffix}"


def pack_bytes(seat: Seat, pack_id: str, form: str, *, view: bool = False) -> bytes:
    """A stored pack as a file: a numbered copy, or with ``view`` what is shown in the page.

    Raises:
        NotFound: there is none of this id. PackError: it cannot be rendered here.
        KbError: as `kb.ui.session.opened`.
    """
    own = own_templates(seat.settings)
    reader = seat.visitor.shown
    bears = marks(seat.settings.pack_marks, name=reader, copy=0, at=datetime.now(UTC))
    edition = None
    if pack_id.startswith((FROZEN, LARGE)) and pack_id[1:].isdigit():
        edition = int(pack_id[1:])
        pack, template = decide.open_edition(seat.people.editions.by_id(edition))
        large = pack_id.startswith(LARGE) and form == "html"
        data = large_print(pack, template) if large else None
        data = data or decide.render_bytes(pack, form, template=template, marks=bears)
    else:
        pack = decide.load(seat.people, pack_id, own)
        data = decide.render_bytes(pack, form, own_templates=own, marks=bears)
    if view:
        stamp = viewed(seat.visitor)
    else:
        stamp = copied(seat.visitor, seat.hand_out(pack.id, form, edition=edition))
    return stamped(data, form, stamp) if seat.marks_copies else data
