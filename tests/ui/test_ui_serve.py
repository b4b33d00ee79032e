"""``kb serve``: where it may listen, which port, which app."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from kb.cli import main
from kb.commands import serve
from kb.config import Settings
from kb.errors import ConfigError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_is_allowed(host: str) -> None:
    assert serve.address(host, accounts=False) in (host, "127.0.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.com", ""])
def test_every_other_address_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="只对本机开放"):
        serve.address(host, accounts=False)


def test_the_command_refuses_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), "serve", "--host", "0.0.0.0"]) == 2
    assert "只对本机开放" in capsys.readouterr().err


def test_a_port_in_use_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        made, found = serve.listen("127.0.0.1", port)
        made.close()
    assert port < found < port + serve.TRIES


def test_no_port_left_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "TRIES", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="--port"):
            serve.listen("127.0.0.1", taken.getsockname()[1])


def test_the_app_is_found_where_the_program_was_installed(tmp_path: Path) -> None:
    (tmp_path / "app.py").touch()
    settings = Settings(home=tmp_path / "家", program=str(tmp_path))
    assert serve.app_script(settings) == tmp_path / "app.py"
    beside = serve.app_script(Settings(home=tmp_path))
    assert beside == Path(__file__).resolve().parents[2] / "app.py"


def test_no_app_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.__file__", str(tmp_path / "kb" / "__init__.py"))
    with pytest.raises(ConfigError, match="KB_PROGRAM"):
        serve.app_script(Settings(home=tmp_path))


def test_the_environment_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next reader of settings in this process meets the home that was served."""
    monkeypatch.delenv("KB_HOME", raising=False)
    monkeypatch.setenv("KB_LOGIN", "auto")
    with serve.named(KB_HOME="家", KB_LOGIN="required"):
        assert (os.environ["KB_HOME"], os.environ["KB_LOGIN"]) == ("家", "required")
    assert "KB_HOME" not in os.environ
    assert os.environ["KB_LOGIN"] == "auto"
