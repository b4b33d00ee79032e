"""In one line: does this paper hold, since when, and what ended it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.base import status_on
from kb.catalogue.rows import VersionRow
from kb.model import Force, Kind, Scope, Status
from kb.ui import links
from kb.ui.markup import badge, e, facts, go

ENDED = {
    Status.AMENDED: "修改",
    Status.REPEALED: "废止",
    Status.EXPIRED: "取代",
    Status.PARTLY: "部分废止",
}


def status_line(version: VersionRow, status: Status | None) -> str:
    """E.g. «2024-05-01 起被《…》废止». Plain text."""
    held = version.validity
    if status is None:
        return {
            Kind.EXPERIENCE: "经验材料，供参考，不作依据",
            Kind.REFERENCE: "参考资料，不作依据",
            Kind.REGULATION: "",
        }[version.kind]
    if status is Status.PENDING:
        return f"尚未生效，自 {held.start} 起施行" if held.start else "尚未生效"
    if status in ENDED:
        since = f"{held.end} 起" if held.end else "已"
        if held.ended_by:
            return f"{since}被《{held.ended_by}》{ENDED[status]}"
        return f"{since}{status.value.removeprefix('已')}" if held.end else status.value
    if status is Status.IN_FORCE:
        until = f"，有效至 {held.end}" if held.end else ""
        return (f"自 {held.start} 起施行" if held.start else "现行有效") + until
    if status is Status.DRAFT:
        return "草案，未经印发，不作依据"
    return "文中没有写明施行日期，引用前请核实"


def holds(status: Status | None) -> bool:
    """False where a reader must be warned before he quotes."""
    return status in (None, Status.IN_FORCE, Status.PARTLY)


def successor(siblings: Sequence[VersionRow], scope: Scope) -> VersionRow | None:
    """The version of the same document that is in force on the scope's day."""
    return next((v for v in siblings if status_on(v, scope) is Status.IN_FORCE), None)


def head(version: VersionRow, status: Status | None) -> str:
    """Title, status, facts: the head of a document."""
    tone = "" if holds(status) else " kb-not-holding"
    line = status_line(version, status)
    return (
        f'<header class="kb-doc-head{tone}"><h1>{e(version.title)}</h1>'
        f'<div class="kb-status-line">{badge(status, version.kind)}<span>{e(line)}</span></div>'
        f"{facts(details(version))}</header>"
    )


def details(version: VersionRow) -> list[tuple[str, str]]:
    """What is known of a version, named."""
    return [
        ("发文字号", version.number),
        ("制发机关", version.issuer),
        ("归口部门", version.department or version.owner),
        ("效力层级", version.force.value if version.force is not Force.NONE else ""),
        ("印发", _day(version.issued)),
        ("施行", _day(version.effective)),
        ("失效", _day(version.expires)),
        ("知悉范围", version.tier.label),
        ("来源文件", version.path),
    ]


def versions(siblings: Sequence[VersionRow], current: VersionRow, scope: Scope) -> str:
    """The versions of one document as links; nothing where there is only one."""
    if len(siblings) < 2:
        return ""
    items = []
    for one in siblings:
        since = _day(one.validity.start or one.effective or one.issued) or "日期不详"
        name = f"{since} 版"
        status = badge(status_on(one, scope), one.kind)
        shown = (
            f'<span aria-current="page">{e(name)}（本页）</span>'
            if one.path == current.path
            else go(links.read(one.path, day=scope.as_of), e(name), title=one.title)
        )
        items.append(f"<li>{shown}{status}</li>")
    return f'<div class="kb-versions"><b>历次版本</b><ul>{"".join(items)}</ul></div>'


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
