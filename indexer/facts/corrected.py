"""What a person corrected of a paper's description, taken into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from indexer.manifest import CORRECTED, DATES, checked
from kb.model import Fact, Tier


class Correction(NamedTuple):
    """A field's value as a manifest writes it ("": there is none); who, when, why."""

    value: str
    evidence: str


def without(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest's own entry."""
    return {name: value for name, value in overrides.items() if name != CORRECTED}


def of_part(overrides: Mapping[str, Any], suffix: str) -> dict[str, Correction]:
    """By field, for one of a file's documents. The highest tier of any of them holds for all: the
    file is handed out whole."""
    held = overrides.get(CORRECTED, ())
    found = {f: Correction(value, evidence) for part, f, value, evidence in held if part == suffix}
    raised = [Correction(value, evidence) for _, f, value, evidence in held if f == "tier"]
    if raised:
        found["tier"] = max(raised, key=lambda one: Tier(one.value).rank)
    return found


def apply(corrected: Mapping[str, Correction], facts: dict[str, Fact]) -> dict[str, Any]:
    """Properties as people corrected them; the tier is `raised`'s. ``facts`` is filled."""
    said: dict[str, Any] = {}
    for name, one in corrected.items():
        if name == "tier":
            continue
        if one.value:
            said[name] = checked(name, one.value, name)
        else:
            said[name] = None if name in DATES else ""
        facts[name] = Fact(one.value, "person", one.evidence)
    return said


def raised(tier: Tier, corrected: Mapping[str, Correction], facts: dict[str, Fact]) -> Tier:
    """The higher of what the paper states and what a person chose: nobody opens a paper here."""
    if "tier" not in corrected or Tier(corrected["tier"].value).rank <= tier.rank:
        return tier
    tier = Tier(corrected["tier"].value)
    facts["tier"] = Fact(tier.label, "person", corrected["tier"].evidence)
    return tier
