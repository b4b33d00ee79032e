"""``kb bundle``: one folder that installs and runs on a machine without a network."""

from __future__ import annotations

import argparse
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from importlib import metadata, resources
from pathlib import Path

from kb import __version__
from kb.errors import ConfigError

EXTRA = re.compile(r"extra\s*==\s*[\"']([\w.-]+)[\"']")
BESIDE = ("corpus", "app.py", ".streamlit", "README.md", "LICENSE", "CHANGELOG.md")


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("--out", type=Path, default=Path("bundle"), metavar="文件夹")
    parser.add_argument("--ocr", action="store_true", help="连同文字识别（扫描件、图片）")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Collect wheels of exactly what is installed here, the program, its papers, an installer."""
    root = Path(__file__).parents[2]
    if not (root / "pyproject.toml").is_file():
        raise ConfigError("kb bundle 要在程序源目录中运行", hint="先取得源码，再 make bundle")
    out: Path = args.out.resolve() / f"shuniu-{__version__}-{_platform()}"
    if out.exists():
        shutil.rmtree(out)
    wheels = out / "wheels"
    wheels.mkdir(parents=True)
    pins = out / "constraints.txt"
    extras = ("ocr",) if args.ocr else ()
    lines = "".join(f"{line}\n" for line in sorted(pinned("shuniu", extras)))
    pins.write_text(lines, encoding="utf-8")
    print("正在收集软件包……", file=sys.stderr, flush=True)
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own arguments
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--disable-pip-version-check",
            "--wheel-dir",
            str(wheels),
            "--constraint",
            str(pins),
            f"{root}[{','.join(extras)}]" if extras else str(root),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise ConfigError(
            f"软件包没有收齐：{done.stderr.strip().splitlines()[-1:] or ''}", hint="检查网络后重试"
        )
    for name in BESIDE:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, out / "program" / name)
        else:
            (out / "program").mkdir(exist_ok=True)
            shutil.copy2(source, out / "program" / name)
    for name in ("install.sh", "install.cmd"):
        text = resources.files("kb.commands").joinpath("installer", name).read_text("utf-8")
        newline = "\r\n" if name.endswith(".cmd") else "\n"
        (out / name).write_text(text, encoding="utf-8", newline=newline)
        (out / name).chmod(0o755)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    count = len(list(wheels.iterdir()))
    print(f"{out}（{count} 个软件包，{size / 1e6:.0f} MB）：整个拷到目标机器，运行 install.sh")
    return 0


def _platform() -> str:
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    return f"{platform.system().lower()}-{platform.machine().lower()}-{version}"


def pinned(top: str, extras: Collection[str] = ()) -> set[str]:
    """``name==version`` of everything that distribution ``top`` needs here, with these extras.

    Raises:
        ConfigError: ``top`` or an extra of it is not installed.
    """
    try:
        metadata.version(top)
    except metadata.PackageNotFoundError as error:
        raise ConfigError(f"{top} 没有安装", hint="先运行 make setup") from error
    found: dict[str, str] = {}
    waiting = [top]
    while waiting:
        name = waiting.pop()
        for requirement in metadata.requires(name) or ():
            needed = _name(requirement)
            extra = EXTRA.search(requirement)
            wanted = extra is not None and name == top and extra[1] in extras
            if (extra is not None and not wanted) or needed in found:
                continue
            try:
                found[needed] = metadata.version(needed)
            except metadata.PackageNotFoundError as error:
                if wanted:
                    hint = f"先运行 pip install -e '.[{','.join(extras)}]'"
                    raise ConfigError(f"{needed} 没有安装", hint=hint) from error
                # A requirement for another platform or Python: its marker does not hold here.
                continue
            waiting.append(needed)
    # What a version carries after «+» names a build: an index knows the plain version.
    return {f"{name}=={version.partition('+')[0]}" for name, version in found.items()}


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    return match.group().lower().replace("_", "-") if match else ""
