"""Taking files in from the page: how one would be read, and where it is put."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from kb.catalogue.rows import SourceRow
from kb.config import Settings
from kb.engine import dictionary
from kb.errors import ConfigError, ReadError, in_words
from kb.text import synonyms
from kb.text.segment import read_dictionary
from kb.text.synonyms import Synonyms

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
SYNONYMS, DICTIONARY = synonyms.OWN_FILE, dictionary.OWN_FILE
"""Lists of the office's own, in the home."""
DEEPEST = 2
"""Levels of folders that are offered below a source."""


def kb(settings: Settings, *arguments: str) -> tuple[int, str, str]:
    """Run a command of ours beside the page: exit code, what it printed, what it said."""
    done = subprocess.run(  # noqa: S603 - our own program; a name goes as one argument
        [sys.executable, "-m", "kb", "--home", str(settings.home), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=settings.file_seconds + 60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def looked_at(settings: Settings, name: str, data: bytes) -> list[dict[str, Any]]:
    """How an uploaded file would be read and cut. It lies on the disk only while it is read.

    Raises:
        ReadError: it cannot be read, or bears a mark of secrecy; nothing of it is kept.
    """
    name = safe_name(name)
    with tempfile.TemporaryDirectory(prefix="kb-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        code, out, said = kb(settings, "preview", str(path), "--name", name, "--json")
    if code:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        why = next((line for line in lines if line.startswith("错误：")), "错误：读取没有完成")
        hint = next((line.removeprefix("↳").strip() for line in lines if line[:1] == "↳"), "")
        raise ReadError(name, why.removeprefix("错误：").removeprefix(f"{name}："), hint=hint)
    found: list[dict[str, Any]] = json.loads(out)
    return found


def safe_name(name: str) -> str:
    """A name that every file system takes; the person's own but for what may not stand in it.

    Raises:
        ConfigError: nothing is left of it.
    """
    kept = _FORBIDDEN.sub("", unicodedata.normalize("NFC", PurePosixPath(name).name))
    kept = kept.strip(" .")[-120:]
    if not kept or kept.startswith("~$"):
        raise ConfigError(f"文件名 {name!r} 不能用", hint="改一个名字再上传")
    return kept


def folders(sources: Sequence[SourceRow]) -> list[Path]:
    """Where a file can be put: the source folders that are there, and folders in them."""

    def below(folder: Path, depth: int) -> Iterator[Path]:
        yield folder
        if depth:
            for child in sorted(folder.iterdir()):
                if child.is_dir() and not child.name.startswith("."):
                    yield from below(child, depth - 1)

    roots = [Path(s.root) for s in sources if Path(s.root).is_dir()]
    return [folder for root in roots for folder in below(root, DEEPEST)]


def put(folder: Path, name: str, data: bytes, sources: Sequence[SourceRow]) -> Path:
    """Write a file into a source's folder; one of that name that is there is never touched.

    Raises:
        ConfigError: no folder of a source, or it cannot be written.
    """
    roots = [Path(s.root).resolve() for s in sources]
    where = folder.resolve()
    if not any(where.is_relative_to(root) for root in roots) or not where.is_dir():
        raise ConfigError(f"{folder} 不是来源文件夹", hint="从列出的文件夹中选一个")
    name = safe_name(name)
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 1000):
        path = where / (name if number == 1 else f"{stem}({number}){suffix}")
        try:
            with path.open("xb") as out:
                out.write(data)
        except FileExistsError:
            if path.read_bytes() == data:
                raise ConfigError(
                    f"{path.name} 已在该文件夹中，内容相同", hint="不必再放"
                ) from None
            continue
        except OSError as error:
            raise ConfigError(
                f"无法写入 {where}：{in_words(error)}", hint="检查权限与磁盘"
            ) from error
        return path
    raise ConfigError(f"{where} 中同名文件太多", hint="改一个名字再上传")


def own_list(settings: Settings, name: str) -> str:
    """A list of the office's own (`SYNONYMS`, `DICTIONARY`) as it stands; empty where none is."""
    path = settings.home / name
    return path.read_text(encoding="utf-8-sig") if path.is_file() else ""


def save_list(settings: Settings, name: str, text: str) -> None:
    """Check a list, then put it in place at once.

    Raises:
        ConfigError: a line is none; the old list stays.
    """
    lines = text.replace("\r\n", "\n").rstrip() + "\n"
    path = settings.home / name
    aside = path.with_name(f"{name}.new")
    aside.write_text(lines, encoding="utf-8")
    try:
        if name == SYNONYMS:
            Synonyms().read(lines.splitlines(), name)
        else:
            read_dictionary(aside)
    except ConfigError:
        aside.unlink()
        raise
    aside.replace(path)
