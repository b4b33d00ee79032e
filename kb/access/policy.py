"""Who may do what, and why not. Pure: no database, no clock. What no rule allows is refused.

Duties are separated (GB/T 22239—2019, 8.1.4.2): who keeps accounts reads no papers and no log;
who reads the log reads no papers and keeps no accounts. Only `scope_of` turns a person into a
`Scope`, and every read takes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from kb.model import ALL_KINDS, Kind, Scope, Tier, audience


class Role(StrEnum):
    """What somebody is here for. One an account: two duties are two accounts."""

    READER = "reader"
    LEADER = "leader"
    EDITOR = "editor"
    ADMIN = "admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The Chinese name shown to people."""
        return {
            "reader": "读者",
            "leader": "领导",
            "editor": "编辑",
            "admin": "管理员",
            "auditor": "审计员",
        }[self.value]


class Action(StrEnum):
    """What can be asked for. Every door of the program is one of these; the log uses the words."""

    SEARCH = "search"
    VIEW = "view"
    LIST = "list"
    COMPOSE = "compose"
    DOWNLOAD = "download"
    EXPORT = "export"
    FAULTS = "faults"
    KNOWN = "known"
    MAINTAIN = "maintain"
    ACCOUNTS = "accounts"
    AUDIT = "audit"

    @property
    def label(self) -> str:
        """The Chinese name shown to people."""
        return LABELS[self]


LABELS: dict[Action, str] = {
    Action.SEARCH: "检索",
    Action.VIEW: "查看",
    Action.LIST: "台账",
    Action.COMPOSE: "编制材料",
    Action.DOWNLOAD: "下载",
    Action.EXPORT: "导出",
    Action.FAULTS: "查看未入库文件",
    Action.KNOWN: "维护已知问答",
    Action.MAINTAIN: "维护索引",
    Action.ACCOUNTS: "管理账号",
    Action.AUDIT: "查看审计日志",
}

READING = frozenset(
    (Action.SEARCH, Action.VIEW, Action.LIST, Action.COMPOSE, Action.DOWNLOAD, Action.EXPORT)
)
DUTIES: dict[Role, frozenset[Action]] = {
    Role.READER: READING,
    Role.LEADER: READING,
    Role.EDITOR: READING | {Action.FAULTS, Action.KNOWN, Action.MAINTAIN},
    Role.ADMIN: frozenset({Action.ACCOUNTS}),
    Role.AUDITOR: frozenset({Action.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the policy sees him.

    ``departments`` None: every department. ``clearance``: the highest tier he may read.
    """

    name: str
    role: Role
    clearance: Tier = Tier.PUBLIC
    departments: frozenset[str] | None = frozenset()
    kinds: frozenset[Kind] = ALL_KINDS
    disabled: bool = False
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether, and why: the reason stands in the log (and, for an action, before the person)."""

    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What decides who may see a paper."""

    kind: Kind
    tier: Tier
    department: str
    persons: tuple[str, ...] = ()


def may(who: Identity | None, action: Action) -> Judgement:
    """Whether a person may do such a thing at all."""
    if who is None:
        return Judgement(False, "未登录")
    if who.disabled:
        return Judgement(False, "账号已停用")
    if who.must_change:
        return Judgement(False, "须先修改初始口令")
    if action not in DUTIES.get(who.role, frozenset()):
        return Judgement(False, f"{who.role.label}无此权限：{action.label}")
    return Judgement(True, f"{who.role.label}：{action.label}")


def scope_of(
    who: Identity, as_of: date | None, *, open_tiers: frozenset[Tier] = frozenset()
) -> Scope:
    """What a person may see on a day; nothing, where his role reads no papers.

    Args:
        open_tiers: whose papers are for every department (`kb.config`, ``department_tier``).
    """
    if not may(who, Action.SEARCH).allowed:
        return Scope(who.name, as_of, frozenset(), frozenset(), frozenset())
    # Papers that name no department are for the whole office.
    departments = None if who.departments is None else who.departments | {""}
    return Scope(
        reader=who.name,
        as_of=as_of,
        kinds=who.kinds,
        tiers=frozenset(t for t in Tier if t.rank <= who.clearance.rank),
        departments=departments,
        open_tiers=open_tiers,
        persons=frozenset({who.name}),
    )


def judge(scope: Scope, marks: Marks) -> Judgement:
    """Whether one paper is within a scope, whatever the day, with the first rule that says no."""
    if marks.kind not in scope.kinds:
        return Judgement(False, f"类型：{marks.kind.label}不在可见范围")
    if marks.tier not in scope.tiers:
        return Judgement(False, f"知悉范围：{marks.tier.label}高于可见范围")
    if scope.admits(marks.tier, audience(marks.department, marks.persons)):
        return Judgement(True, "在可见范围内")
    if marks.persons:
        return Judgement(False, "定向知悉：不在所列人员之中")
    return Judgement(False, f"部门：{marks.department or '未写部门'}不在可见范围")


@cache
def open_tiers_below(limit: Tier) -> frozenset[Tier]:
    """Tiers whose papers are for every department, where departments count from ``limit`` up."""
    return frozenset(t for t in Tier if t.rank < limit.rank)
