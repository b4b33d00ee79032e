"""How long before its last day work on what comes round should begin: a table that an office edits.

A rule of thumb, not law. ``leads.txt`` of the home lies over the shipped one, line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kb.errors import ConfigError

RHYTHMS = ("年", "季", "月", "周")
LONGEST = 365
_SHIPPED = Path(__file__).with_name("leads.txt")
_LINE = re.compile(r"(?P<name>\S+)\s+(?P<days>\d{1,4})\s*天?")


@dataclass(frozen=True, slots=True)
class Leads:
    """Calendar days by rhythm (年, 季, 月, 周), and by a word of what is to be done, in order."""

    rhythms: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)

    def days(self, rhythm: str, what: str) -> int:
        """Days before the last day; 0 where nothing is said of that rhythm."""
        own = next((days for word, days in self.words.items() if word in what), None)
        return self.rhythms.get(rhythm, 0) if own is None else own


def read(lines: Iterable[str], name: str) -> Leads:
    """A table of lead times.

    Args:
        lines: ``年 30`` or ``预算 60``; # begins a remark.
        name: what the table is called in errors.

    Raises:
        ConfigError: a line cannot be read; it names the line.
    """
    found = Leads()
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        match = _LINE.fullmatch(text)
        if match is None or int(match["days"]) > LONGEST:
            raise ConfigError(
                f"{name} 第 {number} 行读不懂：{text}",
                hint=f"应为“年 30”或“预算 60”，天数是 0 到 {LONGEST} 的整数",
            )
        table = found.rhythms if match["name"] in RHYTHMS else found.words
        table.setdefault(match["name"], int(match["days"]))
    return found


@cache
def _shipped() -> Leads:
    return read(_SHIPPED.read_text(encoding="utf-8").splitlines(), _SHIPPED.name)


def leads_of(home: Path | None = None) -> Leads:
    """The shipped table, with ``leads.txt`` of the home over it.

    Raises:
        ConfigError: the home's table cannot be read.
    """
    own = home / _SHIPPED.name if home is not None else None
    if own is None or not own.is_file():
        return _shipped()
    try:
        lines = own.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"读不了 {own}：{error}", hint="请存为 UTF-8 文本") from error
    said = read(lines, own.name)
    shipped = _shipped()
    # The home's words come first in order, and keep their days.
    return Leads(shipped.rhythms | said.rhythms, said.words | shipped.words | said.words)
