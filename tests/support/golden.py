"""Golden cases as text that a clerk can check: what goes in, then what must come out.

A file is a list of cases set off by lines of ``----``. In a case the input stands first; after
a line ``=>`` each line is one expected finding. ``#`` at the start of a line is a comment. An
input line ``@ name`` names what is tested in files that test several things.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One case; ``name`` says where it stands."""

    name: str
    given: str
    expected: tuple[str, ...]
    options: dict[str, str]


def cases(file: Path) -> list[Case]:
    """All cases of a golden file. A malformed case raises ValueError."""
    found = []
    lines = file.read_text(encoding="utf-8").splitlines()
    block: list[str] = []
    start = 1
    for number, line in enumerate([*lines, "----"], start=1):
        if line.startswith("----"):
            if any(block):
                found.append(_case(f"{file.stem}:{start}", block))
            block, start = [], number + 1
        elif not line.startswith("#"):
            block.append(line)
    return found


def _case(name: str, block: list[str]) -> Case:
    at = block.index("=>")
    options = dict(
        line[1:].strip().partition(" ")[::2] for line in block[:at] if line.startswith("@")
    )
    given = "\n".join(line for line in block[:at] if not line.startswith("@")).strip("\n")
    expected = tuple(line.strip() for line in block[at + 1 :] if line.strip())
    return Case(name, given, expected, options)
