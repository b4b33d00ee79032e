"""The gate: the judged questions over the example papers, against floors in a file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kb.cli import main

QUESTIONS = Path(__file__).resolve().parents[1] / "questions"


@pytest.fixture
def given(corpus_home: Path) -> list[str]:
    files = {name: str(QUESTIONS / name) for name in ("queries.jsonl", "qrels.tsv")}
    return [
        *("--home", str(corpus_home), "eval"),
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


def test_each_half_of_the_keyword_half_is_measured(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    figures = {}
    for half in ("word", "bigram", "keyword"):
        assert main([*given, "--json", "--half", half, "--without", "synonyms"]) == 0
        figures[half] = json.loads(capsys.readouterr().out)["mrr@10"]
    assert len(set(figures.values())) == 3
    assert min(figures.values()) > 0.2


def test_every_figure_has_its_interval(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(given) == 0
    shown = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines() if line)
    for name in ("recall@1", "recall@100", "mrr@10", "ndcg@10"):
        value, low, high = map(float, re.findall(r"\d\.\d+", shown[name]))
        assert low <= value <= high
        assert low < high or value == 1.0


def test_articles_that_a_question_names_are_found(
    corpus_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (QUESTIONS / "queries.jsonl").read_text("utf-8").splitlines()
    exact = [line for line in lines if json.loads(line)["shape"] == "exact"]
    queries = tmp_path / "exact.jsonl"
    queries.write_text("\n".join(exact), encoding="utf-8")
    asked = ["eval", "--queries", str(queries), "--qrels", str(QUESTIONS / "qrels.tsv"), "--json"]
    assert main(["--home", str(corpus_home), *asked]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["queries"] >= 15
    assert figures["recall@1"] == figures["mrr@10"] == 1.0
