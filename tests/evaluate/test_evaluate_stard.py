"""The floors over real questions: long, and only where the shared data is."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.publish import Options, index
from kb.cli import main
from kb.config import Settings

QUESTIONS = Path(__file__).resolve().parents[1] / "questions"


@pytest.mark.soak
def test_the_floors_hold_without_and_with_known_questions(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, stard = tmp_path / "home", shared_data / "stard"
    assert (
        index(Settings(home=home, workers=2), [shared_data / "laws_2023"], Options()).failed == []
    )

    def files(prefix: str) -> list[str]:
        queries, qrels = stard / f"{prefix}queries.jsonl", stard / f"{prefix}qrels.tsv"
        return ["--queries", str(queries), "--qrels", str(qrels)]

    def measured(floors: str) -> int:
        given = ["--home", str(home), "eval", *files("")]
        return main([*given, "--floors", str(QUESTIONS / floors)])

    assert measured("floors_stard.toml") == 0, capsys.readouterr().err
    assert main(["--home", str(home), "questions", "add", *files("train_")]) == 0
    assert measured("floors_stard_known.toml") == 0, capsys.readouterr().err
