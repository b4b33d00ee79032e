"""What people state: the manifest's entry and the front matter of a Markdown file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.manifest import CHOICES, DATES, PERSONS, checked
from kb.errors import ConfigError
from kb.model import Fact, Kind, Tier
from kb.text.dates import parse_date

NAMES: dict[str, str] = {
    "标题": "title",
    "名称": "title",
    "类别": "kind",
    "发文字号": "number",
    "文号": "number",
    "发文机关": "issuer",
    "制发机关": "issuer",
    "主管部门": "department",
    "部门": "department",
    "责任人": "owner",
    "公开范围": "tier",
    "知悉人员": "persons",
    "效力层级": "level",
    "印发日期": "issued",
    "发布日期": "issued",
    "施行日期": "effective",
    "生效日期": "effective",
    "失效日期": "expires",
    "复核日期": "review",
    "替代": "replaces",
    "来源": "origin",
}
LABELS: dict[str, dict[str, str]] = {
    "kind": {kind.label: kind.value for kind in Kind},
    "tier": {tier.label: tier.value for tier in Tier},
}
KEYS = frozenset(NAMES.values()) | DATES | frozenset(CHOICES) | {PERSONS}

CLOSED: dict[str, Any] = {"tier": Tier.SENSITIVE.value, PERSONS: ("?",)}
"""What stands for a value that cannot be read. No account is called «?»."""


def stated(
    meta: Mapping[str, str], overrides: Mapping[str, Any], facts: dict[str, Fact]
) -> dict[str, Any]:
    """Properties that people state; the manifest comes before the front matter.

    A value of the front matter that is no date or no choice is passed over: the text is then
    asked. ``facts`` is filled.
    """
    said: dict[str, Any] = {}
    for key, raw in meta.items():
        name = NAMES.get(key, key)
        if name not in KEYS or not raw:
            continue
        value: object = LABELS.get(name, {}).get(raw, raw)
        if name in DATES:
            value = parse_date(raw) or raw
        try:
            said[name] = checked(name, value, key)
        except ConfigError:
            if name not in CLOSED:
                continue
            # A slip of the pen must not open a paper to more people.
            said[name] = CLOSED[name]
        facts[name] = Fact(str(said[name]), "front-matter", f"{key}: {raw}")
    for name, value in overrides.items():
        if value not in ("", None):
            said[name] = value
            facts[name] = Fact(str(value), "manifest", f"{name} = {value}")
    return said
