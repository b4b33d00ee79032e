"""The inventory's rows, filters and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.base import status_on
from kb.catalogue.rows import FileRow, VersionRow
from kb.model import Force, Scope, Status
from kb.text.normalise import fold
from kb.ui import links
from kb.ui.markup import badge, e, go


@dataclass(frozen=True, slots=True)
class Row:
    """One version with its status on the scope's day."""

    version: VersionRow
    status: Status | None


def rows_of(versions: Sequence[VersionRow], scope: Scope) -> list[Row]:
    """By level of force, then newest first."""
    rows = [Row(v, status_on(v, scope)) for v in versions]
    return sorted(
        rows,
        key=lambda r: (
            r.version.force.rank,
            -(day.toordinal() if (day := r.version.effective or r.version.issued) else 0),
            r.version.path,
        ),
    )


def narrow(rows: Sequence[Row], *, text: str = "", kind: str = "", status: str = "") -> list[Row]:
    """Rows that hold every word of ``text`` and have the kind and status; empty is any."""
    wanted = fold(text).split()
    return [
        row
        for row in rows
        if (not kind or row.version.kind.value == kind)
        and (not status or (row.status is not None and row.status.value == status))
        and all(word in _words(row.version) for word in wanted)
    ]


def _words(v: VersionRow) -> str:
    return fold(" ".join((v.title, v.number, v.issuer, v.department, v.owner, v.path)))


HEAD = ("文件", "状态", "类型", "效力层级", "发文字号", "施行（印发）", "归口")


def table_html(rows: Sequence[Row]) -> str:
    """The table; titles lead to the document."""
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    return (
        f'<div class="kb-table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(map(_row, rows))}</tbody></table></div>"
    )


def _row(row: Row) -> str:
    v = row.version
    day = v.effective or v.issued
    cells = (
        go(links.read(v.path), e(v.title), title=v.path),
        badge(row.status, v.kind) if row.status else "—",
        e(v.kind.label),
        e(v.force.value) if v.force is not Force.NONE else "—",
        e(v.number) or "—",
        e(day.isoformat()) if day else "—",
        e(v.department or v.owner) or "—",
    )
    shown = [f"<td>{cells[0]}</td>", *(f'<td class="kb-nowrap">{c}</td>' for c in cells[1:6])]
    return f"<tr>{''.join(shown)}<td>{cells[6]}</td></tr>"


def failures_html(files: Sequence[FileRow]) -> str:
    """Files nothing of which is indexed, why, and what to do."""
    lines = "".join(
        f"<tr><td>{e(f.path)}</td><td>{e(f.failure)}</td><td>{e(f.hint)}</td></tr>" for f in files
    )
    return (
        '<div class="kb-table"><table><thead><tr><th scope="col">文件</th>'
        '<th scope="col">原因</th><th scope="col">可以这样办</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )
