"""``kb test``: what `make test` does after setting up, for machines without make."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from kb.errors import ConfigError

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff", ("ruff", "check", ".")),
    ("ruff", ("ruff", "format", "--check", "--quiet", ".")),
    ("mypy", ("mypy",)),
    ("pytest", ("pytest", "-n", "2", "--dist", "loadgroup", "-m", "not soak")),
)
"""Module that must be there → arguments after ``python -m``."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("--soak", action="store_true", help="运行长时测试")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 everything passed; otherwise the first failing step's code."""
    root = Path(__file__).parents[2]
    if not (root / "tests").is_dir():
        raise ConfigError("这里没有测试", hint="在程序源目录中运行")
    steps = (("pytest", ("pytest", "-m", "soak")),) if args.soak else STEPS
    if missing := sorted({module for module, _ in steps if find_spec(module) is None}):
        raise ConfigError(
            f"缺少测试所需的软件包：{'、'.join(missing)}", hint="python -m pip install -e '.[dev]'"
        )
    for _, arguments in steps:
        done = subprocess.run([sys.executable, "-m", *arguments], cwd=root, check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    return 0
