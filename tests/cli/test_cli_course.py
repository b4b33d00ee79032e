"""``kb decision``, ``kb task``, ``kb system`` from the shell's side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.catalogue import Catalogue
from kb.catalogue.audit import Filter
from kb.cli import main
from kb.config import Settings


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["--home", str(home), *words])
    got = capsys.readouterr()
    return code, got.out, got.err


def test_a_decision_is_shown_with_what_it_lacks_and_refusals_say_why(
    corpus_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = corpus_copy
    run(home, capsys, "pack", "agenda", "--add", "外借公章", "--day", "2026-03-16", "--by", "王敏")
    run(home, capsys, "decision", "checklist", "2026-1", "major-decision", "--by", "王敏")
    code, out, _ = run(home, capsys, "decision", "show", "2026-1", "--json")
    said = json.loads(out)
    assert code == 1
    assert said["state"] == "备料"
    legality = next(step for step in said["steps"] if step["id"] == "legality")
    assert legality["latest"] == "2026-03-04"
    assert any(lack["what"].startswith("合法性审查") for lack in said["missing"])
    code, _, err = run(home, capsys, "decision", "move", "2026-1", "--by", "王敏")
    assert code == 2
    assert "没有定稿的参阅材料" in err
    code, _, err = run(home, capsys, "decision", "waive", "2026-1", "legality", "小事")
    assert code == 2
    assert "不能省略" in err
    code, out, _ = run(home, capsys, "decision", "no", "2026-1", "risk", "--json")
    assert code == 0
    risk = next(step for step in json.loads(out)["steps"] if step["id"] == "risk")
    assert risk["state"] == "不需要"


def test_every_change_is_in_the_audit_log(
    corpus_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(corpus_copy, capsys, "task", "add", "核对印章", "--source", "纪要", "--by", "督查")
    run(corpus_copy, capsys, "task", "withdraw", "1", "重复", "--by", "督查")
    with Catalogue.open(Settings(home=corpus_copy)) as catalogue:
        subjects = [event.subject for event in catalogue.audit.every(Filter())]
    assert "核对印章 立项" in subjects
    assert "督办 1 撤销" in subjects


def test_a_task_goes_its_way(corpus_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = corpus_copy
    filed = (
        "task",
        "add",
        "核对印章",
        "--source",
        "纪要",
        "--lead",
        "办公室",
        "--standard",
        "相符",
    )
    assert run(home, capsys, *filed, "--by", "督查")[0] == 0
    steps = [
        ("assign", "1", "--limit", "2026-12-20", "--day", "2026-12-01", "--by", "督查"),
        ("accept", "1", "--day", "2026-12-01", "--by", "办公室"),
        ("report", "1", "已核对一半", "--progress", "50", "--day", "2026-12-05", "--by", "办公室"),
        ("extend", "1", "在外", "--limit", "2026-12-30", "--day", "2026-12-20", "--by", "办公室"),
        ("grant", "1", "--day", "2026-12-20", "--by", "局长"),
        ("submit", "1", "相符", "--day", "2026-12-29", "--by", "办公室"),
        ("close", "1", "--day", "2026-12-31", "--by", "督查"),
    ]
    for step in steps:
        code, _, err = run(home, capsys, "task", *step)
        assert code == 0, err
    code, out, _ = run(home, capsys, "task", "list", "--json")
    (task,) = json.loads(out)
    assert (task["state"], task["limit"], task["light"]) == ("已办结", "2026-12-30", "已办结")
    code, _, err = run(home, capsys, "task", "close", "1")
    assert code == 2
    assert "不能审核通过" in err


def test_the_system_report_names_places_and_fields(
    corpus_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(corpus_copy, capsys, "system", "--as-of", "2026-11-24", "--json")
    said = json.loads(out)
    assert code == 1
    assert said["coverage"]["外事"] == []
    kinds = {(one["kind"], one["place"]) for one in said["findings"]}
    assert ("已失效", "制度/办公用品与办公用房管理办法.md") in kinds
    assert all(duty["id"] for duties in said["posts"].values() for duty in duties)


def test_the_note_of_a_finished_decision_is_written_indexed_and_recorded(
    corpus_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def decision(*words: str) -> tuple[int, str, str]:
        return run(corpus_copy, capsys, "decision", *words, "--by", "王敏")

    run(corpus_copy, capsys, "pack", "agenda", "--add", "外借公章", "--by", "王敏")
    code, _, err = decision("experience", "2026-1", "--lesson", "先问银行")
    assert (code, "还没有：" in err) == (2, True), "nothing is known yet"
    decision("opinion", "2026-1", "财务处", "同意，按制度办")
    decision("resolve", "2026-1", "同意外借，两人同行", "第3次办公会纪要")
    code, out, _ = decision("experience", "2026-1", "--lesson", "先问银行要带哪几枚柜面印鉴")
    assert code == 0 or "还缺" in out
    (note,) = (corpus_copy / "经验记录").iterdir()
    said = note.read_text(encoding="utf-8")
    assert "同意外借，两人同行" in said
    assert "公开范围: 内部" in said
    code, out, _ = run(corpus_copy, capsys, "search", "先问银行要带哪几枚柜面印鉴", "--json")
    assert code == 0
    assert "外借公章的办理" in out
