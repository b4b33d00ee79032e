"""The unit files and lines that run `kb pack prepare` every morning: they parse, and what they run
is a command that there is."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from kb.cli import parser
from kb.commands.pack_draft import run_prepare

DOCS = Path(__file__).resolve().parents[2] / "docs"
UNITS = DOCS / "systemd"
SERVICE, TIMER = UNITS / "shuniu-prepare.service", UNITS / "shuniu-prepare.timer"


def unit(file: Path) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=True, delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(file.read_text(encoding="utf-8"))
    return read


def prepares(command: str) -> bool:
    words = "pack" + command.partition(" pack")[2]
    args = parser("pack").parse_args(shlex.split(words))
    return args.run is run_prepare and args.within == "7d"


def test_the_service_runs_prepare_once_and_writes_only_the_home():
    service = unit(SERVICE)["Service"]
    assert service["Type"] == "oneshot"
    assert prepares(service["ExecStart"])
    home = service["Environment"].removeprefix("KB_HOME=")
    assert service["ReadWritePaths"] == home == unit(SERVICE)["Unit"]["ConditionPathExists"]
    assert service["ProtectSystem"] == "strict"
    assert service["User"] != "root"


def test_the_timer_starts_it_on_workdays_and_makes_up_for_what_it_missed():
    timer = unit(TIMER)
    assert timer["Timer"]["Unit"] == SERVICE.name
    assert timer["Timer"]["OnCalendar"] == "Mon..Fri 06:30"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_systemd_has_nothing_to_say_against_them(tmp_path: Path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    # The program and the account are those of another machine.
    text = SERVICE.read_text(encoding="utf-8")
    text = re.sub(r"ExecStart=.*", "ExecStart=/bin/true", text)
    text = re.sub(r"User=.*\n", "", text)
    (tmp_path / SERVICE.name).write_text(text, encoding="utf-8")
    (tmp_path / TIMER.name).write_text(TIMER.read_text(encoding="utf-8"), encoding="utf-8")
    files = [str(tmp_path / file.name) for file in (SERVICE, TIMER)]
    done = subprocess.run(
        [program, "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "shuniu" in line]
    assert (done.returncode, said) == (0, [])
    day = unit(TIMER)["Timer"]["OnCalendar"]
    subprocess.run([program, "calendar", day], capture_output=True, check=True)


def test_the_other_ways_run_the_same_command():
    page = (DOCS / "timer.md").read_text(encoding="utf-8")
    cron = next(line.strip() for line in page.splitlines() if line.strip().startswith("30 6"))
    assert re.match(r"30 6 \* \* 1-5\s", cron)
    assert prepares(cron.partition(" >>")[0])
    windows = next(line for line in page.splitlines() if "schtasks /Create" in line)
    run = re.search(r'/TR "([^"]+)"', windows)
    assert run is not None
    assert prepares(run.group(1))
    for file in (SERVICE, TIMER):
        assert f"docs/systemd/{file.name}" in page
