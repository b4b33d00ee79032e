"""A home on a read-only medium is read like any other. (The command ``kb search`` refuses it: who
asked what cannot be noted there.)"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb import cli

ROOT = Path(__file__).resolve().parents[2]

MOUNTED = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 77
! touch "$1/x" 2>/dev/null || exit 77
exec "$2" -c "$3" "$1"
"""

ASK = """
import json, sys
from kb import KnowledgeBase
from kb.model import Scope
with KnowledgeBase.open(sys.argv[1]) as base:
    hits = base.search("外借公章", Scope.everything(as_of=None)).hits
print(json.dumps([hit.id for hit in hits]))
"""


@pytest.mark.skipif(os.name == "nt" or not shutil.which("unshare"), reason="needs unshare")
def test_a_read_only_home_is_searched(corpus_copy: Path) -> None:
    done = subprocess.run(
        [
            "unshare",
            "--mount",
            "bash",
            "-c",
            MOUNTED,
            "bash",
            str(corpus_copy),
            sys.executable,
            ASK,
        ],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this account may not mount")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_the_command_refuses_it_by_name(
    corpus_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As root, who may write everywhere, too: the home is said to be read-only."""
    may = os.access

    def access(path: str | Path, mode: int, **more: bool) -> bool:
        return mode != os.W_OK and may(path, mode, **more)

    monkeypatch.setattr(os, "access", access)
    before = (corpus_copy / "audit.sqlite").read_bytes()
    assert cli.main(["--home", str(corpus_copy), "search", "外借公章"]) == 2
    told = capsys.readouterr()
    assert told.out == "", "nothing is handed out that is not noted"
    assert str(corpus_copy / "audit.sqlite") in told.err
    assert "复制到可写的目录" in told.err
    assert "Traceback" not in told.err
    assert (corpus_copy / "audit.sqlite").read_bytes() == before
