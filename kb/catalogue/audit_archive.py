"""Old events in files, and the check of the whole chain: files first, then the database."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, text

from kb.catalogue.audit import GENESIS, AuditLog, digest_of
from kb.catalogue.dialect import exclusive, is_sqlite
from kb.catalogue.tables import archive, event
from kb.errors import CatalogueError, in_words

FOLDER = "audit"
FIELDS = tuple(c.name for c in event.c)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds; if not, at which event and why. ``missing``: files that were
    carried away: what follows them still holds together, they themselves were not looked at."""

    good: bool
    events: int
    head: tuple[int, str]
    at: int = 0
    why: str = ""
    missing: tuple[str, ...] = ()


def rotate(log: AuditLog, before: datetime) -> tuple[Path, int] | None:
    """Move the events before a moment (UTC) into the next file; None where there are none.

    The file is written and synced before the rows go, in one transaction with the note of it: a
    kill in between leaves the rows, and a file that the next rotation writes over.
    """
    folder = log.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with exclusive(log.engine, "audit") as connection:
        # Up to the last such event by number: a clock that was set back must not leave a gap.
        last = connection.execute(select(func.max(event.c.id)).where(event.c.at < before)).scalar()
        first_kept = connection.execute(
            select(func.min(event.c.id)).where(event.c.at >= before)
        ).scalar()
        if last is None:
            return None
        last = min(last, first_kept - 1) if first_kept is not None else last
        query = select(event).where(event.c.id <= last).order_by(event.c.id)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        if not rows:
            return None
        number = int(connection.execute(select(func.max(archive.c.number))).scalar() or 0) + 1
        path = folder / f"audit-{number:05d}.jsonl"
        data = "".join(_line(row) for row in rows).encode("utf-8", "surrogatepass")
        _write(path, data)
        connection.execute(
            insert(archive).values(
                number=number,
                file=path.name,
                first_id=rows[0]["id"],
                last_id=rows[-1]["id"],
                previous=rows[0]["previous"],
                last=rows[-1]["digest"],
                sha256=hashlib.sha256(data).hexdigest(),
            )
        )
        connection.execute(delete(event).where(event.c.id <= last))
    return path, len(rows)


def verify(log: AuditLog) -> Verdict:
    """Walk the chain from its beginning. Any change, removal, insertion or reordering is found,
    and so is an end that was cut off, as far as ``audit.head`` was noted."""
    noted = log.noted_head()
    previous, number, count = GENESIS, 0, 0
    missing: list[str] = []
    seen: dict[int, str] = {}
    # One state of both tables: a rotation meanwhile would take events from under the walk.
    with log.engine.connect() as connection:
        if is_sqlite(connection):
            connection.execute(text("BEGIN"))
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        filed = list(connection.execute(select(archive).order_by(archive.c.number)).mappings())
        for place, one in enumerate(filed, start=1):
            good = one["previous"] == previous and one["first_id"] == number + 1
            if one["number"] != place or not good:
                return Verdict(False, count, (number, previous), one["first_id"], "归档不相接")
            path = log.folder / FOLDER / str(one["file"])
            if not path.exists():
                missing.append(path.name)
                previous, number = one["last"], one["last_id"]
                continue
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != one["sha256"]:
                return Verdict(
                    False, count, (number, previous), one["first_id"], f"{path.name} 被改动"
                )
            for row in _read(path, data):
                if fault := _fault(row, number, previous):
                    return Verdict(False, count, (number, previous), number + 1, fault)
                previous, number, count = row["digest"], row["id"], count + 1
            if (number, previous) != (one["last_id"], one["last"]):
                return Verdict(False, count, (number, previous), number, f"{path.name} 不完整")
        for found in connection.execute(select(event).order_by(event.c.id)).mappings():
            row = dict(found)
            if fault := _fault(row, number, previous):
                return Verdict(False, count, (number, previous), number + 1, fault)
            previous, number, count = row["digest"], row["id"], count + 1
            if noted and noted[0] == number:
                seen[number] = previous
    head = (number, previous)
    if number and noted is None:
        return Verdict(False, count, head, number, "没有 audit.head，无法确认末尾是否完整")
    if noted and noted[0] > number:
        return Verdict(False, count, head, number + 1, f"末尾缺少事件（应至第 {noted[0]} 条）")
    if noted and noted[0] in seen and seen[noted[0]] != noted[1]:
        return Verdict(False, count, head, noted[0], "与 audit.head 不符")
    return Verdict(True, count, head, missing=tuple(missing))


def _fault(row: dict[str, Any], number: int, previous: str) -> str:
    if row["id"] != number + 1:
        return "事件缺失或次序变动"
    if row["previous"] != previous:
        return "与前一事件不相接"
    body = {k: v for k, v in row.items() if k not in ("id", "digest")}
    return "" if row["digest"] == digest_of(body) else "内容被改动"


def _line(row: dict[str, Any]) -> str:
    spelt = row | {"at": row["at"].isoformat()}
    return json.dumps(spelt, ensure_ascii=False, separators=(",", ":")) + "\n"


def _read(path: Path, data: bytes) -> Iterator[dict[str, Any]]:
    # Not `splitlines`: a question may hold other characters that it takes for line ends.
    for line in data.decode("utf-8", "surrogatepass").removesuffix("\n").split("\n"):
        try:
            row = json.loads(line)
            yield {n: row[n] for n in FIELDS} | {"at": datetime.fromisoformat(row["at"])}
        except (ValueError, KeyError, TypeError) as error:
            raise CatalogueError(f"审计归档 {path} 不是完好的文件", hint="从备份取回") from error


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    out = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(out, "wb") as sink:
            sink.write(data)
            sink.flush()
            os.fsync(sink.fileno())
    except OSError as error:
        raise CatalogueError(f"审计归档 {path} 无法写入：{in_words(error)}") from error
    part.replace(path)
