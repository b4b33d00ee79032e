"""Metrics by hand arithmetic; files in and out; what is wrong with them is said by line."""

from __future__ import annotations

from math import log2
from pathlib import Path

import pytest

from kb.errors import EvaluationError
from kb.evaluate import by_document, documents, evaluate, read_qrels, read_queries, write_run
from kb.evaluate.metrics import REPORTED, ndcg, recall, reciprocal_rank

RANKING = ["a", "b", "c", "d"]


def test_recall_is_a_share_of_what_is_relevant() -> None:
    relevant = {"b": 1, "d": 1, "z": 1}
    assert recall(RANKING, relevant, 1) == 0
    assert recall(RANKING, relevant, 2) == pytest.approx(1 / 3)
    assert recall(RANKING, relevant, 10) == pytest.approx(2 / 3)
    assert recall(RANKING, {}, 10) == 0


def test_reciprocal_rank_takes_the_first() -> None:
    assert reciprocal_rank(RANKING, {"c": 1, "d": 1}, 10) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKING, {"c": 1}, 2) == 0
    assert reciprocal_rank([], {"c": 1}, 2) == 0


def test_ndcg_discounts_by_rank_and_weighs_grades() -> None:
    relevant = {"b": 2, "d": 1}
    gained = 2 / log2(3) + 1 / log2(5)
    ideal = 2 / log2(2) + 1 / log2(3)
    assert ndcg(RANKING, relevant, 10) == pytest.approx(gained / ideal)
    assert ndcg(RANKING, {"z": 1}, 10) == 0
    assert ndcg(["a"], {"a": 3}, 10) == 1


def test_every_reported_metric_is_one_for_the_perfect_answer() -> None:
    perfect = {name: metric(["a"], {"a": 1}, k) for name, (metric, k) in REPORTED.items()}
    assert set(perfect.values()) == {1.0}


def test_only_judged_questions_count() -> None:
    answers = {"问一": [("a", 2.0), ("b", 1.0)], "问二": [("b", 1.0)]}
    found = evaluate(
        answers.__getitem__,
        {"1": "问一", "2": "问二", "3": "没有评判"},
        {"1": {"b": 1}, "2": {"a": 1}, "9": {"x": 1}},
    )
    assert found.queries == 2
    assert found.figures["recall@1"] == 0
    assert found.figures["recall@5"] == 0.5
    assert found.figures["mrr@10"] == pytest.approx(0.25)
    assert {"queries", "ms_p50", "ms_p95", *REPORTED} == found.as_json().keys()


def test_no_judged_question_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="编号"):
        evaluate(lambda query: [], {"1": "问"}, {"2": {"a": 1}})


def test_document_level_takes_the_best_passage() -> None:
    assert documents([("甲#一", 3.0), ("乙#一", 2.0), ("甲#二", 1.0)]) == [("甲", 3.0), ("乙", 2.0)]
    assert by_document({"1": {"甲#一": 1, "甲#二": 1}}) == {"1": {"甲": 1}}


def test_files_come_in_and_a_run_goes_out(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('\ufeff{"_id": 7, "text": "问"}\n\n', encoding="utf-8")
    (tmp_path / "r.tsv").write_text(
        'query-id\tcorpus-id\tscore\n7\t法/"甲".md#第一条\t1\n7\t乙\t0\n', encoding="utf-8"
    )
    assert read_queries(tmp_path / "q.jsonl") == {"7": "问"}
    assert read_qrels(tmp_path / "r.tsv") == {"7": {'法/"甲".md#第一条': 1}}
    write_run(tmp_path / "run", {"7": [("甲 乙#一", 0.5)]})
    assert (tmp_path / "run").read_text(encoding="utf-8") == "7 Q0 甲%20乙#一 1 0.500000 kb\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("q.jsonl", '{"_id": "1", "text": "问"}\n{"id": 2}\n', "第 2 行"),
        ("q.jsonl", "不是 JSON\n", "第 1 行"),
        ("r.tsv", "query-id\tcorpus-id\tscore\n1\t甲\n", "第 2 行"),
        ("r.tsv", "1\t甲\t很好\n", "第 1 行"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, name: str, content: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    read = read_queries if name.endswith("jsonl") else read_qrels
    with pytest.raises(EvaluationError, match=says):
        read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="没有这个"):
        read_queries(tmp_path / "没有这个")
