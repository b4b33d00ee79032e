"""The commands over the example papers: JSON as the contract has it, exit codes, words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.cli import main


@pytest.fixture
def run(corpus_home: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*argv: str) -> tuple[int, str, str]:
        code = main(["--home", str(corpus_home), *argv])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_search_json_is_the_contract(run: Any) -> None:
    code, out, _ = run("search", "外借公章谁批准", "-n", "3", "--json", "--as-of", "2026-11-24")
    found = json.loads(out)
    assert code == 0
    assert found.keys() == {"query", "as_of", "took_ms", "total", "hits", "weak"}
    assert found["as_of"] == "2026-11-24"
    assert len(found["hits"]) == 3
    for hit in found["hits"]:
        assert hit.keys() == {
            "id",
            "path",
            "title",
            "label",
            "heading",
            "kind",
            "status",
            "tier",
            "page",
            "score",
            "text",
            "highlights",
            "why",
        }
        assert hit["id"].startswith(hit["path"] + "#")
        assert all(0 <= start < end <= len(hit["text"]) for start, end in hit["highlights"])
    assert found["hits"][0]["title"].endswith("印章管理办法")
    assert found["hits"][0]["status"] == "现行有效"
    assert found["weak"] is False


def test_search_in_words(run: Any) -> None:
    code, out, _ = run("search", "外借公章谁批准", "--explain")
    assert code == 0
    assert "《云澜市公共事务管理局印章管理办法》" in out
    assert "〔现行有效〕" in out
    assert "合计" in out


def test_search_by_kind_finds_only_that(run: Any) -> None:
    _, out, _ = run("search", "外借公章", "--kind", "experience", "--json")
    assert {hit["kind"] for hit in json.loads(out)["hits"]} == {"experience"}


def test_search_as_of_a_day_finds_what_held_then(run: Any) -> None:
    _, then, _ = run("search", "采购审批权限", "--as-of", "2020-01-01", "--json", "-n", "30")
    _, now, _ = run("search", "采购审批权限", "--as-of", "2026-11-24", "--json", "-n", "30")
    old, new = "制度/历史版本/采购管理办法(2019).md", "制度/采购管理办法.md"
    paths = [{hit["path"] for hit in json.loads(out)["hits"]} for out in (then, now)]
    assert old in paths[0]
    assert new not in paths[0]
    assert new in paths[1]
    assert old not in paths[1]


@pytest.mark.parametrize("query", ["", "   ", "！？。", "\u200b"])
def test_a_query_without_words_finds_nothing(run: Any, query: str) -> None:
    code, out, _ = run("search", query, "--json")
    assert code == 1
    assert json.loads(out)["hits"] == []


def test_show_prints_the_article_as_it_stands(run: Any, corpus: Path) -> None:
    code, out, _ = run("show", "制度/印章管理办法.md#第三条")
    text = (corpus / "制度/印章管理办法.md").read_text("utf-8")
    wanted = text.partition("\n第三条　")[2].partition("\n第四条　")[0]
    assert code == 0
    assert wanted.splitlines()[0] in out
    assert "云公管〔2022〕11号" in out


def test_show_says_what_ended_an_old_paper(run: Any) -> None:
    _, out, _ = run("show", "制度/历史版本/印章管理办法(2015).md#第一条", "--as-of", "2026-11-24")
    assert "已废止" in out
    assert "2022-06-01" in out


def test_show_json(run: Any) -> None:
    _, out, _ = run("show", "制度/印章管理办法.md#第三条", "--json")
    found = json.loads(out)
    assert found["label"] == "第三条"
    assert date.fromisoformat(found["effective"]) == date(2022, 6, 1)


@pytest.mark.parametrize("id_", ["没有.md#第一条", "制度/印章管理办法.md#第九百条", "随便"])
def test_show_of_what_is_not_there(run: Any, id_: str) -> None:
    code, out, err = run("show", id_)
    assert (code, out) == (2, "")
    assert "没有找到" in err


def test_eval_json_is_the_contract(run: Any, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"_id": "1", "text": "公章可以带出单位用吗"}\n', "utf-8")
    (tmp_path / "r.tsv").write_text("1\t制度/印章管理办法.md#第十八条\t1\n", "utf-8")
    given = ("--queries", str(tmp_path / "q.jsonl"), "--qrels", str(tmp_path / "r.tsv"))
    code, out, _ = run("eval", *given, "--run", str(tmp_path / "run"), "--json")
    assert code == 0
    assert json.loads(out).keys() == {
        "queries",
        "recall@1",
        "recall@5",
        "recall@10",
        "recall@20",
        "recall@100",
        "mrr@10",
        "ndcg@10",
        "ms_p50",
        "ms_p95",
    }
    lines = (tmp_path / "run").read_text("utf-8").splitlines()
    assert len(lines) == 100
    assert lines[0].split()[:2] == ["1", "Q0"]
    _, out, _ = run("eval", *given, "--level", "document", "--json")
    assert json.loads(out)["recall@5"] == 1.0


def test_index_json_is_the_contract(corpus_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(corpus_copy), "index", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {
        "files",
        "new",
        "changed",
        "moved",
        "gone",
        "failed",
        "articles",
        "passages",
        "seconds",
        "generation",
    }
    assert (found["new"], found["changed"], found["gone"], found["failed"]) == (0, 0, 0, [])
    assert found["articles"] >= 500


def test_doctor_finds_a_good_index_good(run: Any) -> None:
    code, out, _ = run("doctor")
    assert "[好] 索引" in out
    assert "[好] 索引文件" in out
    assert code in (0, 1)  # fonts or programs of this machine may be missing


def test_doctor_finds_a_flipped_byte(corpus_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generation = next(p for p in (corpus_copy / "index").iterdir() if p.is_dir())
    victim = max((p for p in generation.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    assert main(["--home", str(corpus_copy), "doctor"]) == 1
    assert victim.name in capsys.readouterr().out


def test_a_backup_comes_back(
    corpus_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "备份.zip"
    assert main(["--home", str(corpus_copy), "backup", "--out", str(archive)]) == 0
    restored = tmp_path / "恢复"
    assert main(["--home", str(restored), "restore", str(archive)]) == 0
    capsys.readouterr()
    assert main(["--home", str(restored), "search", "外借公章", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hits"]
    assert main(["--home", str(restored), "restore", str(archive)]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["--home", str(restored), "restore", str(archive), "--force"]) == 0
    assert (tmp_path / "恢复.before-restore" / "index.sqlite").exists()


def test_a_damaged_backup_is_refused_and_harms_nothing(
    corpus_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "备份.zip"
    main(["--home", str(corpus_copy), "backup", "--out", str(archive)])
    data = bytearray(archive.read_bytes())
    data[len(data) // 3] ^= 0xFF
    archive.write_bytes(data)
    assert main(["--home", str(corpus_copy), "restore", str(archive), "--force"]) == 2
    assert "备份" in capsys.readouterr().err
    assert main(["--home", str(corpus_copy), "search", "外借公章"]) == 0


def test_migrate_backs_up_first(corpus_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(corpus_copy), "migrate"]) == 0
    assert list((corpus_copy / "backups").glob("*.zip"))
    assert "最新" in capsys.readouterr().out
