"""The fields of the query language, in Chinese and English, and the values that some take."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from kb.model import Force, Kind, Status
from kb.text.normalise import fold


class What(StrEnum):
    """What a field asks about; the value is the name that is shown."""

    TITLE = "标题"
    TEXT = "正文"
    HEADING = "章节"
    NUMBER = "文号"
    KIND = "类型"
    DATE = "日期"
    ISSUED = "印发"
    EFFECTIVE = "施行"
    OFFICE = "部门"
    STATUS = "状态"
    FORCE = "层级"


NAMES: dict[str, What] = {
    name: what
    for what, names in {
        What.TITLE: "标题 题名 文件名 title",
        What.TEXT: "正文 内容 text content",
        What.HEADING: "章节 章 heading",
        What.NUMBER: "文号 发文字号 字号 number",
        What.KIND: "类型 类别 kind type",
        What.DATE: "日期 时间范围 date",
        What.ISSUED: "印发 印发日期 发文日期 issued",
        What.EFFECTIVE: "施行 施行日期 生效日期 effective",
        What.OFFICE: "部门 单位 机关 处室 department office issuer",
        What.STATUS: "状态 效力 status",
        What.FORCE: "层级 效力层级 级别 level force",
    }.items()
    for name in names.split()
}
"""Every name of a field, in index form."""

DATES = frozenset((What.DATE, What.ISSUED, What.EFFECTIVE))

KINDS: dict[str, Kind] = {
    name: kind
    for kind, names in {
        Kind.REGULATION: "制度 规定 法规 regulation regulations",
        Kind.EXPERIENCE: "经验 案例 experience",
        Kind.REFERENCE: "资料 参考 reference references",
    }.items()
    for name in names.split()
}

STATUSES: dict[str, frozenset[Status]] = {
    name: frozenset(found)
    for names, found in (
        ("现行 现行有效 有效 in_force inforce current", (Status.IN_FORCE,)),
        ("废止 已废止 被废止 repealed", (Status.REPEALED,)),
        # A repealed paper is out of force as well, whatever ended it.
        ("失效 已失效 过期 作废 expired ended", (Status.EXPIRED, Status.REPEALED)),
        ("修改 已修改 修订 已修订 被修订 amended", (Status.AMENDED,)),
        ("尚未生效 未生效 待生效 pending", (Status.PENDING,)),
        ("部分失效 partly", (Status.PARTLY,)),
        ("草案 draft", (Status.DRAFT,)),
        ("未核实 不明 unverified", (Status.UNVERIFIED,)),
    )
    for name in names.split()
}

FORCES: dict[str, Force] = {
    **{force.value: force for force in Force},
    "本单位": Force.INTERNAL,
    "部门规章": Force.RULE,
    "政府规章": Force.RULE,
    **{force.name.lower(): force for force in Force},
}


@cache
def field_of(name: str) -> What | None:
    """The field of a name; None where there is none."""
    return NAMES.get(fold(name))
