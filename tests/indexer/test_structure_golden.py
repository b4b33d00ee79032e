"""Golden cases: a text beside its outline. Add one for each fault that is mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.outlines import cases, shown

from indexer.readers import read_bytes
from indexer.structure import outline

FOLDER = Path(__file__).parents[1] / "golden" / "structure"
CASES = [
    pytest.param(file.stem, given, wanted, id=f"{file.stem}: {name}")
    for file in sorted(FOLDER.glob("*.txt"))
    for name, given, wanted in cases(file)
]


@pytest.mark.parametrize(("file", "given", "wanted"), CASES)
def test_outline(file: str, given: str, wanted: str) -> None:
    # Files named «markdown…» hold Markdown, the others lines as other readers give them.
    ending = "md" if file.startswith("markdown") else "txt"
    reading = read_bytes(given.replace("§", "").encode("utf-8"), f"case.{ending}")
    assert shown(outline(reading)) == wanted


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40
    assert len({case.id for case in CASES}) == len(CASES)
