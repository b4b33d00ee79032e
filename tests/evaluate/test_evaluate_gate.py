"""The gate: the judged questions over the example papers, against floors in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.cli import main

QUESTIONS = Path(__file__).resolve().parents[1] / "questions"


@pytest.fixture
def given(corpus_home: Path) -> list[str]:
    files = {name: str(QUESTIONS / name) for name in ("queries.jsonl", "qrels.tsv")}
    return [
        *("--home", str(corpus_home), "eval", "--as-of", "2026-11-24"),
        *("--queries", files["queries.jsonl"], "--qrels", files["qrels.tsv"]),
    ]


def test_the_floors_hold(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*given, "--floors", str(QUESTIONS / "floors.toml")]) == 0, capsys.readouterr().err


def test_each_stage_counts_and_losses_are_told(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, floors = str(tmp_path / "run"), tmp_path / "floors.toml"
    assert main([*given, "--json", "--run", run]) == 0
    whole = json.loads(capsys.readouterr().out)
    floors.write_text(f'"recall@5" = {whole["recall@5"]}\n', encoding="utf-8")
    off = ["--without", "synonyms", "ranker", "--no-known", "--against", run]
    assert main([*given, "--json", *off, "--floors", str(floors)]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["recall@5"] < whole["recall@5"]
    assert "低于下限" in said.err
    assert "降" in said.err
