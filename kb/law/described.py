"""What is known of a paper, field by field: the value, how it came, and the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from kb.catalogue.rows import VersionRow
from kb.model import Force

HOW = {
    "rule": "按规则从文中读出",
    "front-matter": "文件自带的说明",
    "manifest": "清单 manifest.toml",
    "person": "人工确认或改正",
    "": "默认",
}
"""`kb.model.Fact.how` in words; empty: nobody said, the cautious value stands."""

NONE = "（无）"
"""A person said that there is none, where a rule had found one."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field; ``how`` is a key of `HOW`, ``evidence`` the words or the line it came from."""

    key: str
    name: str
    value: str
    how: str
    evidence: str

    @property
    def source(self) -> str:
        """``how`` in words."""
        return HOW.get(self.how, self.how)


def fields(version: VersionRow) -> list[Field]:
    """Every field that has a value, in the order in which people read them."""
    v = version

    def names(what: str) -> str:
        shown = (
            f"《{m.title}》" + (f"（{m.number}）" if m.number else "") for m in v.mentions(what)
        )
        return "、".join(shown)

    short = "；".join(f"{s}：{full}" for s, full in v.described.get("abbreviations", ()))
    facts = v.described.get("facts", {})
    basis = facts.get("bases", {})
    values = (
        ("title", "标题", v.title),
        ("kind", "类型", v.kind.label),
        ("number", "发文字号", v.number),
        ("issuer", "制发机关", v.issuer),
        ("department", "归口部门", v.department),
        ("owner", "责任人", v.owner),
        ("level", "效力层级", v.force.value if v.force is not Force.NONE else ""),
        ("tier", "知悉范围", v.tier.label),
        ("mark", "密级确认", facts.get("mark", {}).get("value", "")),
        ("issued", "印发日期", str(v.issued or "")),
        ("effective", "施行日期", str(v.effective or "")),
        ("expires", "失效日期", str(v.expires or "")),
        ("review", "下次复核", str(v.review or "")),
        ("bases", "制定依据", names("bases") or ("未写明名称" if basis else "")),
        ("repeals", "废止", names("repeals")),
        ("amends", "修改", names("amends")),
        ("replaces", "取代", str(v.described.get("replaces", ""))),
        ("abbreviations", "简称", short),
        ("origin", "来源说明", v.origin),
    )
    return [
        Field(key, name, value or NONE, str(fact.get("how", "")), str(fact.get("evidence", "")))
        for key, name, value in values
        for fact in (facts.get(key, {}),)
        if value or fact.get("how") == "person"
    ]


def corrected(version: VersionRow) -> tuple[str, ...]:
    """«标题：张三 于 … 改正：…»: what a person corrected of a version in the page."""
    return tuple(
        f"{f.name}：{f.evidence}" for f in fields(version) if f.how == "person" and f.key != "mark"
    )
