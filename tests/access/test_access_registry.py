"""Every command is noted, or stands with its reason on a short list."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kb import seat as seats
from kb import train
from kb.bench import measure, whole
from kb.catalogue import Catalogue
from kb.catalogue.audit import Filter
from kb.cli import main
from kb.commands import serve
from kb.config import Settings
from kb.errors import ConfigError
from tests.support.commands import CALLS, SILENT, STATIC, function_of, leaves


def events(home: Path) -> int:
    doors = Catalogue.doors(Settings(home=home))
    try:
        return len(list(doors.audit.every(Filter())))
    finally:
        doors.close()


def test_every_command_is_noted_or_has_its_reason(
    aviary_copy: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One call of each function; the commands that share one are noted by it alike."""
    _shorten(monkeypatch)
    Catalogue.doors(Settings(home=aviary_copy)).close()
    words = {
        "folder": str(_folder(tmp_path)),
        "queries": str(tmp_path / "q.jsonl"),
        "qrels": str(tmp_path / "r.tsv"),
        "out": str(tmp_path / "出"),
        "decision": "",
        "pack": "",
    }
    (tmp_path / "出").mkdir()
    (tmp_path / "q.jsonl").write_text('{"_id": "1", "text": "采购审批"}\n', "utf-8")
    (tmp_path / "r.tsv").write_text("1\t制度/旧办法.md#第一条\t1\n", "utf-8")
    runs = dict(leaves())
    shown: set[str] = set()
    silent: list[str] = []
    environment = dict(os.environ)
    for call in CALLS:
        name = next(
            n for n in sorted(runs, key=len, reverse=True) if f"{call} ".startswith(f"{n} ")
        )
        before = events(aviary_copy)
        seats._noted.clear()  # within a minute the same again is one event
        main(["--home", str(aviary_copy), *(part.format(**words) for part in call.split())])
        capsys.readouterr()
        # A restored log is that of the archive, with one event more.
        if events(aviary_copy) <= before and name != "restore":
            silent.append(call)
        shown.add(function_of(runs[name]))
        if name == "pack agenda":
            words["decision"] = _id_of(aviary_copy, "pack", "agenda", capsys=capsys)
        if name == "pack new":
            words["pack"] = _id_of(aviary_copy, "pack", "list", capsys=capsys)
    assert silent == []
    assert dict(os.environ) == environment, "a command leaves something behind in its process"
    left = {n for n, run in runs.items() if function_of(run) not in shown | STATIC.keys()}
    assert left == SILENT.keys()


def _shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes minutes or stays open ends where its work would begin."""

    def taken(*_: object) -> None:
        raise ConfigError("没有空的端口")

    monkeypatch.setattr(serve, "listen", taken)
    monkeypatch.setattr(train, "run_home", lambda *_, **__: None)
    monkeypatch.setattr(whole, "opening", lambda _: measure.Row("打开"))


def _id_of(home: Path, *argv: str, capsys: pytest.CaptureFixture[str]) -> str:
    main(["--home", str(home), *argv, "--json"])
    return str(json.loads(capsys.readouterr().out)[0]["id"])


def _folder(tmp_path: Path) -> Path:
    (tmp_path / "新来的").mkdir()
    (tmp_path / "新来的" / "值班.md").write_text("# 值班规定\n\n第一条　每日值班。\n", "utf-8")
    return tmp_path / "新来的"
