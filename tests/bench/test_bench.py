"""The benchmark measures what it says: same terms, same filter, nothing lost; the chart is one."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kb.base import KnowledgeBase
from kb.bench.chart import growth
from kb.bench.corpus import of_home
from kb.bench.measure import Row, table
from kb.cli import main

QUESTIONS = ("外借公章谁批", "差旅费多少天内报销", "会议室怎么借", "采购八万元的设备谁审批")


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "queries.jsonl"
    lines = (json.dumps({"_id": str(n), "text": q}) for n, q in enumerate(QUESTIONS))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_it_compares_on_the_same_terms(
    corpus_home: Path, queries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg = tmp_path / "growth.svg"
    options = f"bench --json --queries {queries} --most 300 --svg {svg} --grow 200 700".split()
    options += ["--part", "word", "vector", "whole", "grow"]
    options += ["--peers", "tantivy (raw)", "SQLite FTS5"]
    code = main(["--home", str(corpus_home), *options])
    assert code == 0
    found = json.loads(capsys.readouterr().out)
    words = {row["what"]: row for row in found["word"]}
    assert set(words) == {"shuniu", "tantivy (raw)", "SQLite FTS5"}
    assert words["tantivy (raw)"]["note"].endswith("first ten shared 1.00")
    near = [row["note"] for row in found["vector"] if row["what"].startswith("shuniu")]
    assert len(near) == 4
    assert all(float(note.split()[-1]) >= 0.95 for note in near)
    assert found["whole"][1]["note"].endswith("0 wrong answers")
    assert [row["what"] for row in found["grow"]] == ["200", "700"]
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")


def test_grown_passages_differ(corpus_home: Path) -> None:
    with KnowledgeBase.open(corpus_home) as base:
        corpus = of_home(base, 50)
    batches = list(corpus.grown(180, batch=64))
    ids = [entry.id for entries, _ in batches for entry in entries]
    assert len(set(ids)) == 180
    own, varied = batches[0][0][3], batches[1][0][0]
    assert own == corpus.entries[3]
    assert varied.words != corpus.entries[14].words
    assert abs(float((batches[1][1][0] ** 2).sum()) - 1) < 1e-3


def test_the_table_leaves_out_what_nobody_measured() -> None:
    assert table([Row("a", 1.0, 2.0), Row("b", 1234.5)]).splitlines() == [
        "|  | p50 ms | p95 ms |",
        "| --- | --- | --- |",
        "| a | 1.00 | 2.00 |",
        "| b | 1,234 |  |",
    ]


def test_the_chart_names_its_lines() -> None:
    rows = [Row("10,000", 1, 2, 1, 5, 100), Row("1,000,000", 20, 40, 20, 600, 2000)]
    drawn = growth(rows, "增长")
    ElementTree.fromstring(drawn)
    assert all(word in drawn for word in ("p50", "建索引", "服务内存", "1,000,000"))
