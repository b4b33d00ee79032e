"""A person corrects what a paper's description says; the next run follows.

Corrections are kept with people's work, not in the index and not in the folders (which may be
read-only): they survive every run, and a file that is moved takes them along. What decides who may
see a paper (类型, 归口部门, 知悉人员) is not corrected here: that stands in ``manifest.toml``. The
tier may be raised, never set below what the paper itself or the manifest says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from indexer.manifest import CHOICES, DATES, checked
from kb.catalogue.audit import AuditLog, Event
from kb.catalogue.corrections import CorrectionRow, Corrections
from kb.catalogue.reader import IndexReader
from kb.catalogue.rows import VersionRow
from kb.errors import ConfigError
from kb.model import Force, Tier
from kb.text.dates import parse_date

NAMES: dict[str, str] = {
    "title": "标题",
    "number": "发文字号",
    "issuer": "制发机关",
    "level": "效力层级",
    "issued": "印发日期",
    "effective": "施行日期",
    "expires": "失效日期",
    "review": "下次复核",
    "owner": "责任人",
    "replaces": "取代",
    "tier": "知悉范围",
}
"""What can be corrected, in the order of the form."""
NEEDED = frozenset(("title", "tier", "level"))
_PART = re.compile(r"!\d+$")


def value_of(version: VersionRow, field: str) -> str:
    """What stands there now, as a manifest writes it; "" where nothing does."""
    if field == "level":
        return version.force.value
    if field == "replaces":
        return str(version.described.get("replaces", ""))
    found = getattr(version, field)
    return str(found.value if field == "tier" else found or "")


def clean(field: str, value: str, version: VersionRow) -> str:
    """A value as it is kept.

    Raises:
        ConfigError: no such field, nothing where something must stand, no date, no choice, or a
            tier below the present one.
    """
    if field not in NAMES:
        raise ConfigError(f"{field} 不能在网页中改正", hint="在来源文件夹的 manifest.toml 中写明")
    name, value = NAMES[field], " ".join(value.split())
    if not value:
        if field in NEEDED:
            raise ConfigError(f"{name}不能为空", hint="填写后再保存")
        return ""
    if field in DATES:
        day = parse_date(value)
        if day is None:
            raise ConfigError(f"{name}不是日期：{value}", hint="写作 2023-05-16，没有就留空")
        return day.isoformat()
    if field in CHOICES:
        value = str(checked(field, value, name))
    if len(value) > 300:
        raise ConfigError(f"{name}太长", hint="不超过 300 字")
    if field == "tier" and Tier(value).rank < version.tier.rank:
        raise ConfigError(
            f"知悉范围只能调高，现为{version.tier.label}",
            hint="确需调低的，由文件负责人在原件或 manifest.toml 中写明",
        )
    return value


def correct(
    version: VersionRow,
    values: Mapping[str, str],
    *,
    corrections: Corrections,
    reader: IndexReader,
    audit: AuditLog,
    who: str,
    note: str,
    origin: str = "page",
) -> list[str]:
    """Note what differs from the description, all of it or nothing; the names of these fields.

    Raises:
        ConfigError: as `clean`; nobody or no reason is named; or nothing differs.
            AuditUnwritable: it could not be noted, and was not done.
    """
    note = " ".join(note.split())[:300]
    if not who.strip() or not note:
        raise ConfigError("没有写明依据", hint="写明按什么改正，如“原件第1页”")
    waiting = {row.field: row.value for row in of_version(corrections, reader, version.path)}
    changes = [
        (field, before, after)
        for field, raw in values.items()
        for before in (value_of(version, field),)
        for after in (clean(field, raw, version),)
        if after != waiting.get(field, before)
    ]
    if not changes:
        raise ConfigError("没有改动", hint="改好再保存")
    days = {f: waiting.get(f, value_of(version, f)) for f in ("effective", "expires")}
    days |= {f: after for f, _, after in changes if f in days}
    if days["effective"] and days["expires"] and days["expires"] < days["effective"]:
        raise ConfigError("失效日期早于施行日期", hint="核对两个日期")
    _noted(audit, who, origin, "correct", version.path, changes, note)
    corrections.add(
        version.path,
        changes,
        who=who,
        note=note,
        digest=version.digest,
        generation=reader.generation,
    )
    return [NAMES[field] for field, _, _ in changes]


def withdraw(
    row: CorrectionRow,
    *,
    corrections: Corrections,
    audit: AuditLog,
    who: str,
    origin: str = "page",
) -> None:
    """Take a correction back: what the paper and the manifest say holds again.

    Raises:
        AuditUnwritable: it could not be noted, and was not done.
    """
    changes = [(row.field, row.value, "")]
    _noted(audit, who, origin, "correct.withdraw", row.path, changes, "")
    corrections.add(
        row.path,
        changes,
        who=who,
        note="",
        digest=row.digest,
        generation=row.generation,
        withdrawn=True,
    )


def _noted(
    audit: AuditLog,
    who: str,
    origin: str,
    action: str,
    path: str,
    changes: Iterable[tuple[str, str, str]],
    note: str,
) -> None:
    says = "；".join(
        f"{NAMES[f]}：{before or '无'} → {after or '无'}" for f, before, after in changes
    )
    audit.append(Event(who.strip(), origin, action, f"{path}　{says}", reason=note))


def standing(
    history: Iterable[CorrectionRow], reader: IndexReader
) -> dict[tuple[str, str, str], CorrectionRow]:
    """The corrections that hold, by file, part of it and field: the last word on each field, none
    where it was withdrawn."""
    found: dict[tuple[str, str, str], CorrectionRow] = {}
    for row in history:
        where = (*place(row, reader), row.field)
        found.pop(where, None)
        if not row.withdrawn:
            found[where] = row
    return found


def of_version(corrections: Corrections, reader: IndexReader, path: str) -> list[CorrectionRow]:
    """Those that hold of one version."""
    held = standing(corrections.history(), reader)
    return [row for (file, part, _), row in held.items() if file + part == path]


def place(row: CorrectionRow, reader: IndexReader) -> tuple[str, str]:
    """The file that a correction is of, where it lies now, and the part of it (``!2``, or "")."""
    found = _PART.search(row.path)
    suffix = found.group() if found else ""
    return reader.now_at(row.path.removesuffix(suffix), row.generation), suffix


def by_file(
    history: Iterable[CorrectionRow], reader: IndexReader
) -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """For `indexer.manifest.CORRECTED`: (part, field, value, evidence) of each, by file."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for (path, part, field), row in standing(history, reader).items():
        found.setdefault(path, []).append((part, field, row.value, row.evidence))
    return {path: tuple(sorted(rows)) for path, rows in found.items()}


def of_purged(
    history: Iterable[CorrectionRow], reader: IndexReader, paths: Iterable[str]
) -> list[int]:
    """Ids of what was noted of files that were purged."""
    gone = set(paths)
    return [row.id for row in history if gone & {row.path, place(row, reader)[0]}]


FORCES = tuple(force.value for force in Force)
"""Levels of force, highest first."""
