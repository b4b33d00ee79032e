"""Settings: order of sources, errors by name, all documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from kb.cli import COMMANDS
from kb.config import CONFIG_FILE, Settings, load_settings
from kb.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def test_flags_go_before_environment_before_file(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text("port = 1\nworkers = 1\nmax_file_mb = 1\n", "utf-8")
    env = {"KB_PORT": "2", "KB_WORKERS": "2"}
    got = load_settings(tmp_path, env=env, port=3, workers=None)
    assert (got.port, got.workers, got.max_file_mb) == (3, 2, 1)


def test_home_comes_from_flag_then_environment(tmp_path: Path) -> None:
    env = {"KB_HOME": str(tmp_path / "b")}
    assert load_settings(tmp_path / "a", env=env).home == (tmp_path / "a").resolve()
    assert load_settings(env=env).home == (tmp_path / "b").resolve()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("没有这个 = 1", CONFIG_FILE),
        ("colour = 'red'", "colour"),
        ("port = 'x'", "port"),
        ("port = 70000", "70000"),
        ("engine = 'lucene'", "lucene"),
        ("fusion_weight = 1.5", "fusion_weight"),
        ("workers = -1", "workers"),
        ("port = true", "port"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / CONFIG_FILE).write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=says):
        load_settings(tmp_path, env={})


def test_what_bears_a_password_is_not_shown(tmp_path: Path) -> None:
    env = {"KB_DATABASE_URL": "postgresql://kb:geheim@h/kb", "KB_MILVUS_TOKEN": "kb:geheim"}
    assert "geheim" not in repr(load_settings(tmp_path, env=env))


def test_every_setting_and_command_is_documented() -> None:
    words = (ROOT / "README.md").read_text("utf-8")
    settings = [f"KB_{f.name.upper()}" for f in fields(Settings)]
    assert [name for name in settings if name not in words] == []
    assert [name for name in COMMANDS if f"kb {name}" not in words] == []


def test_no_setting_is_dead() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for top in ("kb", "indexer", "tests")
        for path in (ROOT / top).rglob("*.py")
        if path.name != "config.py" and "house" not in path.parts
    )
    dead = [f.name for f in fields(Settings) if f".{f.name}" not in code]
    assert dead == []
