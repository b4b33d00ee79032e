"""Golden cases: a paper beside what it says of itself. Add one for each fault that is mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.golden import Case, cases

from indexer.papers import papers
from kb.model import Description

FOLDER = Path(__file__).parents[1] / "golden" / "description"
CASES = [case for file in sorted(FOLDER.glob("*.txt")) for case in cases(file)]
FIELDS: dict[str, Callable[[Description], list[str]]] = {
    "题": lambda d: [d.title],
    "号": lambda d: [d.number],
    "发": lambda d: [d.issuer],
    "印": lambda d: [str(d.issued or "")],
    "施": lambda d: [str(d.effective or "")],
    "止": lambda d: [str(d.expires or "")],
    "据": lambda d: [f"《{m.title}》" for m in d.bases],
    "废": lambda d: [f"《{m.title}》" for m in d.repeals],
    "改": lambda d: [f"《{m.title}》" for m in d.amends],
    "称": lambda d: [f"{short} = {full}" for short, full in d.abbreviations],
    "密": lambda d: [d.tier.label],
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_description(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(case.given, encoding="utf-8")
    found = papers(path, name="a.txt", source="", overrides={}, max_bytes=10**6)[-1].description
    names = list(dict.fromkeys(line.split(" ")[0] for line in case.expected))
    shown = [f"{name} {value or '无'}" for name in names for value in FIELDS[name](found) or [""]]
    assert tuple(shown) == case.expected


def test_there_are_enough_cases() -> None:
    """With the cases of outlines, of citations and of what they mean, 150 and more."""
    tests = FOLDER.parents[1]
    outlines = sum(
        file.read_text(encoding="utf-8").count("\n=== ")
        for file in (tests / "golden" / "structure").glob("*.txt")
    )
    places = [
        *(tests / "text" / "golden" / f"{name}.txt"
          for name in ("citations", "abbreviations", "numbers", "dates", "effective", "expiry")),
        tests / "law" / "golden" / "resolve.txt",
    ]  # fmt: skip
    assert len(CASES) + outlines + sum(len(cases(file)) for file in places) >= 150
