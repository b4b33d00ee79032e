"""Which fields of work have a rule, out of a list of those an office should have rules for.

The list is data (``fields.toml`` of the home over the shipped one): a field is covered where a rule
in force bears one of its words in its title.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.catalogue.rows import VersionRow
from kb.errors import ConfigError
from kb.law.validity import status
from kb.model import Force, Kind, Status

_SHIPPED = Path(__file__).with_name("fields.toml")


@dataclass(frozen=True, slots=True)
class Coverage:
    """A field of work, and the rules (paths) in force whose title names it."""

    field: str
    rules: tuple[str, ...]


def fields(home: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Field → words of titles.

    Raises:
        ConfigError: the list cannot be read.
    """
    path = _SHIPPED
    if home is not None and (home / _SHIPPED.name).is_file():
        path = home / _SHIPPED.name
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("field", [])
        found = {str(e["name"]): tuple(str(word) for word in e["words"]) for e in entries}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ConfigError(
            f"读不了 {path}：{error}", hint="每项写成 [[field]] name = '印章' words = ['印章']"
        ) from error
    if not found:
        raise ConfigError(f"{path.name} 里没有领域", hint="至少写一个 [[field]]")
    return found


def coverage(
    versions: Sequence[VersionRow], wanted: dict[str, tuple[str, ...]], day: date
) -> list[Coverage]:
    """How each field is covered on ``day``, in the order of the list."""
    own = [
        v
        for v in versions
        if v.kind is Kind.REGULATION
        and v.force is Force.INTERNAL
        and status(v.validity, day) is Status.IN_FORCE
    ]
    return [
        Coverage(name, tuple(v.path for v in own if any(word in v.title for word in words)))
        for name, words in wanted.items()
    ]
