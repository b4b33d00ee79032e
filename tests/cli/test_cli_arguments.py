"""The command itself: help, wrong arguments, errors in words, exit codes."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from kb import __version__
from kb.cli import COMMANDS, main
from kb.commands.output import storage_trouble


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_chinese(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    said = capsys.readouterr().out
    assert stop.value.code == 0
    assert said.startswith("用法：")
    assert COMMANDS[command][2] in said
    assert "show this help" not in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == f"枢纽 {__version__}"


@pytest.mark.parametrize("argv", [[], ["没有的命令"], ["search"], ["search", "问", "-n", "很多"]])
def test_wrong_arguments_exit_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    assert "参数不对" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["search", "印章"], "kb index"),
        (["show", "甲.md#第一条"], "kb index"),
        (["index"], "kb index 文件夹"),
        (["index", "/没有/这个"], "/没有/这个"),
        (["search", "印章", "--as-of", "昨天以前"], "日期"),
        (["backup"], "没有知识库"),
        (["restore", "没有.zip"], "备份找不到：没有.zip"),
    ],
)
def test_an_error_is_said_in_words(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert "Traceback" not in said.err


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_FUSION_WEIGHT", "很大")
    assert main(["search", "印章"]) == 2
    assert "fusion_weight" in capsys.readouterr().err


def test_a_cold_search_imports_neither_torch_nor_the_page_nor_packs() -> None:
    code = (
        "import sys; from kb.cli import main; main(['search', '印章']);"
        "print([m for m in ('torch', 'streamlit', 'sentence_transformers', 'pandas', "
        "'kb.decide', 'docx', 'jinja2', 'argon2', 'kb.law.citations') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stdout.strip() == "[]"


JUDGED = Path(__file__).parents[1] / "questions"
QUERIES, QRELS = (str(JUDGED / name) for name in ("queries.jsonl", "qrels.tsv"))


@pytest.mark.parametrize(
    "argv",
    [
        ["bench", "--queries", "没有.jsonl", "--peers"],
        ["eval", "--queries", "没有.jsonl", "--qrels", QRELS],
        ["eval", "--queries", QUERIES, "--qrels", "没有.tsv"],
        ["eval", "--queries", QUERIES, "--qrels", QRELS, "--against", "没有.run"],
        ["questions", "add", "--queries", "没有.jsonl", "--qrels", QRELS],
        ["preview", "没有.docx"],
        ["index", "没有"],
        ["restore", "没有.zip"],
    ],
)
def test_a_path_that_is_not_there_is_called_that(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if argv[0] == "bench":
        pytest.importorskip("psutil")
    assert main(argv) == 2
    said = capsys.readouterr().err
    assert "找不到" in said
    assert "没有" in said
    assert "检查路径" in said
    for misleading in ("No such file", "Errno", "腾出空间", "索引不受影响"):
        assert misleading not in said


def test_a_folder_that_is_not_there_to_write_into_is_called_that() -> None:
    told = storage_trouble(FileNotFoundError(errno.ENOENT, "No such file or directory", "没有/甲"))
    assert told is not None
    assert str(told).startswith("找不到：没有/甲（检查路径是否写对；要写出的文件，先建好")
