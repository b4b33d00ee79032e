"""What people judged of what was read: enough of each, and right in 98 of 100."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "checked"
VERDICTS = {"right", "wrong", "unsure"}


def verdicts(name: str) -> list[list[str]]:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(
    ("name", "least"), [("citations", 200), ("dates", 100), ("bases", 100), ("repeals", 100)]
)
def test_precision(name: str, least: int) -> None:
    rows = verdicts(name)
    assert len({row[0] for row in rows}) == len(rows) >= least
    assert {row[1] for row in rows} <= VERDICTS
    assert sum(row[1] == "right" for row in rows) >= 0.98 * len(rows)


def test_only_ids_and_verdicts_are_kept() -> None:
    for file in FOLDER.glob("*.tsv"):
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            assert len(line.split("\t")) in (2, 3)
            assert "。" not in line
