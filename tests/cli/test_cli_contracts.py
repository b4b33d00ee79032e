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


def test_a_wrong_query_tells_its_place_and_finds_all_the_same(run: Any) -> None:
    code, out, _ = run("search", "(标题:印章 AND 外借", "-n", "2")
    assert code == 0
    assert "第 1 个字处" in out
    assert "外借" in out
    found = json.loads(run("search", "(标题:印章 AND 外借", "--json")[1])
    assert found["reading"]["mode"] == "language"
    assert found["reading"]["faults"][0]["column"] == 1
    assert run("search", "标题:没有这个标题 AND 印章 NOT 印章", "--plain", "-n", "1")[0] == 0


def test_explain_prints_the_tree_that_was_run(run: Any) -> None:
    query = "标题:印章 AND 外借 NOT 废止"
    told = run("search", query, "-n", "1", "--explain")[1]
    head, hits = told.split("检索树（关键词一路）\n")[1].split("\n\n", 1)
    assert head.splitlines()[0] == "  全部符合"
    for part in ("制度/印章管理办法.md", "二字依次相连：外借", "不含", "二字依次相连：废止"):
        assert part in head
    assert head.index("外借") < head.index("不含") < head.index("废止")
    assert hits.startswith("1. ")
    found = json.loads(run("search", query, "--explain", "--json")[1])
    assert [f"  {line}" for line in found["tree"]] == head.splitlines()
    assert "检索树" not in run("search", query, "-n", "1")[1]
    plain = run("search", "公章外借", "-n", "1", "--explain")[1]
    assert "词：公章 外借" in plain
    assert "词：印章（权重 0.5）" in plain


def test_what_was_read_is_told_and_can_be_taken_back(run: Any) -> None:
    told = run("search", "2023年以来印发的采购文件", "-n", "1")[1]
    assert "2023-01-01 以来的文件" in told
    assert "--no-filter" in told
    assert "只找" not in run("search", "2023年以来印发的采购文件", "-n", "1", "--no-filter")[1]
    assert "您是不是要找：印章" in run("search", "yinzhang")[1]


def test_what_is_not_in_force_is_told_of_and_listed(run: Any) -> None:
    told = run("search", "外借公章谁批准", "--as-of", "2026-11-24")[1]
    assert "条已废止" in told
    assert "（--ended 列出）" in told
    listed = run("search", "外借公章谁批准", "--as-of", "2026-11-24", "--ended")[1]
    assert "2022-06-01 起被新版《云澜市公共事务管理局印章管理办法》废止" in listed
    found = json.loads(run("search", "外借公章谁批准", "--ended", "--json")[1])
    assert found["ended"][0]["ended"]["path"] == "制度/印章管理办法.md"


def test_levels_group_and_hide_nothing(run: Any) -> None:
    flat = json.loads(run("search", "会议 采购", "-n", "30", "--json")[1])["hits"]
    grouped = run("search", "会议 采购", "-n", "30", "--by-level")[1]
    assert all(hit["id"] in grouped for hit in flat)
    heads = [line for line in grouped.splitlines() if line.startswith("── ")]
    assert [head.split("（")[0] for head in heads[:2]] == ["── 规范性文件", "── 本单位制度"]


def test_show_names_similar_provisions(run: Any) -> None:
    shown = run("show", "制度/印章管理办法.md#第十七条")[1]
    assert "另见（意思相近的条文）" in shown
    assert "制度/机关工作流程规程.md#第十二条" in shown


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


def test_every_feature_of_the_ranker_has_a_chinese_name() -> None:
    from kb.commands.hits import FEATURES
    from kb.retrieve.features import FINE, KNOWN

    assert {*FINE, *KNOWN} <= FEATURES.keys()
