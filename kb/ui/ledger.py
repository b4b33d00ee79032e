"""The inventory's rows, filters and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kb.base import status_on
from kb.catalogue.rows import FileRow, VersionRow
from kb.law.readings import reading_of
from kb.model import Force, Scope, Status
from kb.text.normalise import fold
from kb.ui import links
from kb.ui.markup import badge, e, go, table

SOON = timedelta(days=90)
"""How long before the end of a paper's validity one is warned."""


@dataclass(frozen=True, slots=True)
class Row:
    """One version with its status on the scope's day, what asks for attention, how it was read."""

    version: VersionRow
    status: Status | None
    flags: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


UNREAD, REVIEW, ORPHAN, ENDING, ENDED, UNSURE = (
    "读取有疑点", "过了复核日期", "无归口无责任人", "即将失效", "已不再有效", "效力未核实",
)  # fmt: skip
FLAGS: Final = (UNREAD, REVIEW, ORPHAN, ENDING, ENDED, UNSURE)
"""What asks for attention; also the choices of that filter."""

_OVER = (Status.EXPIRED, Status.REPEALED, Status.AMENDED)


def rows_of(versions: Sequence[VersionRow], scope: Scope) -> list[Row]:
    """By level of force, then newest first."""
    today = scope.as_of or date.today()
    rows = []
    for version in versions:
        status, doubts = status_on(version, scope), reading_of(version).doubts
        rows.append(Row(version, status, _flags(version, status, doubts, today), doubts))
    return sorted(
        rows,
        key=lambda r: (
            r.version.force.rank,
            -(day.toordinal() if (day := r.version.effective or r.version.issued) else 0),
            r.version.path,
        ),
    )


def _flags(
    v: VersionRow, status: Status | None, doubts: Sequence[str], today: date
) -> tuple[str, ...]:
    over = status in _OVER
    end = v.validity.end
    found = {
        UNREAD: bool(doubts),
        REVIEW: v.review is not None and v.review < today and not over,
        ORPHAN: status is not None and not over and not v.department and not v.owner,
        ENDING: end is not None and today < end <= today + SOON,
        ENDED: over,
        UNSURE: status is Status.UNVERIFIED,
    }
    return tuple(flag for flag in FLAGS if found[flag])


def narrow(
    rows: Sequence[Row],
    *,
    text: str = "",
    kind: str = "",
    status: str = "",
    force: str = "",
    flag: str = "",
) -> list[Row]:
    """Rows that hold every word of ``text`` and have all the rest; empty is any."""
    wanted = fold(text).split()
    return [
        row
        for row in rows
        if (not kind or row.version.kind.value == kind)
        and (not status or (row.status is not None and row.status.value == status))
        and (not force or row.version.force.value == force)
        and (not flag or flag in row.flags)
        and all(word in _words(row.version) for word in wanted)
    ]


def _words(v: VersionRow) -> str:
    return fold(" ".join((v.title, v.number, v.issuer, v.department, v.owner, v.path)))


HEAD = (
    "文件", "状态", "类型", "效力层级", "发文字号", "施行（印发）", "归口", "责任人", "下次复核",
    "读取情况", "请留意",
)  # fmt: skip


def cells(row: Row) -> tuple[str, ...]:
    """A row as plain text, under `HEAD`."""
    v = row.version
    return (
        v.title,
        row.status.value if row.status else "",
        v.kind.label,
        v.force.value if v.force is not Force.NONE else "",
        v.number,
        str(v.effective or v.issued or ""),
        v.department,
        v.owner,
        str(v.review or ""),
        "；".join(row.doubts) or "良好",
        "；".join(row.flags),
    )


EXPORT_HEAD = (*HEAD, "制发机关", "知悉范围", "失效日期", "格式", "路径")


def export_rows(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Under `EXPORT_HEAD`."""
    return [
        (
            *cells(row),
            row.version.issuer,
            row.version.tier.label,
            str(row.version.validity.end or ""),
            row.version.format,
            row.version.path,
        )
        for row in rows
    ]


def table_html(rows: Sequence[Row]) -> str:
    """The table; titles lead to the document, reading quality to how it was read."""
    return table(HEAD, map(_row, rows), "kb-ledger")


def _row(row: Row) -> str:
    v = row.version
    plain = [e(cell) or "—" for cell in cells(row)]
    side = links.side(v.path, "described")
    quality = (
        go(side, "有疑点", name="kb-doubt", title="；".join(row.doubts))
        if row.doubts
        else go(side, "良好", title="怎样读取的")
    )
    flags = "".join(
        f'<span class="kb-badge kb-{"gone" if flag == ENDED else "warn"}">{e(flag)}</span> '
        for flag in row.flags
        if flag != UNREAD
    )
    shown = (
        f"<td>{go(links.read(v.path), plain[0], title=v.path)}</td>",
        f'<td class="kb-nowrap">{badge(row.status, v.kind) if row.status else "—"}</td>',
        *(f'<td class="kb-nowrap">{cell}</td>' for cell in plain[2:6]),
        *(f"<td>{cell}</td>" for cell in plain[6:8]),
        f'<td class="kb-nowrap">{plain[8]}</td>',
        f'<td class="kb-nowrap">{quality}</td>',
        f"<td>{flags or '—'}</td>",
    )
    return f"<tr>{''.join(shown)}</tr>"


def failures_html(files: Sequence[FileRow]) -> str:
    """Files nothing of which is indexed, why, and what to do."""
    lines = (
        f"<tr><td>{e(f.path)}</td><td>{e(f.failure)}</td><td>{e(f.hint)}</td></tr>" for f in files
    )
    return table(("文件", "原因", "可以这样办"), lines)
