"""E-mail (RFC 5322): headers, the text, and attachments in the formats that are read."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import PurePath

from indexer.reading import Block, Reading
from kb.errors import ReadError

MOST_ATTACHMENTS = 50
HEADERS = (("From", "发件人"), ("To", "收件人"), ("Cc", "抄送"), ("Date", "日期"))


def read(data: bytes, name: str) -> Reading:
    """Read a message; each attachment that can be read follows under a heading of its name.

    Raises:
        ReadError: it is no message.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not message.keys():
        raise ReadError(name, "不是有效的邮件文件", hint="在邮件软件中重新导出")
    meta = {shown: _header(message, key) for key, shown in HEADERS if _header(message, key)}
    blocks: list[Block] = []
    if subject := _header(message, "Subject"):
        blocks.append(Block("heading", subject, level=1))
    blocks.extend(_body(message, name))
    notes: list[str] = []
    heads: list[str] = []
    for number, part in enumerate(message.iter_attachments()):
        if number >= MOST_ATTACHMENTS:
            notes.append(f"附件超过 {MOST_ATTACHMENTS} 个，其余未读取")
            break
        title = PurePath((part.get_filename() or f"附件{number + 1}").replace("\\", "/")).name
        try:
            blocks.extend(_attached(part, title, name, heads))
        except ReadError as error:
            notes.append(f"附件“{title}”未读取：{error.why}")
    return Reading("eml", tuple(blocks), meta=meta, notes=tuple(notes), heads=tuple(heads))


def _header(message: EmailMessage, key: str) -> str:
    try:
        return " ".join(str(message.get(key, "")).split())
    except (ValueError, IndexError, AttributeError, LookupError):
        return ""  # the standard library trips over some malformed headers


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


def _attached(part: EmailMessage, title: str, name: str, heads: list[str]) -> Iterator[Block]:
    from indexer.readers import read_bytes

    if part.get_content_type() == "message/rfc822":
        raise ReadError(name, "是另一封邮件", hint="单独导出后入库")
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise ReadError(name, "没有内容")
    if title.lower().endswith(".eml"):
        raise ReadError(name, "是另一封邮件", hint="单独导出后入库")
    reading = read_bytes(payload, title)
    heads.extend(reading.heads)
    yield Block("heading", f"附件　{title}", level=2)
    for block in reading.blocks:
        if block.kind == "heading" and block.level is not None:
            yield Block("heading", block.text, block.level + 2, block.page, style=block.style)
        else:
            yield block
