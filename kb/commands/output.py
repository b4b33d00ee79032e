"""What goes where: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import argparse
import errno
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kb.config import Settings, load_settings
from kb.errors import ConfigError, KbError, in_words
from kb.text.dates import parse_date


def print_json(value: Any) -> None:
    """One JSON value on stdout, readable, Chinese unescaped."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def complain(error: KbError) -> None:
    """An error in words on stderr: what happened, and what to do."""
    print(f"错误：{error.message}", file=sys.stderr)
    if error.hint:
        print(f"  ↳ {error.hint}", file=sys.stderr)


NAMED_WRONGLY = frozenset((errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG))
"""What no room on the disk mends: the path that a person gave is not what he meant."""


def storage_trouble(error: Exception) -> KbError | None:
    """A wrong path, a full disk, a refused write or a damaged database in words; None for any
    other error."""
    safe = "上一代索引不受影响"
    if isinstance(error, OSError) and error.errno is not None:
        where = error.filename or "磁盘"
        if error.errno in NAMED_WRONGLY:
            told = "检查路径是否写对；要写出的文件，先建好它所在的文件夹"
            return KbError(f"{in_words(error)}：{where}", hint=told)
        return KbError(f"{in_words(error)}：{where}", hint=f"腾出空间或检查权限后再运行；{safe}")
    if type(error).__module__.startswith(("sqlalchemy.", "sqlite3")):
        said = str(getattr(error, "orig", error))
        full = "full" in said
        return KbError(
            "磁盘已满，数据库无法写入" if full else f"数据库读写失败：{said}",
            hint=f"腾出空间后再运行；{safe}" if full else f"运行 kb doctor 检查；{safe}",
        )
    return None


def settings_of(
    args: argparse.Namespace, *, host: str | None = None, port: int | None = None
) -> Settings:
    """Settings for the home that the arguments name."""
    return load_settings(args.home, host=host, port=port)


OWN_TEMPLATES = "templates"
"""Folder in the home where an office keeps templates of packs of its own."""


def own_templates(settings: Settings) -> Path:
    """Where an office's own templates lie."""
    return settings.home / OWN_TEMPLATES


def day_of(value: str | None) -> date:
    """``--as-of``; today where it is not given.

    Raises:
        ConfigError: not a date.
    """
    if value is None:
        return date.today()
    found = parse_date(value)
    if found is None:
        raise ConfigError(f"日期 {value!r} 不对", hint="写作 2024-05-01 或 2024年5月1日")
    return found


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, for the terminal; a Han character is two cells wide."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell + " " * (w - cell_len(cell)) for cell, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )
