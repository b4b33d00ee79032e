"""E-mail (RFC 5322): headers, the text, and attachments in the formats that are read.

Old mail programs write Chinese headers as bare bytes, and name a charset that is not the one they
used; the bytes are asked, not the declaration.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import PurePath

from indexer.readers.encoding import decode
from indexer.reading import Block, Reading
from kb.errors import ReadError

MOST_ATTACHMENTS = 50
DEEPEST = 3
"""Messages within messages that are opened."""
HEADERS = (("From", "发件人"), ("To", "收件人"), ("Cc", "抄送"), ("Date", "日期"))


@dataclass(slots=True)
class _Mail:
    """What is gathered of a message and those within it."""

    name: str
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    unresolved: int = 0
    left: int = MOST_ATTACHMENTS


def read(data: bytes, name: str) -> Reading:
    """Read a message; each attachment that can be read follows under a heading of its name.

    Raises:
        ReadError: it is no message.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not message.keys():
        raise ReadError(name, "不是有效的邮件文件", hint="在邮件软件中重新导出")
    mail = _Mail(name)
    _message(message, mail, 0)
    return Reading(
        "eml",
        tuple(mail.blocks),
        meta={shown: _header(message, key) for key, shown in HEADERS if _header(message, key)},
        notes=tuple(mail.notes),
        heads=tuple(mail.heads),
        confidence=min(mail.scores, default=None),
        unresolved=mail.unresolved,
    )


def _message(message: EmailMessage, mail: _Mail, depth: int) -> None:
    if subject := _header(message, "Subject"):
        mail.blocks.append(Block("heading", subject, level=min(1 + depth, 6)))
    mail.blocks.extend(_body(message, mail.name))
    for number, part in enumerate(message.iter_attachments(), start=1):
        mail.left -= 1
        if mail.left < 0:
            mail.notes.append(f"附件超过 {MOST_ATTACHMENTS} 个，其余未读取")
            break
        title = _file_name(part) or f"附件{number}"
        try:
            _attached(part, title, mail, depth)
        except ReadError as error:
            mail.notes.append(f"附件“{title}”未读取：{error.why}")


def _header(message: EmailMessage, key: str) -> str:
    try:
        shown = " ".join(str(message.get(key, "")).split())
    except (ValueError, IndexError, AttributeError, LookupError):
        return ""  # the standard library trips over some malformed headers
    return _bare(_raw(message, key)) if "\ufffd" in shown else shown


def _raw(message: EmailMessage, key: str) -> str:
    """A header as it stands in the message, its bytes above ASCII as surrogates."""
    return next((str(v) for k, v in message.raw_items() if k.lower() == key.lower()), "")


def _bare(raw: str) -> str:
    """Bytes of a header that were written as they are."""
    try:
        text, _ = decode(raw.encode("ascii", "surrogateescape"), "")
    except (ReadError, UnicodeEncodeError):
        return ""
    return " ".join(text.split())


def _file_name(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, IndexError, AttributeError, LookupError, TypeError):
        name = ""
    if "\ufffd" in name:
        raw = _raw(part, "Content-Disposition") + ";" + _raw(part, "Content-Type")
        found = re.search(r"(?:file)?name\s*=\s*\"?([^\";]+)", raw, re.IGNORECASE)
        name = _bare(found[1]) if found else ""
    return PurePath(name.replace("\\", "/")).name


def _body(message: EmailMessage, name: str) -> Iterator[Block]:
    from indexer.readers import html, text

    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return
    reader = html.read if part.get_content_subtype() == "html" else text.read
    yield from reader(payload, name).blocks


def _attached(part: EmailMessage, title: str, mail: _Mail, depth: int) -> None:
    from indexer.readers import read_bytes

    payload: object = part.get_payload(decode=True)
    inner: object = None
    if part.get_content_type() == "message/rfc822":
        inner = next(iter(part.iter_parts()), None)
    elif title.lower().endswith(".eml") and isinstance(payload, bytes):
        inner = email.message_from_bytes(payload, policy=email.policy.default)
    if isinstance(inner, EmailMessage):
        if depth + 1 >= DEEPEST:
            raise ReadError(mail.name, "邮件套得太深", hint="单独导出后入库")
        _message(inner, mail, depth + 1)
        return
    if not isinstance(payload, bytes):
        raise ReadError(mail.name, "没有内容")
    reading = read_bytes(payload, title)
    mail.heads.extend(reading.heads)
    mail.notes.extend(f"附件“{title}”：{note}" for note in reading.notes if note[:2] != "编码")
    mail.unresolved += reading.unresolved
    if reading.confidence is not None:
        mail.scores.append(reading.confidence)
    mail.blocks.append(Block("heading", f"附件　{title}", level=2))
    for block in reading.blocks:
        if block.kind == "heading" and block.level is not None:
            moved = Block("heading", block.text, block.level + 2, block.page, style=block.style)
            mail.blocks.append(moved)
        else:
            mail.blocks.append(block)
