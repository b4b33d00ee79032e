"""The bundle installs, runs and upgrades on a machine without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb.cli import main
from kb.commands.bundle import pinned


def test_the_pins_are_what_is_installed_and_no_more() -> None:
    pins = dict(line.split("==") for line in pinned("shuniu"))
    assert pins["torch"] == "2.13.0"
    assert {"streamlit", "tantivy", "jieba"} <= pins.keys()
    # Extras stay out: nobody needs a test runner on an office's machine.
    assert not {"pytest", "ruff", "playwright", "shuniu"} & pins.keys()


def test_ocr_comes_along_where_it_is_asked_for() -> None:
    packages = {line.partition("==")[0] for line in pinned("shuniu", ("ocr",))}
    assert {"rapidocr", "onnxruntime", "opencv-python-headless"} <= packages
    assert not {"pytest", "ruff", "shuniu"} & packages


def offline(*command: str) -> subprocess.CompletedProcess[str]:
    """Run in a network namespace of its own, where there is no route, not even a loopback."""
    unshare = shutil.which("unshare")
    if unshare is None or os.name == "nt" or os.geteuid() != 0:
        pytest.skip("needs unshare and root for a network namespace")
    return subprocess.run(
        [unshare, "--net", *command], capture_output=True, text=True, check=False, timeout=1200
    )


@pytest.mark.soak
def test_it_installs_runs_and_upgrades_without_a_network(tmp_path: Path) -> None:
    assert main(["bundle", "--out", str(tmp_path / "out")]) == 0
    [folder] = (tmp_path / "out").iterdir()
    target = tmp_path / "装在 这里"
    env_python = f"PYTHON={sys.executable}"
    install = ("env", env_python, str(folder / "install.sh"), str(target))
    done = offline(*install)
    assert done.returncode == 0, done.stderr
    done = offline(str(target / "kb"), "index", str(target / "program" / "corpus"))
    assert done.returncode == 0, done.stderr
    before = offline(str(target / "kb"), "search", "外借公章", "--json")
    assert before.returncode == 0, before.stderr
    again = offline(*install)
    assert again.returncode == 0, again.stderr
    assert list((target / "home" / "backups").glob("*.zip"))
    after = offline(str(target / "kb"), "search", "外借公章", "--json")
    assert after.returncode == 0, after.stderr
